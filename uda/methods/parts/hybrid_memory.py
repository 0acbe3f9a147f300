"""Source classes, target clusters and single target tracklets, told apart by one loss.

Ge et al., Self-paced Contrastive Learning with Hybrid Memory, NeurIPS 2020, Eq. 1 to 4.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional as F

from uda.clustering.processes import of_all_processes
from uda.exact import exact_products
from uda.methods.parts.counter import Counter


class HybridMemory(nn.Module):
    """Features of length 1 of K source identities (K, D) and of N target tracklets (N, D).

    ``groups`` (N,) are numbers 0..C-1 of the target's groups, a tracklet by itself included; the
    prototype of a group is the mean of its tracklets' features.
    """

    identities: torch.Tensor
    met: torch.Tensor
    tracklets: torch.Tensor
    groups: torch.Tensor

    def __init__(self, identities: int, tracklets: int, dimensions: int) -> None:
        super().__init__()
        self.register_buffer("identities", torch.zeros(identities, dimensions))
        self.register_buffer("met", torch.zeros(identities, dtype=torch.bool))
        self.register_buffer("tracklets", torch.zeros(tracklets, dimensions))
        self.register_buffer("groups", torch.arange(tracklets))
        self.count = Counter()

    @torch.no_grad()
    def regroup(self, groups: torch.Tensor) -> None:
        """Takes new groups (N,), numbered 0..C-1."""
        self.groups.copy_(groups)
        self.count.set(int(groups.max()) + 1 if len(groups) else 0)

    def prototypes(self) -> torch.Tensor:
        """Of K source identities and C target groups, (K + C, D)."""
        count = int(self.count)
        sums = self.tracklets.new_zeros(count, self.tracklets.shape[1])
        sums.index_add_(0, self.groups, self.tracklets)
        sizes = torch.zeros_like(sums[:, 0]).index_add_(
            0, self.groups, torch.ones_like(self.tracklets[:, 0])
        )
        return torch.cat([self.identities, sums / sizes.clamp(min=1)[:, None]])

    def scores(self, features: torch.Tensor, temperature: float) -> torch.Tensor:
        """Inner products of features (B, D), made of length 1, with all prototypes, over the
        temperature: (B, K + C). Source identities that no batch has shown yet take no part."""
        with exact_products(features.device):
            found = F.normalize(features.float(), dim=1) @ self.prototypes().T / temperature
        known = F.pad(self.met, (0, int(self.count)), value=True)
        return found.masked_fill(~known, -torch.inf)

    @torch.no_grad()
    def meet(self, features: torch.Tensor, identities: torch.Tensor) -> None:
        """Source identities of a batch that are new begin with the mean of their clips."""
        features, identities = of_all_processes(features), of_all_processes(identities)
        fresh = ~self.met[identities][:, None]
        means = means_of_equal(features, identities)
        self.identities[identities] = torch.where(fresh, means, self.identities[identities])
        self.met[identities] = True

    @torch.no_grad()
    def remember(
        self,
        source: torch.Tensor,
        identities: torch.Tensor,
        target: torch.Tensor,
        tracklets: torch.Tensor,
        momentum: float,
    ) -> None:
        """Moves what is held of a batch's identities and tracklets towards their clips."""
        for held, features, rows in (
            (self.identities, source, identities),
            (self.tracklets, target, tracklets),
        ):
            features, rows = of_all_processes(features), of_all_processes(rows)
            moved = torch.lerp(means_of_equal(features, rows).to(held), held[rows], momentum)
            held[rows] = F.normalize(moved, dim=1)


def means_of_equal(features: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """For each of B clips the mean, of length 1, of the features of all of its row, (B, D)."""
    together = (rows == rows[:, None]).float()
    with exact_products(features.device):
        return F.normalize(together @ F.normalize(features.float(), dim=1), dim=1)
