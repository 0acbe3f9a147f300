"""Products of features in full precision, whatever the network computes with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def exact_products(device: torch.device) -> Iterator[None]:
    """float32 stays float32 on a device: neither TF32 nor autocast's half precision.

    A squared distance is a difference of products: with the 10 bits of TF32, that of two close
    features of length 1 is wrong by more than itself.
    """
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        with torch.autocast(device.type, enabled=False):
            yield
    finally:
        torch.set_float32_matmul_precision(before)
