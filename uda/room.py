"""Room for what may be too large."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from uda.errors import UdaError


def zeros(
    shape: Sequence[int], what: str, advice: str, device: torch.device | str = "cpu"
) -> torch.Tensor:
    """Zeros float32 of a shape. UdaError: there is no room; names ``what`` and its size."""
    try:
        return torch.zeros(tuple(shape), device=device)
    except RuntimeError as error:  # torch.OutOfMemoryError is one
        size = 4 * torch.Size(shape).numel() / 2**30
        raise UdaError(
            f"There is no room for {what}: {' x '.join(map(str, shape))} numbers, {size:,.1f} GiB. "
            f"{advice}"
        ) from error
