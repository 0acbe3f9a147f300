"""Recent target features, so that small batches still fill M clusters."""

from __future__ import annotations

import torch
from torch import nn

from uda.clustering.processes import of_all_processes
from uda.methods.parts.counter import Counter


class FeatureMemory(nn.Module):
    """A ring of the last ``size`` clips: the features (size, 2, D) of student and teacher.

    A batch of B target clips holds 2B features, too few for 16 clusters to mean anything when B
    is small. Clustering batch and memory together costs nothing but staleness of a few steps.
    The buffers are part of the method's state, so a resumed run clusters the same features.
    """

    ring: torch.Tensor

    def __init__(self, size: int, dimensions: int) -> None:
        super().__init__()
        self.register_buffer("ring", torch.zeros(size, 2, dimensions))
        self.written = Counter()

    def features(self) -> torch.Tensor:
        """What is held, (N, D): student and teacher features alike."""
        filled = min(int(self.written), len(self.ring))
        return self.ring[:filled].flatten(0, 1)

    @torch.no_grad()
    def push(self, student: torch.Tensor, teacher: torch.Tensor) -> None:
        """Remember a batch, (B, D) each, in place of the oldest: the batches of all processes, so
        that each of them remembers the same."""
        if not len(self.ring):
            return
        pairs = of_all_processes(torch.stack([student, teacher], dim=1).to(self.ring))
        pairs = pairs[-len(self.ring) :]
        places = int(self.written) + torch.arange(len(pairs), device=pairs.device)
        self.ring[places % len(self.ring)] = pairs
        self.written.add(len(pairs))
