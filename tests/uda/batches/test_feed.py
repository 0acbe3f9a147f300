"""Processes that decode outlive signals that are meant for the one that trains."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import torch
from torch.utils.data import Dataset

from uda.batches.feed import Feed


class Numbers(Dataset):
    """Item n is a clip of the number n."""

    def set_epoch(self, epoch: int) -> None: ...

    def __getitem__(self, number: int) -> tuple[torch.Tensor, int]:
        return torch.tensor([number]), number


class InTurn:
    """Batches of two numbers up to 40."""

    def set_epoch(self, epoch: int) -> None: ...

    def __iter__(self) -> Iterator[list[int]]:
        return iter([[number, number + 1] for number in range(0, len(self) * 2, 2)])

    def __len__(self) -> int:
        return 20


def test_a_signal_to_all_processes_of_a_job_leaves_decoders_at_work() -> None:
    """As a scheduler sends it; the second one ends them, as it ends the training."""
    feed = Feed(Numbers(), InTurn(), {}, str, workers=1)
    batches = feed.batches(0)
    seen = [next(batches)[1].tolist()]
    (worker,) = feed._loader._iterator._workers  # type: ignore[union-attr]
    os.kill(worker.pid, signal.SIGTERM)
    seen += [numbers.tolist() for _, numbers in batches]
    assert seen == list(InTurn())
    os.kill(worker.pid, signal.SIGTERM)
    worker.join(timeout=30)
    assert worker.exitcode == -signal.SIGTERM
