"""The MARS layout: ``bbox_train/0001/0001C1T0001F001.jpg`` and the lists under ``info/``.

Names have a fixed width: an identity has four digits, a tracklet four, a frame three; a camera has
one as in MARS, where readers slice ``name[5]``, and two in a set of ten cameras or more:
``0001C12T0001F001.jpg``. So there are 9,999 identities, 99 cameras and 999 frames at most.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.io import savemat

from vidsynth.errors import OutputError
from vidsynth.files import write_whole
from vidsynth.formats.queries import query_names
from vidsynth.formats.writer import (
    Contents,
    CropId,
    Record,
    Sizes,
    Writer,
    name_folders,
    replace_text,
)

_LISTED = ("tracklet", "label_id", "camera_id", "split", "outfit_id", "frames")
"""What the lists need of a tracklet: no more of it is kept in memory."""


class Mars(Writer):
    """A JPEG file per crop."""

    lists = (
        "info/train_name.txt",
        "info/test_name.txt",
        "info/tracks_train_info.mat",
        "info/tracks_test_info.mat",
        "info/query_IDX.mat",
    )

    @classmethod
    def check(cls, sizes: Sizes) -> None:
        """Raises OutputError for what MARS names cannot hold."""
        # Distractors share id 0 and are told apart by the tracklet's number.
        numbered = max(sizes.sightings, sizes.distractors)
        for count, most, what in (
            (sizes.identities, 9999, "identities"),
            (numbered, 9999, f"tracklets of one id under a camera ({sizes.distractors} distractors "
             f"share id 0, {sizes.sightings} sightings of others)"),
            (sizes.cameras, 10**sizes.digits - 1, "cameras"),
            (sizes.frames, 999, "frames"),
        ):  # fmt: skip
            if count > most:
                raise OutputError(
                    f"MARS names hold {most} {what} at most, found {count}: choose another "
                    "output.format (--format webdataset), or render several data sets with "
                    "different seeds."
                )

    def place(self, picture: CropId) -> str:
        return crop_file(picture, self._room.digits)

    def finish(self, contents: Contents) -> list[str]:
        name_folders(contents)
        return [record["file"] for records in contents.crops for record in records]

    @classmethod
    def index(cls, root: Path, markers: Sequence[Record]) -> None:
        write_info(root, ({k: t[k] for k in _LISTED} for m in markers for t in m["tracklets"]))


def crop_file(crop: CropId, digits: int) -> str:
    """Where a crop's image lies, under the data set's root."""
    name = crop.tracklet.name(digits)
    half = "bbox_train" if crop.split == "train" else "bbox_test"
    return f"{half}/{name.partition('C')[0]}/{image_name(name, crop.frame)}"


def image_name(name: str, frame: int) -> str:
    """``frame`` counts from 0; filtered frames leave gaps in the names."""
    return f"{name}F{frame + 1:03d}.jpg"


def write_info(root: Path, tracklets: Iterable[Record]) -> None:
    """Writes ``info/`` from scratch, the same bytes for the same tracklets in any order.

    ``tracklets`` are those of markers. Rows of the ``.mat`` tables are first image, last image
    (from 1, inclusive), identity, camera, as MARS has them.
    """
    info = root / "info"
    info.mkdir(exist_ok=True)
    ordered = sorted(tracklets, key=lambda t: str(t["tracklet"]))
    halves = {
        "train": [t for t in ordered if t["split"] == "train"],
        "test": [t for t in ordered if t["split"] != "train"],
    }
    for half, members in halves.items():
        (root / f"bbox_{half}").mkdir(exist_ok=True)  # readers want both, even if one is empty
        names = [image_name(t["tracklet"], frame) for t in members for frame in t["frames"]]
        replace_text(info / f"{half}_name.txt", "".join(f"{name}\n" for name in names))
        _replace_mat(info / f"tracks_{half}_info.mat", f"track_{half}_info", _rows(members))
    queries = query_names(ordered)
    rows = [row for row, t in enumerate(halves["test"], start=1) if t["tracklet"] in queries]
    _replace_mat(info / "query_IDX.mat", "query_IDX", np.array(rows, dtype=np.int32)[None])


def _rows(tracklets: list[Record]) -> np.ndarray:
    rows, first = [], 1
    for tracklet in tracklets:
        last = first + len(tracklet["frames"]) - 1
        rows.append((first, last, tracklet["label_id"], tracklet["camera_id"]))
        first = last + 1
    return np.array(rows, dtype=np.int32).reshape(-1, 4)


def _replace_mat(path: Path, key: str, table: np.ndarray) -> None:
    file = io.BytesIO()
    savemat(file, {key: table}, do_compression=True)
    # scipy stamps the time of writing into the header's free text; equal sets, equal bytes.
    file.seek(0)
    file.write(b"MATLAB 5.0 MAT-file, vidsynth".ljust(116))
    write_whole(path, file.getvalue())
