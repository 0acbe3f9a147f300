"""Clips out of tracklets: which frames, and the data sets that serve them.

Everything random about an item follows from (seed, epoch, index, draw) alone, so that batches do
not depend on the number of workers or processes and a resumed run sees what an unbroken one would.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Literal, Protocol, TypeVar

import numpy as np
import torch
from torch.utils.data import Dataset

from reid_datasets.errors import DatasetError
from reid_datasets.frames import FrameRange, Frames
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.temporal import dense, restricted

log = logging.getLogger(__name__)

Sampling = Callable[[int, int, torch.Generator], Sequence[int]]
"""(frames of the tracklet, length of the clip, generator) to the frames of a clip."""

Unreadable = Literal["fail", "skip"]
"""What a damaged frame does: end the run, or be left out of its tracklet with a warning."""


class Transform(Protocol):
    """T images, uint8 ``(3, H, W)`` each, to one clip, uint8 ``(T, 3, *size)``."""

    @property
    def size(self) -> tuple[int, int]: ...

    def __call__(
        self, frames: list[torch.Tensor], generator: torch.Generator | None
    ) -> torch.Tensor: ...


Kind = TypeVar("Kind", Tracklet, UnlabelledTracklet)


def cut(tracklets: Sequence[Kind], length: int) -> list[Kind]:
    """Tracklets as pieces of ``length`` frames, so that long ones are seen more often (`dense`)."""
    return [
        replace(tracklet, frames=FrameRange(tracklet.frames, piece.start, piece.stop))
        for tracklet in tracklets
        for piece in dense(len(tracklet.frames), length)
    ]


class ClipDataset(Dataset):
    """Clips of tracklets: items are (clip ``(T, 3, H, W)``, index of its tracklet).

    Labels are looked up by index (`reid_datasets.labels`); an item does not carry them. A position
    past the end is another draw of the same tracklet (``index + k * len`` is draw k), so that a
    sampler which repeats a tracklet gets other frames and another augmentation.
    """

    def __init__(
        self,
        tracklets: Sequence[Tracklet | UnlabelledTracklet],
        length: int,
        transform: Transform,
        seed: int,
        sampling: Sampling = restricted,
        unreadable: Unreadable = "fail",
    ) -> None:
        empty = next((i for i, tracklet in enumerate(tracklets) if not len(tracklet.frames)), None)
        if empty is not None:
            raise DatasetError(f"Tracklet {empty} has no frames: expected at least one in each.")
        self.tracklets = tracklets
        self.length = length
        self.transform = transform
        self.seed = seed
        self.sampling = sampling
        self.unreadable = unreadable
        self._damaged: set[tuple[int, int]] = set()
        # Shared memory: persistent DataLoader workers hold a copy of this object.
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()

    def set_epoch(self, epoch: int) -> None:
        """Draws the clips of this epoch from now on, in persistent workers too."""
        self._epoch.fill_(epoch)

    def __len__(self) -> int:
        return len(self.tracklets)

    def __getitem__(self, position: int) -> tuple[torch.Tensor, int]:
        return self._clip(position)

    def _clip(self, position: int) -> tuple[torch.Tensor, int]:
        """The clip ``(T, 3, H, W)`` of a draw, and the index of its tracklet."""
        draw, index = divmod(position, len(self.tracklets))
        state = np.random.SeedSequence([self.seed, int(self._epoch), index, draw])
        generator = torch.Generator().manual_seed(int(state.generate_state(1)[0]))
        frames = self.tracklets[index].frames
        return self.transform(self._pixels(index, frames, generator), generator), index

    def _pixels(self, index: int, frames: Frames, generator: torch.Generator) -> list[torch.Tensor]:
        """A clip's frames. Damaged ones are left out, and the clip is drawn from what remains: by
        the same rule wherever and in whichever order clips are made."""
        left = list(range(len(frames)))
        while left:
            chosen = [left[i] for i in self.sampling(len(left), self.length, generator)]
            if not any((index, frame) in self._damaged for frame in chosen):
                try:
                    return frames.read(chosen, self.transform.size)
                except DatasetError:
                    if self.unreadable == "fail":
                        raise
            damaged = {frame for frame in chosen if self._is_damaged(index, frame)}
            if not damaged:
                raise DatasetError(
                    f"Expected to read {frames.name(chosen[0])} and others of its tracklet "
                    "together, as each can be read alone. Check the data set with `uda check-data`."
                )
            left = [frame for frame in left if frame not in damaged]
        raise DatasetError(
            f"Expected readable frames in the tracklet that begins with {frames.name(0)}, found "
            f"none in {len(frames)}. Restore the files, or take the tracklet out."
        )

    def _is_damaged(self, index: int, frame: int) -> bool:
        """Looks once, and warns, in each process."""
        if (index, frame) in self._damaged:
            return True
        try:
            self.tracklets[index].frames.read([frame])
            return False
        except DatasetError as error:
            self._damaged.add((index, frame))
            log.warning("Left out: %s", error)
            return True
