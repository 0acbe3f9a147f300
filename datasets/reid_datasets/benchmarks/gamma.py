"""A benchmark in another gamma: ``market1501+gamma0.5-2.0``.

TAGPerson (Chen et al., ACM MM 2022, 4.4.3) tests on variants of Market-1501 and MSMT17 in which
every image has a gamma of its own, from U(0.5, 1.5) (G1) or U(0.5, 2.0) (G2). Here it is drawn from
a seed and the image's place in the benchmark, and laid on while decoding: nothing is copied.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from reid_datasets.benchmarks.layout import within_archive
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet

if TYPE_CHECKING:
    import torch

SMALLEST, LARGEST = 0.1, 10.0

_WRITTEN = re.compile(r"gamma(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)(?:\+seed(\d{1,9}))?\Z")

Kind = TypeVar("Kind", Tracklet, UnlabelledTracklet)


@dataclass(frozen=True, slots=True)
class Gamma:
    """Each image's exponent is uniform from ``low`` to ``high``: v becomes 255 (v / 255)^gamma of
    each sRGB value, so that above 1 darkens."""

    low: float
    high: float
    seed: int = 0

    def __str__(self) -> str:
        seed = f", seed {self.seed}" if self.seed else ""
        return f"gamma {self.low:g} to {self.high:g}{seed}"

    def of(self, name: str) -> float:
        """The exponent of an image, by its name within the benchmark."""
        digest = hashlib.blake2b(f"{self.seed} {name}".encode("utf-8", "surrogateescape"))
        chance = int.from_bytes(digest.digest()[:7], "little") / 2**56
        return self.low + (self.high - self.low) * chance


def parse(text: str) -> Gamma:
    """What stands behind the plus: ``gamma0.5-2.0``, ``gamma0.5-2.0+seed3``. DatasetError."""
    found = _WRITTEN.match(text)
    if found:
        gamma = Gamma(float(found[1]), float(found[2]), int(found[3] or 0))
        if SMALLEST <= gamma.low <= gamma.high <= LARGEST:
            return gamma
    raise DatasetError(
        f"Expected a range of gamma from {SMALLEST:g} to {LARGEST:g} behind the plus, such as "
        f"market1501+gamma0.5-2.0 or market1501+gamma0.5-2.0+seed3, found {text!r}."
    )


def changed(split: Split, root: Path, gamma: Gamma) -> Split:
    """The split with all of its images, training ones too, at gammas of their own."""

    def all_of(tracklets: Iterable[Kind]) -> tuple[Kind, ...]:
        return tuple(
            replace(tracklet, frames=AtGamma(tracklet.frames, str(root), gamma))
            for tracklet in tracklets
        )

    return replace(
        split,
        train=all_of(split.train),
        query=all_of(split.query),
        gallery=all_of(split.gallery),
        unlabelled=all_of(split.unlabelled),
    )


@dataclass(frozen=True, slots=True)
class AtGamma:
    """Other frames of the benchmark at ``root``, each at a gamma of its own. A `Frames`."""

    frames: Frames
    root: str
    gamma: Gamma

    def __len__(self) -> int:
        return len(self.frames)

    def exponent(self, index: int) -> float:
        """Of one frame: the same wherever the benchmark lies, and for either root of it."""
        name = self.frames.name(index).removeprefix(self.root).lstrip("/\\")
        return self.gamma.of(within_archive(name))

    def name(self, index: int) -> str:
        return f"{self.frames.name(index)} (gamma {self.exponent(index):.3f})"

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        """As of a changed file: decoded at full size, as a smaller one has other averages."""
        import torch

        found = []
        for index, frame in zip(indices, self.frames.read(indices), strict=True):
            levels = np.rint(255 * (np.arange(256) / 255) ** self.exponent(index)).astype(np.uint8)
            found.append(torch.from_numpy(levels[frame.numpy()]))
        return found
