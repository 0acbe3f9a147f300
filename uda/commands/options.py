"""What the commands share: naming a benchmark, and what a person is told when it fails."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str, typer.Option(help="Benchmark; `uda check-data` knows the same names.")]
Root = Annotated[
    Path | None, typer.Option(help="Where it lies.", show_default="$REID_DATA/NAME or data/NAME")
]

Roots = Annotated[
    list[str] | None,
    typer.Option(
        metavar="DIR | NAME=DIR",
        help="Where it lies; with a name for one of several.",
        show_default="$REID_DATA/NAME or data/NAME",
    ),
]
Checkpoint = Annotated[Path, typer.Option(help="A file that `uda train` wrote.")]
FrameCount = Annotated[
    str | None, typer.Option(help="all, or N evenly spread frames.", show_default="as in training")
]
Clips = Annotated[
    str | None,
    typer.Option(
        help="strided through the tracklet, or consecutive chunks.", show_default="as in training"
    ),
]
Flip = Annotated[
    bool | None,
    typer.Option("--flip/--no-flip", help="Mirror too.", show_default="as in training"),
]
Precision = Annotated[
    str | None,
    typer.Option(help="32, bf16, fp16 or auto.", show_default="as in training"),
]
Statistics = Annotated[
    str | None,
    typer.Option(
        help="Of batch norms: running, those of training; camera, each camera's own test clips'.",
        show_default="as in training",
    ),
]


def root_of(name: str, given: Path | None) -> Path:
    """Where a benchmark lies. DatasetError: its name is unknown."""
    from reid_datasets.benchmarks import default_root, find

    find(name)
    return given or default_root(name)


def roots_of(names: list[str], given: list[str] | None) -> dict[str, Path]:
    """Where each benchmark lies, by the names asked for.

    ``given`` are directories, ``NAME=DIR``, or one ``DIR`` for a single benchmark. DatasetError: a
    benchmark is unknown. ConfigError: a directory is for none of them.
    """
    from reid_datasets.benchmarks import default_root

    from uda.errors import ConfigError

    if not names:
        raise ConfigError("--data names no benchmark. Name some, such as mars,market1501.")
    roots = {name: default_root(name) for name in names}
    for text in given or []:
        name, equals, directory = text.partition("=")
        if not equals and len(names) == 1:
            name, directory = names[0], text
        elif name not in roots:
            raise ConfigError(
                f"--root {text}: expected NAME=DIR with a NAME among {', '.join(names)}, or one "
                "DIR with a single benchmark."
            )
        roots[name] = Path(directory)
    return roots


@contextmanager
def expected_errors() -> Iterator[None]:
    """One paragraph on stderr and exit code 2; 130 for a run that was asked to stop."""
    from reid_datasets.errors import DatasetError

    logging.basicConfig(format="%(message)s")
    for name in ("reid_datasets", "uda.training.restored"):  # what was understood and reused
        logging.getLogger(name).setLevel(logging.INFO)
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
