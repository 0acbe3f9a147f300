"""A crop as numbers: an ImageNet network's activations, and statistics of pixels that it loses.

The network and what is taken of it are `reid_models.crop_activations`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.crop_statistics import describe_pixels
from vidsynth.target.net_b import SMALL

if TYPE_CHECKING:
    from torch import nn

NAME = "mobilenet_v2-bottleneck/blocks-1-3-6-10-13"
"""Of the network and its blocks, as files of estimators say it."""
_BATCH = 16
Found = TypeVar("Found")


@dataclass(frozen=True, eq=False)
class Described:
    """N crops: ``network`` float32 (N, D), activations; ``pixels`` float32 (N, E), statistics;
    ``small`` uint8 (N, 128, 64, 3), the crops for net B, None where they are not wanted."""

    network: np.ndarray
    pixels: np.ndarray
    small: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.network)

    def part(self, rows: np.ndarray) -> Described:
        """Those rows alone."""
        small = None if self.small is None else self.small[rows]
        return Described(self.network[rows], self.pixels[rows], small)

    @classmethod
    def joined(cls, parts: Sequence[Described]) -> Described:
        """All of these, one after another."""
        small = [part.small for part in parts if part.small is not None]
        return cls(
            np.concatenate([part.network for part in parts]),
            np.concatenate([part.pixels for part in parts]),
            np.concatenate(small) if len(small) == len(parts) else None,
        )


def describe(crops: Iterable[np.ndarray], small: bool = False) -> Described:
    """What networks and pixels say of crops uint8 (H, W, 3), of any sizes; ``small`` keeps them for
    net B.

    Raises TargetError where the network's weights cannot be had.
    """
    from reid_models.crop_activations import activations, resized

    network = fused_network()
    found, statistics, kept = [], [], []
    for batch in _batches(map(resized, crops)):
        statistics += [describe_pixels(crop) for crop in batch]
        kept += [resized(crop, SMALL) for crop in batch if small]
        found.append(activations(network, batch))
    if not found:
        return Described(np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32))
    return Described(np.concatenate(found), np.stack(statistics), np.stack(kept) if small else None)


def weights_mark() -> str:
    """SHA-256 of the network's weights, 16 digits. Raises TargetError where there are none."""
    from reid_models import crop_activations

    return _available(crop_activations.weights_mark)


def fused_network() -> nn.Module:
    """The network, frozen. Raises TargetError where its weights cannot be had."""
    from reid_models import crop_activations

    return _available(crop_activations.fused_network)


def _available(make: Callable[[], Found]) -> Found:
    from reid_models.errors import ModelError

    try:
        return make()
    except ModelError as error:
        raise TargetError(str(error)) from error


def _batches(crops: Iterable[np.ndarray]) -> Iterator[Sequence[np.ndarray]]:
    remaining = iter(crops)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch
