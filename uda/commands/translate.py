"""`uda translate`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from uda.commands.options import Resume, Words, expected_errors, root_of
from uda.commands.train import default_name, has_gpu, say

if TYPE_CHECKING:
    from uda.translation.domains import Named
    from uda.translation.finish import TranslationResult
    from uda.translation.settings import Settings


def translate(
    source: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the benchmark to translate, of image files.",
            show_default="$REID_DATA/NAME or data/NAME of --source-data",
        ),
    ] = None,
    source_data: Annotated[
        str, typer.Option(help="What lies there: synthetic, synthetic-images, market1501, ...")
    ] = "synthetic",
    target: Annotated[
        list[str] | None,
        typer.Option(
            help="Benchmark whose style is learnt, from its training half and without identities. "
            "Several are pooled: repeat it.",
            show_default="mars",
        ),
    ] = None,
    target_root: Annotated[
        list[Path] | None,
        typer.Option(
            help="Where it lies; of several, in their order.",
            show_default="$REID_DATA/NAME or data/NAME",
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            help="cyclegan, spgan or ptgan; docs/translation.md has their equations.",
            show_default="spgan",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            help="A new directory for this run. The translated benchmark is DIR/translated.",
            show_default="runs/SOURCE-as-TARGET-METHOD",
        ),
    ] = None,
    config: Annotated[
        str | None,
        typer.Option(
            help="Recipe: a YAML file, or one that ships: cyclegan, spgan, ptgan, laptop.",
            show_default="the method's; laptop without a GPU",
        ),
    ] = None,
    inception: Annotated[
        Path | None,
        typer.Option(
            help="pt_inception-2015-12-05-6726825d.pth, as pytorch-fid publishes it: FID, too."
        ),
    ] = None,
    generator: Annotated[
        Path | None,
        typer.Option(
            help="Train nothing: translate with the generator of a finished run, its "
            "checkpoints/last.pt."
        ),
    ] = None,
    resume: Resume = False,
    overrides: Words = None,
) -> None:
    """Translate a benchmark's pictures into the style of another's cameras.

    Trains two generators on unpaired pictures, then writes the whole source as the target's cameras
    would show it: the same tree with the same labels, masks and tables, which every reader reads.
    All frames of a tracklet get one style; how much they flicker is printed, and how near the
    target they came (Frechet distance before and after).

    \b
    A rendered set as MARS would show it, then a model trained on it:
      uda translate --source data/synthetic --target mars --output runs/as-mars
      uda train --source synthetic --source-root runs/as-mars/translated --target mars
    \b
    Watch the sample grids (PNG in runs/as-mars/samples, too):
      tensorboard --logdir runs
    \b
    People keep their colours within their masks, which rendered sets have:
      uda translate --method ptgan --source data/synthetic --target mars
    \b
    Several targets pooled, for one generator of cameras in general:
      uda translate --target market1501 --target msmt17 --source-data synthetic-images
    \b
    And that generator on another rendered set, without training:
      uda translate --generator runs/NAME/checkpoints/last.pt --source data/more --output runs/more
    \b
    On a laptop, shorter, continued after Ctrl-C:
      uda translate --config laptop --output runs/short training.epochs=2
      uda translate --config laptop --output runs/short training.epochs=2 --resume
    """
    with expected_errors():
        here = named(source_data, source)
        if generator is not None:
            require_no_training(method, config, target, target_root, inception)
            from uda.translation.applying import apply

            run_name = generator.resolve().parent.parent.name or "generator"
            place = output or Path("runs") / f"{source_data}-by-{run_name}"
            print_result(apply(generator, here, place, overrides or (), resume=resume))
            return
        from uda.translation.reading import load
        from uda.translation.run import translate as run

        settings = load(config, overrides or (), method=method, gpu=has_gpu())
        if config is None:
            explain_recipe(settings)
        targets = paired(target or ["mars"], target_root or [])
        names = "-".join(each.name for each in targets)
        place = output or Path("runs") / default_name(
            source_data, names, settings.method.name
        ).replace("-to-", "-as-", 1)
        print_result(run(settings, here, targets, place, resume=resume, inception=inception))


def require_no_training(*given: object) -> None:
    """ConfigError: options of a training beside --generator."""
    from uda.errors import ConfigError

    if any(given):
        raise ConfigError(
            "--generator takes method, targets and settings from the run that trained it: leave "
            "out --method, --config, --target, --target-root and --inception."
        )


def named(name: str, root: Path | None) -> Named:
    """A benchmark and where it lies. DatasetError: its name is unknown."""
    from uda.translation.domains import Named

    return Named(name, root_of(name, root))


def paired(names: list[str], roots: list[Path]) -> list[Named]:
    """Targets and where they lie. ConfigError: other places than targets."""
    from uda.errors import ConfigError

    if roots and len(roots) != len(names):
        raise ConfigError(
            f"Expected a --target-root for each of {len(names)} targets ({', '.join(names)}), "
            f"found {len(roots)}. Give one for each, in their order, or none."
        )
    places: list[Path | None] = [*roots] or [None] * len(names)
    return [named(name, root) for name, root in zip(names, places, strict=True)]


def explain_recipe(settings: Settings) -> None:
    """Which recipe was taken, since none was named."""
    height, width = settings.pictures.size
    what = f"{height}x{width}, {settings.training.epochs} epochs. --config names another recipe."
    name = settings.method.name
    if has_gpu():
        say(f"A GPU was found: the recipe {name}: {what}")
    else:
        say(f"No GPU was found: the recipe laptop, not the published one ({name}): {what}")


def print_result(result: TranslationResult) -> None:
    """What was written, and how good it is."""
    typer.echo(f"{result.written.pictures:,} pictures in {result.written.root}")
    flicker = result.written.flicker
    if flicker:
        still = flicker["still"]
        typer.echo(
            f"flicker, levels of 255 from frame to frame: source {flicker['source']:.2f}, "
            f"translated {flicker['translated']:.2f}"
            + ("" if still is None else f"; where the source stands still {still:.2f}")
        )
    for each in result.distances:
        called = "Frechet distance of features" if each.name == "fd" else each.name
        typer.echo(
            f"{called} to the target: {each.before:.1f} before, {each.after:.1f} after; halves of "
            f"the target {each.floor:.1f}"
        )
    samples = result.output / "samples"
    typer.echo(
        f"{result.minutes:.1f} minutes" + (f"; samples in {samples}" if samples.exists() else "")
    )
