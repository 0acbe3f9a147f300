"""Turns whatever damaged files of a data set lead to into one error that names the set."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from strict_reading import shorten
from vidsynth.errors import OutputError

_SIGNS = (
    OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError,
    ZeroDivisionError, RecursionError, MemoryError, pa.ArrowException,
)  # fmt: skip
"""What reading tables ends in whose bytes have changed: columns are missing, values are not what
they were."""


@contextmanager
def damage_named(root: Path) -> Iterator[None]:
    """Raises OutputError in place of whatever damaged tables under ``root`` lead to."""
    try:
        yield
    except OutputError:
        raise
    except _SIGNS as error:
        if isinstance(error, OSError) and error.filename and not _inside(root, error.filename):
            raise  # the file that is written, not one of the set
        raise OutputError(
            f"Cannot read the tables of {root} ({type(error).__name__}: {shorten(str(error))}): "
            "the set is damaged. Give the command that rendered it again: it renders what is "
            "damaged anew."
        ) from None


def _inside(root: Path, name: object) -> bool:
    return Path(str(name)).absolute().is_relative_to(root.absolute())
