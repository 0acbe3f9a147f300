"""`uda train`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uda.commands.options import Resume, Root, Words, expected_errors, first_process, root_of

if TYPE_CHECKING:
    from uda.config import Config

RENDERED = (
    "synthetic", "synthetic-cc", "synthetic-images", "svreid", "personx", "randperson",
    "unrealperson",
)  # fmt: skip
"""Sources whose people nobody wants to recognise: they default to another target."""


def train(
    source: Annotated[
        str,
        typer.Option(
            help="Labelled benchmark; webdataset://DIR streams shards that vidsynth rendered."
        ),
    ] = "synthetic",
    target: Annotated[
        str | None,
        typer.Option(
            help="Benchmark to adapt to, without its identities, and to test on.",
            show_default="mars for a rendered source, else the source",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="source_only, adabn, dann, mean_teacher, synthetic_to_real, pseudo_label, "
            "strong_baseline, glt, jvtc, jvtc_plus, mmt, spcl, cal, qaconv, qaconv_gs, attributes "
            "or joint; "
            "docs/methods.md has their equations. FILE.py:Class is a method of your own.",
            show_default="pseudo_label; source_only where the target is the source",
        ),
    ] = None,
    source_root: Root = None,
    target_root: Root = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="A new directory for this run.", show_default="runs/SOURCE-to-TARGET-METHOD"
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            help="Recipe: a YAML file, or one that ships: laptop, pseudo_label, "
            "synthetic_to_real/full, ...",
            show_default="the method's published recipe; laptop without a GPU",
        ),
    ] = None,
    pretrained: Annotated[
        str | None, typer.Option(help="Backbone weights: none, imagenet, or a file.")
    ] = None,
    init: Annotated[
        Path | None,
        typer.Option(
            help="Start from the weights of a run: its checkpoint, of any method and data, and of "
            "this architecture. Unlike --resume, all else starts anew; unlike --pretrained, the "
            "whole student is taken."
        ),
    ] = None,
    resume: Resume = False,
    overrides: Words = None,
) -> None:
    """Train on labelled source, adapt to unlabelled target, test on the target.

    The target's identities are never read for training; its test half is scored once, at the end.

    \b
    Adapt from a rendered set to MARS, then watch it:
      uda train --source synthetic --target mars --output runs/adapted
      tensorboard --logdir runs
    \b
    The control without adaptation:
      uda train --method source_only --output runs/source-only
    \b
    Supervised, for an upper bound; then adapted from there to another benchmark:
      uda train --source mars --output runs/mars
      uda train --source mars --target ilids-vid --init runs/mars/checkpoints/last.pt
    \b
    A shorter run, continued after Ctrl-C:
      uda train --output runs/short training.epochs=5 training.steps=20
      uda train --output runs/short training.epochs=5 training.steps=20 --resume
    """
    with expected_errors():
        from uda import recipes
        from uda.report import tables

        rendered = source.partition("+")[0] in RENDERED or "://" in source  # in other gammas, too
        target = target or ("mars" if rendered else source)
        source_place = root_of(source, source_root)
        target_place = root_of(target, target_root)
        if target == source and target_root is None:
            target_place = source_place
        supervised = (source, source_place.resolve()) == (target, target_place.resolve())
        settings = recipes.load(
            config,
            overrides or (),
            method=method,
            pretrained=pretrained,
            gpu=has_gpu(),
            supervised=supervised,
        )
        if init:
            require_one_start(pretrained, overrides or ())
        if config is None:
            explain_recipe(settings)
        if supervised:
            say(
                f"Source and target are both {source} at {source_place}: supervised training with "
                f"{settings.method.name}. Name another benchmark with --target to adapt to it."
            )
        from uda.training.run import train as run

        place = output or Path("runs") / default_name(source, target, settings.method.name)
        result = run(
            settings,
            source_place,
            target_place,
            place,
            resume=resume,
            source=source,
            target=target,
            init=init,
        )
        tables.print_training(result, target, target_place)


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def require_one_start(pretrained: str | None, overrides: list[str] | tuple[str, ...]) -> None:
    """ConfigError: weights are named beside --init."""
    from uda.errors import ConfigError

    named = [o for o in overrides if o.startswith("model.pretrained=")]
    if pretrained is not None or named:
        raise ConfigError(
            f"--init and {named[0] if named else f'--pretrained {pretrained}'} both say where the "
            "weights come from. --init starts from a whole student, --pretrained from a backbone: "
            "leave one of them out."
        )


def default_name(source: str, target: str, method: str) -> str:
    """A run's directory: of a method in a file the class, of a stream its folder."""
    parts = [part.rstrip("/").rpartition("/")[2] for part in (source, target)]
    return f"{parts[0]}-to-{parts[1]}-{method.rpartition(':')[2]}"


def say(message: str) -> None:
    """On stderr, by the first of several processes."""
    if first_process():
        typer.echo(message, err=True)


def explain_recipe(settings: Config) -> None:
    """Which recipe was taken, since none was named."""
    if not first_process():
        return  # another process has said it
    from uda.methods.registry import find
    from uda.recipes.published import LAPTOP

    height, width = settings.data.size
    what = (
        f"{settings.model.name} at {height}x{width}, {settings.training.epochs} epochs. "
        "--config names another recipe."
    )
    name, published = settings.method.name, find(settings.method.name).recipe
    if has_gpu():
        taken = f"the recipe {published} of {name}" if published else f"the defaults, for {name}"
        say(f"A GPU was found: {taken}: {what}")
    else:
        own = f", not the published one of {name} (--config {published})" if published else ""
        say(f"No GPU was found: the recipe {LAPTOP}{own}: {what}")
