"""Clips of one domain, batch after batch, from any batch of an epoch on."""

from __future__ import annotations

import itertools
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any, Protocol

import numpy as np
import torch
from reid_datasets.errors import DatasetError, from_worker
from torch.utils.data import DataLoader, Dataset, Sampler

from uda import config


class Drawing(Protocol):
    """What draws the batches of an epoch, the same ones for the same number of the epoch."""

    def set_epoch(self, epoch: int) -> None: ...

    def __iter__(self) -> Iterator[list[Any]]: ...

    def __len__(self) -> int: ...


class Feed:
    """Batches of clips uint8 (B, T, 3, H, W), and which of the domain's N tracklets they are (B,).

    Whether tracklets are looked up one by one or come out of a stream of shards is the drawing's
    and the data set's affair.
    """

    def __init__(
        self,
        dataset: Dataset,
        drawing: Drawing,
        labels: Mapping[str, np.ndarray],
        name: Callable[[int], str],
        *,
        workers: int,
        pin_memory: bool = False,
    ) -> None:
        """Reads nothing yet.

        Args:
            dataset: has ``set_epoch``; items are (clip, index of the tracklet).
            drawing: draws what ``dataset`` is asked for.
            labels: of all N tracklets by name, int64 (N,).
            name: what people call a tracklet, by its index.
            workers: processes that decode.
            pin_memory: as of `torch.utils.data.DataLoader`.
        """
        self.labels = {key: torch.from_numpy(column) for key, column in labels.items()}
        self.name = name
        self._from = _FromBatch(drawing)
        self._dataset = dataset
        self._loader: DataLoader = DataLoader(
            dataset,
            batch_sampler=self._from,
            num_workers=workers,
            persistent_workers=workers > 0,
            pin_memory=pin_memory,
            worker_init_fn=leave_signals_to_parent,
            generator=torch.Generator().manual_seed(0),  # leaves the global generator alone
        )

    def __len__(self) -> int:
        """Batches of an epoch."""
        return len(self._from.drawing)

    def redraw(self, drawing: Drawing) -> None:
        """Draws otherwise from the next epoch on."""
        self._from.drawing = drawing

    def batches(self, epoch: int, start: int = 0) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """The batches of an epoch without the first ``start``.

        Raises:
            DatasetError: a frame is damaged.
        """
        self._from.start = start
        self._from.drawing.set_epoch(epoch)
        self._dataset.set_epoch(epoch)  # type: ignore[attr-defined]
        try:
            yield from self._loader
        except DatasetError as error:
            raise from_worker(error) from None

    def labels_of(self, tracklets: torch.Tensor) -> dict[str, torch.Tensor]:
        """Labels (B,) of the tracklets of a batch, by name."""
        return {name: column[tracklets] for name, column in self.labels.items()}


class _FromBatch(Sampler[list[Any]]):
    """The batches of an epoch, without the first ``start`` of them."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.start = 0

    def __iter__(self) -> Iterator[list[Any]]:
        return itertools.islice(iter(self.drawing), self.start, None)

    def __len__(self) -> int:
        return len(self.drawing) - self.start


def leave_signals_to_parent(worker: int) -> None:
    """For decoding processes: Ctrl-C reaches them too, and SIGTERM where a scheduler sends it to
    all processes of a job, but the parent decides when they end. As in the parent, the second
    SIGTERM ends the process: torch and Python send two to one that hangs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _once)


def _once(number: int, frame: FrameType | None) -> None:
    signal.signal(number, signal.SIG_DFL)


def workers_for(data: config.Data) -> int:
    """Processes that decode, for each domain."""
    return default_workers() if data.workers is None else data.workers


def default_workers() -> int:
    """One core trains, the others decode: up to four processes for each domain."""
    return min(4, max(((os.cpu_count() or 1) - 2) // 2, 0))
