"""Clips of tracklets, batch after batch, where the model is: one way for all that only looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from reid_datasets.errors import DatasetError, from_worker
from torch.utils.data import DataLoader, Dataset

from uda.batches.feed import leave_signals_to_parent


def batches_of(
    clips: Dataset, batches: Sequence[list[int]], *, device: torch.device | str, workers: int
) -> Iterator[list[torch.Tensor]]:
    """Items of a data set, stacked, on the device.

    For a GPU they wait in pinned memory, and the copy of one batch runs beside the work on another.
    The global generator is not asked for anything.

    Args:
        clips: its items are clips uint8 (T, 3, H, W), and numbers that belong to them.
        batches: which items are in each batch.
        device: where the model is.
        workers: processes that decode.

    Raises:
        DatasetError: a frame cannot be read.
    """
    loader: DataLoader[Any] = DataLoader(
        clips,
        batch_sampler=batches,
        num_workers=workers,
        pin_memory=torch.device(device).type == "cuda",
        worker_init_fn=leave_signals_to_parent,
        generator=torch.Generator().manual_seed(0),
    )
    try:
        for batch in loader:
            yield [part.to(device, non_blocking=True) for part in batch]
    except DatasetError as error:
        raise (error if not workers else from_worker(error)) from None


@dataclass(eq=False)
class KeptClips:
    """Clips that are looked at more than once: decoded once, as far as there is room for them.

    Attributes:
        clips: as of `batches_of`; the same item is the same clip every time.
        device: where the model is.
        workers: processes that decode.
        room: bytes of clips, uint8, that are kept in the host's memory.
    """

    clips: Dataset
    device: torch.device | str
    workers: int
    room: int
    _kept: dict[int, torch.Tensor] = field(default_factory=dict)

    def batches(
        self, batches: Sequence[list[int]], *, keep: bool = False
    ) -> Iterator[torch.Tensor]:
        """Clips uint8 ``(B, T, 3, H, W)`` of each batch, on the device; with ``keep`` for the next
        look, too. DatasetError: as of `batches_of`."""
        missing = [[i for i in batch if i not in self._kept] for batch in batches]
        wanted = [new for new in missing if new]
        decoded = batches_of(self.clips, wanted, device=self.device, workers=self.workers)
        for batch, new in zip(batches, missing, strict=True):
            if len(new) == len(batch):
                pixels = next(decoded)[0]
            else:
                found = dict(zip(new, next(decoded)[0] if new else (), strict=True))
                kept = [found[i] if i in found else self._kept[i] for i in batch]
                pixels = torch.stack([clip.to(self.device) for clip in kept])
            if keep:
                self._keep(batch, pixels)
            yield pixels

    def _keep(self, batch: Sequence[int], pixels: torch.Tensor) -> None:
        """Copies: what a worker has decoded lies in memory that all processes share."""
        for item, clip in zip(batch, pixels, strict=True):
            if clip.nbytes <= self.room and item not in self._kept:
                self._kept[item] = clip.to("cpu", copy=True)
                self.room -= clip.nbytes
