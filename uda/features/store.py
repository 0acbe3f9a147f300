"""Features on disk: ``NAME.safetensors`` and, readable anywhere, ``NAME.csv`` beside it.

The safetensors file holds ``features`` ``(N, D)`` float32 of length 1 and, in its metadata, what
they were made from. Row n of the CSV describes feature n: part, name of the first frame, number of
frames, the numbers of person, camera and clothes (empty: unknown), and the names that people gave
them where the data has names. Names that are not UTF-8 have \\xNN in the place of such a byte.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from reid_datasets.frames import first_file
from reid_datasets.records import Tracklet, UnlabelledTracklet
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from uda.comparing.distance import Array
from uda.errors import UdaError
from uda.files import write_whole

NAMED = {"person": "identity", "camera": "camera", "clothes": "clothes"}
"""Columns of names, and the label that each of them names."""
COLUMNS = ("part", "name", "frames", "person_id", "camera_id", "clothes_id", *NAMED)

_CHECKSUM = "features_sha256"
"""Of the features' bytes, in a file's metadata: the format itself has none."""

Names = Mapping[str, Mapping[int, str]]
"""By label: the name that people gave to a number."""


@dataclass(frozen=True)
class Origin:
    """What features depend on: the weights' file, the frames and how they were used."""

    checkpoint_sha256: str
    data_sha256: str
    protocol: str


def data_sha256(
    tracklets: Sequence[Tracklet | UnlabelledTracklet], *, cameras: bool = False
) -> str:
    """Of the tracklets' frames by name and number, and by the bytes of each one's first file, which
    tell other pictures under the same names; pixels are not looked at. ``cameras``: also of which
    camera saw them, for features that depend on it."""
    digest = hashlib.sha256()
    for tracklet in tracklets:
        first, length = tracklet.frames.name(0), len(tracklet.frames)
        size = _bytes(first_file(tracklet.frames))
        camera = f" {tracklet.camera_id}" if cameras else ""
        digest.update(os.fsencode(f"{first} {length} {size}{camera}\n"))
    return digest.hexdigest()


def _bytes(first: str) -> int:
    """Of the file that a frame is in, by its name; 0 where it is part of another one."""
    for path in (first, first.rpartition(" frame ")[0]):
        with contextlib.suppress(OSError):
            return os.stat(path).st_size
    return 0


def store(
    path: Path,
    features: Array,
    parts: Sequence[tuple[str, Tracklet | UnlabelledTracklet]],
    origin: Origin,
    names: Names | None = None,
) -> None:
    """Writes ``path`` (.safetensors) and its CSV, each whole or not at all.

    Args:
        path: the file of the features.
        features: (N, D), of length 1.
        parts: what each is of: a part of the data set, and the tracklet.
        origin: what they depend on.
        names: names of persons, cameras and clothes.
    """
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for part, tracklet in parts:
        person = tracklet.person_id if isinstance(tracklet, Tracklet) else None
        clothes = tracklet.clothes_id if isinstance(tracklet, Tracklet) else None
        numbers = (person, tracklet.camera_id, clothes)
        called = [
            (names or {}).get(label, {}).get(number, "") if number is not None else ""
            for label, number in zip(NAMED.values(), numbers, strict=True)
        ]
        first = tracklet.frames.name(0)
        writer.writerow([part, first, len(tracklet.frames), *numbers, *called])
    text = table.getvalue()
    write_whole(
        csv_of(path), text.encode("utf-8", "surrogateescape").decode(errors="backslashreplace")
    )
    tensors = {"features": torch.as_tensor(features).float().cpu().contiguous().numpy()}
    content = {**asdict(origin), _CHECKSUM: _sha256(tensors["features"])}
    write_whole(path, save(tensors, metadata=content))


def _sha256(features: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(features).tobytes()).hexdigest()


def csv_of(path: Path) -> Path:
    """The table beside a file of features."""
    return path.with_suffix(".csv")


def load(path: Path) -> tuple[np.ndarray, Origin]:
    """Features ``(N, D)`` and where they come from. UdaError: the file cannot be read."""
    try:
        with safe_open(path, framework="numpy") as file:
            found, told = file.get_tensor("features"), dict(file.metadata() or {})
        if told.pop(_CHECKSUM, "") != _sha256(found):
            raise ValueError("their checksum differs")
        return found, Origin(**told)
    except (OSError, SafetensorError, TypeError, ValueError) as error:
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
