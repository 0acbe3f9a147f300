"""Options that several commands share, each declared once, and what a person is told on failure."""

from __future__ import annotations

import dataclasses
import errno
import functools
import inspect
import logging
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from strict_reading import finite

if TYPE_CHECKING:
    from uda.features.extractor import Choices

Root = Annotated[
    Path | None, typer.Option(help="Where it lies.", show_default="$REID_DATA/NAME or data/NAME")
]
Checkpoint = Annotated[Path, typer.Option(help="A file that `uda train` wrote.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist already.")]
Resume = Annotated[
    bool, typer.Option("--resume", help="Continue the run in --output where it stopped.")
]
Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="SECTION.KEY=VALUE", help="Change single settings."),
]
AS_TRAINED = "as in training"


@dataclasses.dataclass(frozen=True)
class Benchmarks:
    """The options that name benchmarks and say where they lie."""

    data: Annotated[
        str, typer.Option(help="Benchmarks, by commas; as NAME+gamma0.5-2.0 in other gammas.")
    ] = "mars"
    root: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DIR | NAME=DIR",
            help="Where it lies; with a name for one of several.",
            show_default="$REID_DATA/NAME or data/NAME",
        ),
    ] = None

    def roots(self) -> dict[str, Path]:
        """Where each benchmark lies, by the names asked for.

        Raises:
            DatasetError: a benchmark is unknown.
            ConfigError: a directory is for none of them.
        """
        from reid_datasets.benchmarks import default_root

        from uda.errors import ConfigError

        names = [name.strip() for name in self.data.split(",") if name.strip()]
        if not names:
            raise ConfigError("--data names no benchmark. Name some, such as mars,market1501.")
        roots = {name: default_root(name) for name in names}
        for text in self.root or []:
            # Names may hold an equals sign, too (market1501+upper=black), and so may folders.
            name = max((n for n in names if text.startswith(f"{n}=")), key=len, default="")
            directory = text[len(name) + 1 :] if name else text
            if not name and len(names) == 1 and ("=" not in text or Path(text).exists()):
                name = names[0]
            if not name:
                raise ConfigError(
                    f"--root {text}: expected NAME=DIR with a NAME among {', '.join(names)}, or "
                    "one DIR with a single benchmark."
                )
            roots[name] = Path(directory)
        return roots


@dataclasses.dataclass(frozen=True)
class Trained:
    """The options about a checkpoint and how features are extracted with it."""

    checkpoint: Checkpoint
    frames: Annotated[
        str | None,
        typer.Option(help="all, or N evenly spread frames.", show_default=AS_TRAINED),
    ] = None
    clips: Annotated[
        str | None,
        typer.Option(
            help="strided through the tracklet, or consecutive chunks.", show_default=AS_TRAINED
        ),
    ] = None
    flip: Annotated[
        bool | None,
        typer.Option("--flip/--no-flip", help="Mirror too.", show_default=AS_TRAINED),
    ] = None
    precision: Annotated[
        str | None, typer.Option(help="32, bf16, fp16 or auto.", show_default=AS_TRAINED)
    ] = None
    statistics: Annotated[
        str | None,
        typer.Option(
            help="Of batch norms: running, those of training; target, the benchmark's; camera, "
            "each of its cameras'.",
            show_default=AS_TRAINED,
        ),
    ] = None
    statistics_of: Annotated[
        str | None,
        typer.Option(
            "--statistics-of",
            help="Clips that target and camera come from, without labels: train, or test "
            "(transductive; also where there is no training half, or several splits).",
            show_default=AS_TRAINED,
        ),
    ] = None
    camera_share: Annotated[
        float | None,
        typer.Option(
            callback=finite,
            help="Share of a camera's own statistics; the rest are the whole target's.",
            show_default=AS_TRAINED,
        ),
    ] = None
    method: Annotated[
        str | None,
        typer.Option(
            help="FILE.py:Class of a method of your own that compares features in its own way: "
            "code that a checkpoint names is run only when it is named here."
        ),
    ] = None

    def choices(self) -> Choices:
        """What is said about extraction."""
        from uda.features.extractor import Choices

        return Choices(
            self.frames,
            self.clips,
            self.flip,
            self.precision,
            self.statistics,
            self.statistics_of,
            self.camera_share,
        )


GROUPS = (Trained, Benchmarks)


def expanded(command: Callable[..., Any]) -> Callable[..., Any]:
    """A command whose parameters of a type in `GROUPS` become that group's options."""
    hints = get_type_hints(command, include_extras=True)
    shown: list[inspect.Parameter] = []
    members: dict[str, tuple[type, list[str]]] = {}
    for name, parameter in inspect.signature(command).parameters.items():
        group = hints[name]
        if group not in GROUPS:
            shown.append(parameter.replace(annotation=hints[name]))
            continue
        fields = get_type_hints(group, include_extras=True)
        members[name] = group, list(fields)
        for field in dataclasses.fields(group):
            missing = field.default is dataclasses.MISSING
            default = inspect.Parameter.empty if missing else field.default
            shown.append(
                inspect.Parameter(
                    field.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=default,
                    annotation=fields[field.name],
                )
            )

    @functools.wraps(command)
    def run(**given: Any) -> Any:
        for name, (group, keys) in members.items():
            given[name] = group(**{key: given.pop(key) for key in keys})
        return command(**given)

    as_keywords = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in shown]
    run.__signature__ = inspect.Signature(as_keywords)  # type: ignore[attr-defined]
    run.__annotations__ = {p.name: p.annotation for p in as_keywords}
    return run


def require_outputs(
    trained: Trained,
    overwrite: bool,
    files: Mapping[str, tuple[Path | None, tuple[str, ...]]],
    *read: Path | None,
) -> None:
    """UdaError: a file that an option names cannot be written, before any work. ``files`` have
    path and suffixes by option; ``read`` are what the command reads beside the checkpoint."""
    from uda.files import require_output

    for option, (path, suffixes) in files.items():
        if path:
            inputs = [trained.checkpoint, *filter(None, read)]
            require_output(
                path, suffixes=suffixes, inputs=inputs, overwrite=overwrite, option=option
            )


def root_of(name: str, given: Path | None) -> Path:
    """Where a benchmark or a streamed source lies. DatasetError: its name is unknown."""
    from reid_datasets.benchmarks import default_root, find
    from reid_datasets.streaming.address import stream_root

    streamed = stream_root(name)
    if streamed is not None:
        return streamed
    find(name)
    return given or default_root(name)


def first_process() -> bool:
    """Whether this is the process that speaks for all of a run."""
    return os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")) == "0"


@contextmanager
def expected_errors() -> Iterator[None]:
    """One paragraph on stderr and exit code 2; 130 for a run that was asked to stop."""
    from reid_datasets.errors import DatasetError

    logging.basicConfig(format="%(message)s")
    for name in ("reid_datasets", "uda.evaluation.of_checkpoint"):  # what was understood, reused
        logging.getLogger(name).setLevel(logging.INFO)
    for stream in (sys.stdout, sys.stderr):  # names of files need not be UTF-8
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Stopped before there was anything to save.", err=True)
        raise typer.Exit(130) from None
    except Exception as error:
        message = expected(error, DatasetError)
        if message is None:
            raise
        if first_process() or getattr(error, "of_this_process", False):  # each error once
            typer.echo(message, err=True)
        raise typer.Exit(130 if type(error).__name__ == "Interrupted" else 2) from None


_DECODING = ("DataLoader worker", "shared memory")
"""What torch says where such a process ends."""


def expected(error: Exception, dataset_error: type[Exception]) -> str | None:
    """The message for an error that a person can act on, None for a bug."""
    from uda.errors import UdaError

    if isinstance(error, UdaError | dataset_error) or type(error).__name__ == "ModelError":
        return f"error: {error}"
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return f"error: The disk is full ({error}). Make room, then continue with --resume."
    if isinstance(error, OSError) and error.filename:
        return f"error: Cannot use {error.filename}: {error.strerror}."
    if isinstance(error, RuntimeError) and any(word in str(error) for word in _DECODING):
        return (
            "error: A process that decodes pictures was killed, or found no shared memory "
            f"({str(error).strip().splitlines()[0]}) Decode in the main process "
            "(data.workers=0), or give a container more (docker run --shm-size 8g)."
        )
    if type(error).__name__ == "OutOfMemoryError":
        return (
            f"error: The GPU's memory is exhausted ({str(error).splitlines()[0]}) Use smaller "
            "batches (data.identities, data.instances, evaluation.batch) or crops (data.size)."
        )
    return None
