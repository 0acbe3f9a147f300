"""Counters that are part of a method's state."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


class Counter(nn.Module):
    """A whole number in the state that the host knows, too: to read it waits for no device."""

    value: torch.Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("value", torch.zeros((), dtype=torch.long))
        self._known = 0

    def __int__(self) -> int:
        return self._known

    @torch.no_grad()
    def set(self, number: int) -> None:
        self._known = number
        self.value.fill_(number)

    def add(self, number: int) -> None:
        self.set(self._known + number)

    def _load_from_state_dict(self, *given: Any) -> None:
        super()._load_from_state_dict(*given)
        self._known = int(self.value)
