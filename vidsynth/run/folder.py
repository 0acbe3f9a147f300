"""The data set's folder: made ready for a job, and held for it while it writes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from vidsynth.errors import OutputError
from vidsynth.files import full_disk, sync, write_whole
from vidsynth.labels.persons import PERSONS
from vidsynth.labels.tables import write_table
from vidsynth.run.description import Opening, require_utf_8
from vidsynth.run.executors.executor import Places
from vidsynth.run.executors.slices import WHOLE, Slice, named_slice
from vidsynth.run.markers import PARTIAL
from vidsynth.run.production import Production

_LOCKS = Path("logs") / "locks"
_STARTING_TAKES = 600.0
"""Seconds another job may take to begin: of a large set, drawing all people takes a while."""


def open_output(root: Path, production: Production, opening: Opening, part: Slice = WHOLE) -> None:
    """Makes the folders of a job and writes dataset.json, cameras.json and persons.parquet into
    ``root``, the same at every call.

    A slice leaves what is there, and persons.parquet to `vidsynth gather`. Where all shots are
    there, what another build wrote stays.
    """
    places = Places.of(root, part)
    shutil.rmtree(places.partial, ignore_errors=True)
    places.partial.mkdir(parents=True)
    places.logs.mkdir(parents=True, exist_ok=True)
    if opening.changed and opening.finished:
        return
    if opening.changed or not (root / "dataset.json").exists():
        write_whole(root / "dataset.json", _json(opening.description))
    if part.whole:
        write_plan(root, production)
    elif not (root / "cameras.json").exists():
        write_whole(root / "cameras.json", _json(production.cameras()))


def write_plan(root: Path, production: Production) -> None:
    """Writes what is known before rendering: cameras.json and persons.parquet."""
    write_whole(root / "cameras.json", _json(production.cameras()))
    (root / PARTIAL).mkdir(exist_ok=True)
    people = root / PARTIAL / "persons.parquet"
    write_table(people, production.people(), PERSONS.schema)
    sync(people)
    people.replace(root / "persons.parquet")


def check_place(root: Path) -> None:
    """Raises OutputError where a folder cannot be made at ``root``; makes none."""
    require_utf_8(root)
    above = root
    try:
        while not above.exists():
            above = above.parent
    except OSError as error:
        raise _no_folder(root, error.strerror or "") from None
    if not above.is_dir():
        raise _no_folder(root, "File exists" if above == root else f"{above} is a file")
    if not os.access(above, os.W_OK | os.X_OK):
        raise _no_folder(root, f"{above} cannot be written to")


def _no_folder(root: Path, said: str) -> OutputError:
    return OutputError(
        f"Expected a folder to write at {root}, found: {said}. Choose another --output."
    )


@contextlib.contextmanager
def hold(root: Path, part: Slice = WHOLE) -> Iterator[None]:
    """Makes ``root`` and holds a slice of it for this process, on whatever machine others are.

    Raises OutputError while another job renders any of the same shots.
    """
    with starting(root):
        for path in sorted((root / _LOCKS).iterdir()):
            other = named_slice(path.name)
            if other is not None and other.overlaps(part) and not _free(path):
                raise OutputError(
                    f"Another run is writing {_what(other)} to {root}: wait for it, stop it, or "
                    f"choose another --output."
                )
        lock = _lock(root / _LOCKS / part.name)
        with contextlib.suppress(NotImplementedError):  # this file system has no locks
            lock.acquire(timeout=0)
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def starting(root: Path) -> Iterator[None]:
    """Makes ``root`` and keeps other jobs from beginning in it at the same time."""
    try:
        (root / _LOCKS).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if full_disk(error):
            raise
        raise _no_folder(root, error.strerror or "") from None
    lock = _lock(root / _LOCKS / "starting")
    try:
        with contextlib.suppress(NotImplementedError):
            lock.acquire(timeout=_STARTING_TAKES)
    except Timeout:
        raise OutputError(
            f"Another run has been beginning in {root} for {_STARTING_TAKES:.0f} s: wait for it, "
            "stop it, or choose another --output."
        ) from None
    try:
        yield
    finally:
        lock.release()


def _lock(path: Path) -> FileLock:
    return FileLock(path, thread_local=False)


def _free(path: Path) -> bool:
    lock = _lock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    except NotImplementedError:
        return True
    lock.release()
    return True


def _what(part: Slice) -> str:
    return "all shots" if part.whole else f"slice {part}"


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()
