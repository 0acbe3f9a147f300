"""What several processes found, in each of them."""

from __future__ import annotations

import numpy as np
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
    """Overwrites values with those of the first process. What each finds by itself may differ:
    running statistics do, and a GPU's sums by their order, which groups can hang on."""
    if _several():
        torch.distributed.broadcast(values, src=0)


def of_first_process(numbers: np.ndarray, device: torch.device) -> np.ndarray:
    """What the first process has; ``device`` is where processes exchange tensors."""
    if not _several():
        return numbers
    values = torch.from_numpy(numbers).to(device)
    as_first_process(values)
    return values.cpu().numpy()


def _several() -> bool:
    return torch.distributed.is_available() and torch.distributed.is_initialized()
