"""What several processes found, in each of them."""

from __future__ import annotations

import torch


def of_all_processes(rows: torch.Tensor) -> torch.Tensor:
    """The rows ``(N, ...)`` of every process, in the order of their ranks; all have equally many.

    The rows themselves where there is one process only.
    """
    if not _several():
        return rows
    found = [torch.empty_like(rows) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(found, rows.contiguous())
    return torch.cat(found)


def as_first_process(values: torch.Tensor) -> None:
    """Overwrites values with those of the first process: running statistics differ, and what was
    found by them may."""
    if _several():
        torch.distributed.broadcast(values, src=0)


def _several() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()
