"""Instance normalisation whose statistics may be shared by the frames of a tracklet.

Normalised frame by frame, a person's colours change with what else is in each frame: video
flickers. Within `one_style` the frames of a group have one mean and variance per channel, and
within `with_style` those that were measured before.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn
from torch.nn import functional as F

Moments = tuple[torch.Tensor, torch.Tensor]
"""Mean and variance of each channel for each group, (G, C, 1, 1) each."""

Style = list[Moments]
"""Those of every norm of a network, in the order of its modules."""


class InstanceNorm(nn.Module):
    """Ulyanov et al., Instance Normalization, 2016; without weights, as CycleGAN has it.

    Maps (N, C, H, W) to the same shape. By default every picture is normalised by itself.
    """

    def __init__(self, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.groups: torch.Tensor | None = None
        self.given: Moments | None = None
        self.measured: Moments | None = None

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        if self.groups is None:
            return F.instance_norm(maps, eps=self.eps)
        if self.given is None:
            self.measured = by_group(maps, self.groups)
        mean, variance = (part[self.groups] for part in self.given or self.measured or ())
        return (maps - mean) * torch.rsqrt(variance + self.eps)


def by_group(maps: torch.Tensor, groups: torch.Tensor) -> Moments:
    """Mean and (biased) variance of maps (N, C, H, W) over the positions of each group's pictures.

    ``groups`` (N,) are numbers from 0 on, each of which occurs.
    """
    count = int(groups.max()) + 1
    size = torch.bincount(groups, minlength=count).to(maps.dtype)[:, None]

    def mean_of(values: torch.Tensor) -> torch.Tensor:
        total = values.new_zeros(count, values.shape[1]).index_add_(0, groups, values)
        return (total / size)[:, :, None, None]

    mean = mean_of(maps.mean((2, 3)))
    return mean, mean_of((maps - mean[groups]).square().mean((2, 3)))


@contextmanager
def one_style(network: nn.Module, groups: torch.Tensor) -> Iterator[None]:
    """Within, pictures of one group, of ``groups`` (N,), are normalised together."""
    norms = _norms(network)
    for norm in norms:
        norm.groups = groups
    try:
        yield
    finally:
        for norm in norms:
            norm.groups = norm.measured = None


def style_of(network: nn.Module, pictures: torch.Tensor) -> Style:
    """The statistics that ``network`` normalises some frames (N, 3, H, W) of one tracklet by."""
    found: Style = []
    with one_style(network, torch.zeros(len(pictures), dtype=torch.int64, device=pictures.device)):
        network(pictures)
        for norm in _norms(network):
            assert norm.measured is not None
            found.append(norm.measured)
    return found


@contextmanager
def with_style(network: nn.Module, style: Style, pictures: int) -> Iterator[None]:
    """Within, batches of so many ``pictures`` are normalised by a style of one tracklet."""
    norms = _norms(network)
    for norm, moments in zip(norms, style, strict=True):
        norm.given = moments
        norm.groups = torch.zeros(pictures, dtype=torch.int64, device=moments[0].device)
    try:
        yield
    finally:
        for norm in norms:
            norm.groups = norm.given = None


def _norms(network: nn.Module) -> list[InstanceNorm]:
    return [part for part in network.modules() if isinstance(part, InstanceNorm)]
