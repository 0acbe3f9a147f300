"""Finished shots: their files move in place, then a marker says so, last and atomically."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

from strict_reading import parse_json, read_text
from vidsynth.files import sync, write_whole
from vidsynth.labels.tables import SCHEMA_VERSION
from vidsynth.user_files.folders import file_hash


def marker_path(root: Path, index: int) -> Path:
    return root / "shots" / f"{index:06d}.json"


def publish(root: Path, index: int, fingerprint: str, room: Path, shot: dict[str, Any]) -> None:
    """Moves what ``room`` holds of ``shot["files"]`` into the data set and marks it finished.

    A run killed in between leaves files without a marker; the next run writes the same again.
    """
    files = {}
    folders = set()
    for name in shot["files"]:
        source, target = room / name, root / name
        files[name] = {"bytes": source.stat().st_size, "sha256": file_hash(source)}
        sync(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
        folders.add(target.parent)
    for folder in folders:
        sync(folder)
    marker = {
        "schema_version": SCHEMA_VERSION,
        "shot": index,
        "config": fingerprint,
        **shot,
        "files": files,
    }
    marker["marker_sha256"] = _own_hash(marker)
    path = marker_path(root, index)
    path.parent.mkdir(exist_ok=True)
    write_whole(path, (json.dumps(marker, indent=1) + "\n").encode())
    shutil.rmtree(room, ignore_errors=True)


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


def _own_hash(marker: dict[str, Any]) -> str:
    """SHA-256 of a marker, less this hash."""
    rest = {key: value for key, value in marker.items() if key != "marker_sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()
