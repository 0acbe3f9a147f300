"""Clips of streamed tracklets: a worker reads the bytes of what the sampler drew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from reid_datasets.clips import ClipDataset, Sampling, Transform, Unreadable
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.shards import ShardFrames
from reid_datasets.temporal import restricted


class Drawn(NamedTuple):
    """What a batch asks a worker for: draw k of tracklet i of N as ``position`` i + k N, and where
    the tracklet's images lie."""

    position: int
    frames: ShardFrames


class StreamedClipDataset(ClipDataset):
    """Clips of what a `StreamedPKSampler` draws: items are (clip ``(T, 3, H, W)``, index).

    ``count`` is the number N of tracklets of the source. A clip is the one that `ClipDataset` makes
    of the same tracklets with the same seed, epoch, index and draw.
    """

    def __init__(
        self,
        count: int,
        length: int,
        transform: Transform,
        seed: int,
        sampling: Sampling = restricted,
        unreadable: Unreadable = "fail",
    ) -> None:
        super().__init__((), length, transform, seed, sampling, unreadable)
        self.tracklets = self._passing = _Passing(count)

    def __getitem__(self, drawn: Drawn) -> tuple[torch.Tensor, int]:  # type: ignore[override]
        self._passing.frames = drawn.frames
        return self._clip(drawn.position)


class _Passing(Sequence[UnlabelledTracklet]):
    """N tracklets, of which one is here at a time: whatever the index, it is that one."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.frames: ShardFrames | None = None

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, index: int) -> UnlabelledTracklet:  # type: ignore[override]
        assert self.frames is not None
        return UnlabelledTracklet(self.frames, None)
