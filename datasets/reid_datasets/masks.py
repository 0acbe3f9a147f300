"""Masks of the person in rendered crops: a fourth channel beside red, green and blue.

vidsynth writes them to ``crops/*.parquet`` of a set, as COCO's compressed run lengths over the
crop. No real benchmark has any.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames, ImageFiles
from reid_datasets.records import Tracklet, UnlabelledTracklet

if TYPE_CHECKING:
    import torch

COLUMNS = ("file", "box", "mask")
"""Of a crop: its picture under the set's root, (left, top, right, bottom) in pixels, and counts."""


@dataclass(frozen=True, slots=True)
class MaskedFrames:
    """The pictures of one tracklet with their masks. A `Frames` of four channels.

    ``counts`` are COCO's of each picture's mask, ``sizes`` its (height, width) in pixels.
    """

    frames: Frames
    counts: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.frames)

    def name(self, index: int) -> str:
        return self.frames.name(index)

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        """Pictures uint8 ``(4, H, W)``: red, green, blue, and 255 where the person is."""
        import torch  # takes seconds to import

        found = []
        for index, picture in zip(indices, self.frames.read(indices, at_least), strict=True):
            mask = torch.from_numpy(self._mask(index))[None]
            if mask.shape[1:] != picture.shape[1:]:  # a decoder's smaller picture
                mask = torch.nn.functional.interpolate(mask[None], picture.shape[1:])[0]
            found.append(torch.cat([picture, mask]))
        return found

    def _mask(self, index: int) -> np.ndarray:
        from pycocotools import mask as coco

        height, width = self.sizes[index]
        try:
            counts = self.counts[index].encode("ascii")
            mask: np.ndarray = coco.decode({"size": [height, width], "counts": counts})
        except (ValueError, UnicodeEncodeError):
            counts, mask = b"", np.zeros((height, width), np.uint8, order="F")
        # Of counts that end early pycocotools leaves the rest of the pixels as memory was.
        if coco.encode(mask)["counts"] != counts:
            raise DatasetError(
                f"Expected the mask of {self.name(index)} over {height} x {width} pixels, but its "
                "counts say something else. Render the set again."
            )
        return np.ascontiguousarray(mask * np.uint8(255))


def has_masks(root: Path) -> bool:
    """Whether there are tables of masks at a set's root."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = next(iter(sorted((root / "crops").glob("*.parquet"))), None)
    try:
        return first is not None and set(COLUMNS) <= set(pq.read_schema(first).names)
    except (OSError, pa.ArrowException):
        return False


def with_masks(
    root: Path, tracklets: Sequence[Tracklet | UnlabelledTracklet]
) -> list[Tracklet | UnlabelledTracklet]:
    """The same tracklets of a rendered set of image files, with `MaskedFrames`.

    Raises:
        DatasetError: the set has no masks, or not of all of these pictures.
    """
    if not has_masks(root):
        raise DatasetError(
            f"Expected masks of people at {root}, in crops/*.parquet with the columns "
            f"{', '.join(COLUMNS)} as vidsynth writes them; found none. Take a rendered set, or a "
            "method that needs no masks."
        )
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(root / "crops", columns=list(COLUMNS)).to_pydict()
        known = {
            file: (counts, (box[3] - box[1], box[2] - box[0]))
            for file, box, counts in zip(*table.values(), strict=True)
            if counts is not None
        }
    except (OSError, TypeError, IndexError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected the columns {', '.join(COLUMNS)} in {root / 'crops'}, but they cannot be "
            f"read ({str(error).partition(chr(10))[0]}). Give the command that rendered the set "
            "again, which renders what is damaged anew."
        ) from error
    return [replace(t, frames=_masked(root.resolve(), t.frames, known)) for t in tracklets]


def _masked(
    root: Path, frames: Frames, known: dict[str, tuple[str, tuple[int, int]]]
) -> MaskedFrames:
    if not isinstance(frames, ImageFiles):
        raise DatasetError(
            f"Expected image files to find masks of, found {frames.name(0)}. Render the set with "
            "--format mars or market1501."
        )
    folder = frames.directory.resolve().relative_to(root).as_posix()
    names = [f"{folder}/{name}" for name in frames.names]
    missing = next((name for name in names if name not in known), None)
    if missing is not None:
        raise DatasetError(
            f"Expected a mask of {missing} in {root / 'crops'}, found none: pictures and tables do "
            "not belong together. Render the set again."
        )
    counts, sizes = zip(*(known[name] for name in names), strict=True)
    return MaskedFrames(frames, counts, sizes)
