"""The MARS layout: ``bbox_train/0001/0001C1T0001F001.jpg`` and the lists under ``info/``.

Names have a fixed width: an identity has four digits, a tracklet four, a frame three; a camera has
one as in MARS, where readers slice ``name[5]``, and two in a set of ten cameras or more:
``0001C12T0001F001.jpg``. So there are 9,999 identities, 99 cameras and 999 frames at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.io import savemat

from vidsynth.errors import OutputError


@dataclass(frozen=True)
class WrittenTracklet:
    """A tracklet on disk: MARS's name for it, whose it is (0: a distractor), and its frames; MARS
    knows no outfits."""

    name: str
    label_id: int
    camera_id: int
    test: bool
    frames: tuple[int, ...]
    outfit_id: int = 1


def tracklet_name(label_id: int, camera_id: int, number: int, digits: int = 1) -> str:
    """``0001C1T0001``, the camera in so many ``digits``. Raises OutputError for what MARS names
    cannot hold."""
    limits = ((label_id, 0, 9999, "identity"), (camera_id, 1, 10**digits - 1, "camera"))
    for value, low, high, what in (*limits, (number, 1, 9999, "tracklet number")):
        if not low <= value <= high:
            raise OutputError(
                f"MARS names hold {what} {low} to {high}, found {value}: "
                "render fewer, or several data sets with different seeds."
            )
    return f"{label_id:04d}C{camera_id:0{digits}d}T{number:04d}"


def folder(name: str, test: bool) -> str:
    """Where a tracklet's images lie, under the data set's root."""
    return f"{'bbox_test' if test else 'bbox_train'}/{name[:4]}"


def image_name(name: str, frame: int) -> str:
    """``frame`` counts from 0; filtered frames leave gaps in the names."""
    return f"{name}F{frame + 1:03d}.jpg"


def write_info(root: Path, tracklets: Iterable[WrittenTracklet]) -> None:
    """Writes ``info/`` from scratch, the same bytes for the same tracklets in any order.

    Rows of the ``.mat`` tables are first image, last image (from 1, inclusive),
    identity, camera, as MARS has them.
    """
    info = root / "info"
    info.mkdir(exist_ok=True)
    ordered = sorted(tracklets, key=lambda t: t.name)
    halves = {
        "train": [t for t in ordered if not t.test],
        "test": [t for t in ordered if t.test],
    }
    for half, members in halves.items():
        (root / f"bbox_{half}").mkdir(exist_ok=True)  # readers want both, even if one is empty
        names = [image_name(t.name, frame) for t in members for frame in t.frames]
        _replace_text(info / f"{half}_name.txt", "".join(f"{name}\n" for name in names))
        _replace_mat(info / f"tracks_{half}_info.mat", f"track_{half}_info", _rows(members))
    queries = query_names(ordered)
    rows = [row for row, t in enumerate(halves["test"], start=1) if t.name in queries]
    _replace_mat(info / "query_IDX.mat", "query_IDX", np.array(rows, dtype=np.int32)[None])


def query_names(tracklets: Iterable[WrittenTracklet]) -> set[str]:
    """The first tracklet, by name, of each test identity in each outfit under each camera, where
    another camera has one of the identity to be found."""
    cameras: dict[int, set[int]] = {}
    tests = sorted((t for t in tracklets if t.test and t.label_id), key=lambda t: t.name)
    for tracklet in tests:
        cameras.setdefault(tracklet.label_id, set()).add(tracklet.camera_id)
    chosen: dict[tuple[int, int, int], str] = {}
    for tracklet in tests:
        if len(cameras[tracklet.label_id]) > 1:
            key = (tracklet.label_id, tracklet.outfit_id, tracklet.camera_id)
            chosen.setdefault(key, tracklet.name)
    return set(chosen.values())


def _rows(tracklets: list[WrittenTracklet]) -> np.ndarray:
    rows, first = [], 1
    for tracklet in tracklets:
        last = first + len(tracklet.frames) - 1
        rows.append((first, last, tracklet.label_id, tracklet.camera_id))
        first = last + 1
    return np.array(rows, dtype=np.int32).reshape(-1, 4)


def _replace_text(path: Path, text: str) -> None:
    part = path.with_suffix(".part")
    part.write_text(text, encoding="ascii")
    part.replace(path)


def _replace_mat(path: Path, key: str, table: np.ndarray) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        savemat(file, {key: table}, do_compression=True)
        # scipy stamps the time of writing into the header's free text; equal sets, equal bytes.
        file.seek(0)
        file.write(b"MATLAB 5.0 MAT-file, vidsynth".ljust(116))
    part.replace(path)
