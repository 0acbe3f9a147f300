"""Looking at sets of crops as a target is looked at: by the same estimators, after its pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import overload

import numpy as np

from vidsynth.errors import OutputError, TargetError
from vidsynth.run.description import read_description
from vidsynth.target.crops import Crop
from vidsynth.target.estimators import Estimators
from vidsynth.target.jpeg_tables import nearest_quality
from vidsynth.target.layouts import Part, read_target
from vidsynth.target.measuring import FRAMES, Measured, measure
from vidsynth.target.pipe import Pipe
from vidsynth.target.statistics import TargetStatistics

_BY_FOLDER = {"bbox_train": "mars", "bounding_box_train": "market1501"}


def layout_of(root: Path) -> str:
    """How a folder is laid out: a rendered set, MARS, Market-1501, or a folder of tracklets.

    Raises TargetError where there is no such folder.
    """
    if not root.is_dir():
        raise TargetError(f"Expected a folder of crops at {root}, found none. Give another.")
    if (root / "dataset.json").is_file():
        try:
            description = read_description(root)
        except OutputError as error:
            raise TargetError(str(error)) from None
        return "synthetic-images" if description["kind"] == "images" else "synthetic"
    return next((name for folder, name in _BY_FOLDER.items() if (root / folder).is_dir()), "folder")


def pipe_of(statistics: TargetStatistics) -> Pipe:
    """What the target's crops went through, as its file says."""
    source = statistics.source
    if source.resized_to is None:
        return Pipe()
    quality = None
    if source.jpeg_table is not None:
        quality = round(nearest_quality(np.array(source.jpeg_table).reshape(8, 8))[0])
    return Pipe(source.resized_to, quality)


def look(
    root: Path,
    layout: str,
    estimators: Estimators | None,
    *,
    pipe: Pipe | None = None,
    part: Part = "all",
    frames: int = FRAMES,
) -> Measured:
    """Everything that is measured of a set's crops, of rendered ones after the target's pipe."""
    tracklets = read_target(root, layout, None, part)
    if pipe is not None:
        tracklets = (replace(t, crops=_Piped(t.crops, pipe)) for t in tracklets)
    return measure(tracklets, estimators, frames=frames)


def samples(root: Path, layout: str, count: int, part: Part = "all") -> Iterator[np.ndarray]:
    """Crops uint8 (H, W, 3) of ``count`` tracklets, evenly spread over a set."""
    tracklets = list(read_target(root, layout, 1, part))
    for place in np.unique(np.linspace(0, len(tracklets) - 1, count).astype(int)):
        yield tracklets[int(place)].crops[0].pixels


@dataclass(frozen=True)
class _Piped(Sequence[Crop]):
    """Crops as they come out of a pipe."""

    crops: Sequence[Crop]
    pipe: Pipe

    def __len__(self) -> int:
        return len(self.crops)

    @overload
    def __getitem__(self, place: int) -> Crop: ...

    @overload
    def __getitem__(self, place: slice) -> _Piped: ...

    def __getitem__(self, place: int | slice) -> Crop | _Piped:
        if isinstance(place, slice):
            return _Piped(self.crops[place], self.pipe)
        return Crop.of(self.pipe.apply(self.crops[place].pixels))
