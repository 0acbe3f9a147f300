"""`uda train`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uda.commands.options import Name, Root, expected_errors, root_of

if TYPE_CHECKING:
    from uda.config import Config


def train(
    source: Name = "synthetic",
    target: Name = "mars",
    method: Annotated[
        str | None,
        typer.Option(
            help="source_only, adabn or synthetic_to_real.", show_default="synthetic_to_real"
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
        Path | None,
        typer.Option(help="Recipe (YAML).", show_default="what suits this machine"),
    ] = None,
    pretrained: Annotated[
        str | None, typer.Option(help="Backbone weights: none, imagenet, or a file.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --output where it stopped.")
    ] = False,
    overrides: Annotated[
        list[str] | None,
        typer.Argument(metavar="SECTION.KEY=VALUE", help="Change single settings."),
    ] = None,
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
    A shorter run, continued after Ctrl-C:
      uda train --output runs/short training.epochs=5 training.steps=20
      uda train --output runs/short training.epochs=5 training.steps=20 --resume
    """
    with expected_errors():
        from uda import recipes, report

        settings = recipes.load(
            config, overrides or (), method=method, pretrained=pretrained, gpu=has_gpu()
        )
        if config is None:
            explain_defaults(settings)
        from uda.training.run import train as run

        place = output or Path("runs") / f"{source}-to-{target}-{settings.method.name}"
        result = run(
            settings,
            root_of(source, source_root),
            root_of(target, target_root),
            place,
            resume=resume,
            source=source,
            target=target,
        )
        report.print_training(result, target, root_of(target, target_root))


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def explain_defaults(settings: Config) -> None:
    if os.environ.get("LOCAL_RANK", "0") != "0":
        return  # another process has said it
    where = "a GPU was found" if has_gpu() else "no GPU was found"
    height, width = settings.data.size
    typer.echo(
        f"No --config and {where}: {settings.model.name} at {height}x{width}, "
        f"{settings.training.epochs} epochs. Recipes for other machines are in configs/uda/.",
        err=True,
    )
