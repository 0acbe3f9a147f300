"""Clips out of tracklets: which frames, and the data sets that serve them.

Everything random about an item follows from (seed, epoch, index, draw) alone, so that batches do
not depend on the number of workers or processes and a resumed run sees what an unbroken one would.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import torch
from torch.utils.data import Dataset

from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet, UnlabelledTracklet


class Transform(Protocol):
    """T images, uint8 ``(3, H, W)`` each, to one clip, uint8 ``(T, 3, *size)``."""

    @property
    def size(self) -> tuple[int, int]: ...

    def __call__(
        self, frames: list[torch.Tensor], generator: torch.Generator | None
    ) -> torch.Tensor: ...


NO_CAMERA = -1
"""Camera of an item whose benchmark has no cameras."""


def restricted(n: int, length: int, generator: torch.Generator | None = None) -> list[int]:
    """One frame out of each of ``length`` equal blocks of ``n`` frames, in time order.

    Random within its block for training, the block's first frame without a generator. A tracklet
    shorter than the clip repeats frames evenly. Wang et al., Temporal Segment Networks, ECCV 2016.
    """
    begins = [i * n // length for i in range(length)]
    if generator is None:
        return begins
    draws = torch.rand(length, generator=generator).tolist()
    return [
        begin + int(draw * max((i + 1) * n // length - begin, 1))
        for i, (begin, draw) in enumerate(zip(begins, draws, strict=True))
    ]


def all_frames(n: int, length: int) -> np.ndarray:
    """Strided clips that together hold all ``n`` frames, int64 ``(ceil(n/length), length)``.

    Clip j of k has frames j, j+k, j+2k, ... Each frame appears once, except that the first frames
    appear again when ``n`` is no multiple of ``length``. As SINet tests (Bai et al., CVPR 2022).
    """
    clips = -(-n // length)
    frames = np.sort(np.arange(clips * length) % n)
    return frames.reshape(length, clips).T


def chunks(n: int, length: int) -> np.ndarray:
    """Consecutive clips that together hold all ``n`` frames, int64 ``(ceil(n/length), length)``.

    The last one, where it is short, starts over with its own frames. As AP3D tests (Gu et al., ECCV
    2020), with ``length`` 32.
    """
    clips = -(-n // length)
    frames = np.arange(clips * length)
    last = n - (clips - 1) * length
    frames[n:] = n - last + (frames[n:] - n) % last
    return frames.reshape(clips, length)


def relabel(tracklets: Sequence[Tracklet]) -> dict[int, int]:
    """Person ids, in ascending order, to labels 0..K-1."""
    return {person: label for label, person in enumerate(sorted({t.person_id for t in tracklets}))}


class _Clips(Dataset):
    """What both data sets share: the draw of an item and its pixels.

    An index past the end is another draw of the same tracklet (``index + k * len`` is draw k), so
    that a sampler which repeats a tracklet gets other frames and another augmentation.
    """

    def __init__(
        self,
        tracklets: Sequence[Tracklet | UnlabelledTracklet],
        length: int,
        transform: Transform,
        seed: int,
    ) -> None:
        empty = next((i for i, tracklet in enumerate(tracklets) if not len(tracklet.frames)), None)
        if empty is not None:
            raise DatasetError(f"Tracklet {empty} has no frames: expected at least one in each.")
        self.tracklets = tracklets
        self.length = length
        self.transform = transform
        self.seed = seed
        # Shared memory: persistent DataLoader workers hold a copy of this object.
        self._epoch = torch.zeros((), dtype=torch.int64).share_memory_()

    def set_epoch(self, epoch: int) -> None:
        """Draws the clips of this epoch from now on, in persistent workers too."""
        self._epoch.fill_(epoch)

    def __len__(self) -> int:
        return len(self.tracklets)

    def _clip(self, position: int) -> tuple[torch.Tensor, int]:
        """The clip ``(T, 3, H, W)`` of a draw, and the index of its tracklet."""
        draw, index = divmod(position, len(self.tracklets))
        state = np.random.SeedSequence([self.seed, int(self._epoch), index, draw])
        generator = torch.Generator().manual_seed(int(state.generate_state(1)[0]))
        frames = self.tracklets[index].frames
        chosen = restricted(len(frames), self.length, generator)
        return self.transform(frames.read(chosen, self.transform.size), generator), index


class ClipDataset(_Clips):
    """Labelled clips: items are (clip ``(T, 3, H, W)``, label, camera, index)."""

    def __init__(
        self,
        tracklets: Sequence[Tracklet],
        labels: dict[int, int],
        length: int,
        transform: Transform,
        seed: int,
    ) -> None:
        super().__init__(tracklets, length, transform, seed)
        unknown = sorted({t.person_id for t in tracklets} - labels.keys())
        if unknown:
            raise DatasetError(
                f"Expected a label for every identity, found none for {unknown[:5]} "
                f"({len(unknown)} in all). Build the labels with relabel() from the same tracklets."
            )
        self.labels = [labels[tracklet.person_id] for tracklet in tracklets]
        self.cameras = [_camera(tracklet) for tracklet in tracklets]

    def __getitem__(self, position: int) -> tuple[torch.Tensor, int, int, int]:
        clip, index = self._clip(position)
        return clip, self.labels[index], self.cameras[index], index


class UnlabelledClipDataset(_Clips):
    """Target clips: items are (clip ``(T, 3, H, W)``, index). There is no identity to return."""

    def __init__(
        self,
        tracklets: Sequence[UnlabelledTracklet],
        length: int,
        transform: Transform,
        seed: int,
    ) -> None:
        if any(not isinstance(tracklet, UnlabelledTracklet) for tracklet in tracklets):
            raise TypeError("expected UnlabelledTracklet: call .unlabelled() on target tracklets")
        super().__init__(tracklets, length, transform, seed)

    def __getitem__(self, position: int) -> tuple[torch.Tensor, int]:
        return self._clip(position)


def _camera(tracklet: Tracklet) -> int:
    return NO_CAMERA if tracklet.camera_id is None else tracklet.camera_id
