"""Finished shots: their files move in place, then a marker says so, last and atomically."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, overload

from strict_reading import parse_json, read_text
from vidsynth.errors import OutputError
from vidsynth.files import sync, write_whole
from vidsynth.labels.tables import SCHEMA_VERSION
from vidsynth.user_files.folders import file_hash

PARTIAL = ".partial"
"""The folder in a data set for what is not finished; gone once the set is."""


def marker_path(root: Path, index: int) -> Path:
    return root / "shots" / f"{index:06d}.json"


def publish(root: Path, index: int, fingerprint: str, room: Path, shot: dict[str, Any]) -> None:
    """Moves what ``room`` holds of ``shot["files"]`` into the data set and marks it finished.

    A run killed in between leaves files without a marker; the next run writes the same again.
    """
    files = {
        name: {"bytes": (room / name).stat().st_size, "sha256": file_hash(room / name)}
        for name in shot["files"]
    }
    _move_in(root, room, files)
    _write(root, index, make_marker(index, fingerprint, {**shot, "files": files}))
    shutil.rmtree(room, ignore_errors=True)


def make_marker(index: int, fingerprint: str, shot: dict[str, Any]) -> dict[str, Any]:
    """The marker of a shot, whose ``files`` have their lengths and hashes."""
    marker = {
        "schema_version": SCHEMA_VERSION,
        "shot": index,
        "config": fingerprint,
        **shot,
    }
    return {**marker, "marker_sha256": _own_hash(marker)}


def adopt(root: Path, index: int, source: Path, fingerprints: Collection[str], room: Path) -> bool:
    """Takes a finished shot from the data set in ``source``; whether it is there, and its files
    have the hashes that its marker says.

    Files are linked where the file system can and copied elsewhere, by way of ``room``, a folder
    beside the data set's own.
    """
    marker = read_finished(source, index, fingerprints)
    if marker is None or not all(_inside(name) for name in marker["files"]):
        return False
    try:
        for name, facts in marker["files"].items():
            take(source / name, room / name)
            if file_hash(room / name) != facts["sha256"]:
                return False
        _move_in(root, room, marker["files"])
        _write(root, index, marker)
    except FileNotFoundError:  # its run has begun anew
        return False
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return True


def take(source: Path, target: Path) -> None:
    """Makes ``target`` the same file as ``source``, or a copy of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # another file system, or one that has no links
        shutil.copyfile(source, target)


def _inside(name: str) -> bool:
    path = Path(name)
    return not path.is_absolute() and ".." not in path.parts


def _move_in(root: Path, room: Path, names: Iterable[str]) -> None:
    """Moves files from ``room`` into the data set; they are on disk when this returns."""
    folders = set()
    for name in names:
        source, target = room / name, root / name
        sync(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        folders.add(target.parent)
    for folder in folders:
        sync(folder)


def _write(root: Path, index: int, marker: dict[str, Any]) -> None:
    path = marker_path(root, index)
    path.parent.mkdir(exist_ok=True)
    write_whole(path, (json.dumps(marker, indent=1) + "\n").encode())


def read_finished(
    root: Path, index: int, fingerprints: Collection[str], hashes: bool = False
) -> dict[str, Any] | None:
    """The shot's marker, or None where the shot has to be rendered (again).

    That is so where there is no marker, a damaged one or one of a config that is not among
    ``fingerprints``; where a file is missing or of another length; and, where ``hashes`` are asked
    for, where a file has other content.
    """
    try:
        marker = parse_json(read_text(marker_path(root, index)))
        if marker["config"] not in fingerprints or marker["schema_version"] != SCHEMA_VERSION:
            return None
        if marker.get("marker_sha256", "") not in ("", _own_hash(marker)):
            return None  # markers of 2026 and before have none
        for name, facts in marker["files"].items():
            if (root / name).stat().st_size != facts["bytes"]:
                return None
            if hashes and file_hash(root / name) != facts["sha256"]:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(marker)


class Markers(Sequence[dict[str, Any]]):
    """The markers of finished shots, read from disk each time: those of a large set would not fit
    into memory. Raises OutputError for a shot that is not there (any more)."""

    def __init__(self, root: Path, shots: range, fingerprints: Collection[str]) -> None:
        self._root, self._shots, self._fingerprints = root, shots, fingerprints

    def __len__(self) -> int:
        return len(self._shots)

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> Markers: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | Markers:
        if isinstance(place, slice):
            return Markers(self._root, self._shots[place], self._fingerprints)
        index = self._shots[place]
        marker = read_finished(self._root, index, self._fingerprints)
        if marker is None:
            raise OutputError(
                f"Expected shot {index} in {self._root}, as it was there a moment ago, found it "
                "gone or damaged: leave the folder alone while it is written, and give the same "
                "command again."
            )
        return marker


def _own_hash(marker: dict[str, Any]) -> str:
    """SHA-256 of a marker, less this hash."""
    rest = {key: value for key, value in marker.items() if key != "marker_sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
