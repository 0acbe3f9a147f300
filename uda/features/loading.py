"""Clips of tracklets, batch after batch, where the model is: one way for all that only looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
