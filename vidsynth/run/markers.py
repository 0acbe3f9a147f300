"""Finished shots: their files move in place, then a marker says so, last and atomically."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from vidsynth.labels import SCHEMA_VERSION
from vidsynth.run.files import sync, write_whole


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
        content = source.read_bytes()
        files[name] = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
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
    path = marker_path(root, index)
    path.parent.mkdir(exist_ok=True)
    write_whole(path, (json.dumps(marker, indent=1) + "\n").encode())
    shutil.rmtree(room, ignore_errors=True)


def read_finished(root: Path, index: int, fingerprint: str) -> dict[str, Any] | None:
    """The shot's marker, or None where the shot has to be rendered (again): no marker, another
    config's, or a file that is missing or of another length."""
    try:
        marker = json.loads(marker_path(root, index).read_text(encoding="utf-8"))
        if marker["config"] != fingerprint or marker["schema_version"] != SCHEMA_VERSION:
            return None
        for name, facts in marker["files"].items():
            if (root / name).stat().st_size != facts["bytes"]:
                return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return dict(marker)
