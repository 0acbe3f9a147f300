"""`uda`: train, adapt and evaluate video person re-identification.

Nothing here imports torch before a command needs it: `uda --help` answers at once.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from uda.config import Config

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Train a person re-identification model on labelled video, adapt it to unlabelled video.",
)

Name = Annotated[str, typer.Option(help="Benchmark; `uda check-data` knows the same names.")]
Root = Annotated[
    Path | None, typer.Option(help="Where it lies.", show_default="$REID_DATA/NAME or data/NAME")
]


@app.command()
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


@app.command()
def evaluate(
    checkpoint: Annotated[Path, typer.Option(help="A file that `uda train` wrote.")],
    data: Annotated[str, typer.Option(help="Benchmark whose test half is ranked.")] = "mars",
    root: Root = None,
    frames: Annotated[
        str | None,
        typer.Option(help="all, or N evenly spread frames.", show_default="as in training"),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the scores to this file.")] = None,
    ranked_list: Annotated[
        Path | None, typer.Option(help="Draw queries and their nearest tracklets (PNG).")
    ] = None,
) -> None:
    """Rank a benchmark's gallery for each query: exact CMC, mAP and mINP.

    \b
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --data mars --root data/mars
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --frames 4 --json scores.json
    """
    with expected_errors():
        from uda import report
        from uda.training import restored

        place = root_of(data, root)
        scores, picture = restored.evaluate(checkpoint, data, place, frames=frames)
        if json:
            report.write_scores(json, checkpoint, data, place, scores)
        if ranked_list:
            ranked_list.parent.mkdir(parents=True, exist_ok=True)
            picture.save(ranked_list)
        report.print_scores({data: scores})


@app.command("check-data")
def check_data(
    name: Annotated[str, typer.Argument(help="Benchmark: mars, synthetic, ...")],
    root: Root = None,
    files: Annotated[
        bool, typer.Option("--files/--no-files", help="Decode every image as well.")
    ] = True,
    json: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
) -> None:
    """Count identities, tracklets and images, and find missing or damaged files.

    \b
      uda check-data mars --root data/mars
      uda check-data synthetic --no-files
    """
    with expected_errors():
        from uda import data_report

        if not data_report.show(name, root_of(name, root), files=files, json=json):
            raise typer.Exit(2)


def root_of(name: str, given: Path | None) -> Path:
    from reid_datasets.benchmarks import default_root, find

    find(name)
    return given or default_root(name)


def has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def explain_defaults(settings: Config) -> None:
    where = "a GPU was found" if has_gpu() else "no GPU was found"
    height, width = settings.data.size
    typer.echo(
        f"No --config and {where}: {settings.model.name} at {height}x{width}, "
        f"{settings.training.epochs} epochs. Recipes for other machines are in configs/uda/.",
        err=True,
    )


@contextmanager
def expected_errors() -> Iterator[None]:
    """One paragraph on stderr and exit code 2; 130 for a run that was asked to stop."""
    from reid_datasets.errors import DatasetError

    logging.basicConfig(format="%(message)s")
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped before there was anything to save.", err=True)
        raise typer.Exit(130) from None
    except Exception as error:
        message = expected(error, DatasetError)
        if message is None:
            raise
        typer.echo(message, err=True)
        raise typer.Exit(130 if type(error).__name__ == "Interrupted" else 2) from None


def expected(error: Exception, dataset_error: type[Exception]) -> str | None:
    """The message for an error that a person can act on, None for a bug."""
    from uda.errors import UdaError

    if isinstance(error, UdaError | dataset_error) or type(error).__name__ == "ModelError":
        return f"error: {error}"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"error: The disk is full ({error}). Make room, then continue with --resume."
    if isinstance(error, OSError) and error.filename:
        return f"error: Cannot use {error.filename}: {error.strerror}."
    if type(error).__name__ == "OutOfMemoryError":
        return (
            f"error: The GPU's memory is exhausted ({str(error).splitlines()[0]}) Use smaller "
            "batches (data.identities, data.instances, evaluation.batch) or crops (data.size)."
        )
    return None


if __name__ == "__main__":
    app()
