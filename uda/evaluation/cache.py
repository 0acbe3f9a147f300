"""Features on disk: ``NAME.safetensors`` and, readable anywhere, ``NAME.csv`` beside it.

The safetensors file holds ``features`` ``(N, D)`` float32 of length 1 and, in its metadata, what
they were made from. Row n of the CSV describes feature n: part, name of the first frame, number of
frames, person, camera, clothes (empty: unknown).
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from reid_datasets.records import Tracklet
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from uda.errors import UdaError

COLUMNS = ("part", "name", "frames", "person_id", "camera_id", "clothes_id")


@dataclass(frozen=True)
class Origin:
    """What features depend on: the weights' file, the frames and how they were used."""

    checkpoint_sha256: str
    data_sha256: str
    protocol: str


def file_sha256(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def data_sha256(tracklets: Sequence[Tracklet]) -> str:
    """Of the tracklets' frames by name and number; pixels are not looked at."""
    digest = hashlib.sha256()
    for tracklet in tracklets:
        digest.update(f"{tracklet.frames.name(0)} {len(tracklet.frames)}\n".encode())
    return digest.hexdigest()


def store(
    path: Path, features: np.ndarray, parts: Sequence[tuple[str, Tracklet]], origin: Origin
) -> None:
    """Writes ``path`` (.safetensors) and its CSV, each whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for part, t in parts:
        writer.writerow(
            [part, t.frames.name(0), len(t.frames), t.person_id, t.camera_id, t.clothes_id]
        )
    _replace(path.with_suffix(".csv"), table.getvalue().encode())
    tensors = {"features": np.ascontiguousarray(features, np.float32)}
    _replace(path, save(tensors, metadata=asdict(origin)))


def load(path: Path) -> tuple[np.ndarray, Origin]:
    """Features ``(N, D)`` and where they come from. UdaError: the file cannot be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            return file.get_tensor("features"), Origin(**(file.metadata() or {}))
    except (OSError, SafetensorError, TypeError) as error:
        raise UdaError(
            f"Expected features written by `uda extract` in {path}, but they cannot be read "
            f"({error}). Delete the file and extract again."
        ) from None


def lookup(path: Path, origin: Origin, count: int) -> tuple[np.ndarray | None, str]:
    """Stored features if they are of this ``origin`` and of ``count`` tracklets, else None; and
    what was found, in words."""
    if not path.exists():
        return None, f"no {path} yet"
    features, found = load(path)
    differing = [
        {"checkpoint_sha256": "weights", "data_sha256": "data", "protocol": "protocol"}[key]
        for key, value in asdict(found).items()
        if value != asdict(origin)[key]
    ]
    if differing or len(features) != count:
        return None, f"{path} is of other {' and '.join(differing) or 'data'}"
    return features, f"features from {path}"


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
