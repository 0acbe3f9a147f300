"""From a target's tracklets to the means that AOST needs of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.aost.companion import LEAST_IN_CLUSTER, Cluster, Companion
from vidsynth.target.aost.means import Activations, RunningMeans
from vidsynth.target.aost.networks import Gatys
from vidsynth.target.crops import Crop
from vidsynth.target.pipe import Pipe

CLUSTERS = 32
_FILES = 2_000
"""Files that say what all went through."""
_NONE = np.zeros((0, 0, 3), np.uint8)

Reading = Callable[[], Iterable[Sequence[Crop]]]
"""The crops of the target's tracklets, from the first tracklet on."""


class Watch(Protocol):
    """Is told how many tracklets have been looked at, of all passes."""

    def __call__(self, done: int) -> None: ...


def measure_target(
    tracklets: Reading,
    network: Gatys,
    clusters: int = CLUSTERS,
    least: int = LEAST_IN_CLUSTER,
    seed: int = 0,
    watch: Watch | None = None,
) -> Companion:
    """A target's means, each tracklet weighing the same, and those of its clusters.

    Args:
        tracklets: called once for each of two passes, or once where there are no clusters.
        network: whose activations.
        clusters: of k-means over the tracklets' colours and textures (the diagonals of their mean
            Gram matrices), at most.
        least: tracklets of a cluster; of smaller targets there are fewer clusters, and what is
            left over joins the nearest.
        seed: of k-means.
        watch: is told of every tracklet.

    Raises TargetError where there is none.
    """
    done = 0

    files: list[Crop] = []

    def seen() -> Iterator[Activations]:
        nonlocal done
        for crops in map(list, tracklets()):
            if crops:
                yield network([crop.pixels for crop in crops])
            if len(files) < _FILES:
                files.extend(Crop(_NONE, crop.size, crop.tables) for crop in crops)
            done += 1
            if watch is not None:
                watch(done)

    whole, textures = RunningMeans(), []
    for activations in seen():
        whole.add(activations, np.full(len(activations), 1 / len(activations)))
        textures.append(texture(activations))
    if not textures:
        raise TargetError("Expected tracklets of a target, found none: there is nothing to see.")
    number = min(clusters, len(textures) // least)
    if number < 2:
        return Companion(network.mark, len(textures), whole.means(), pipe=Pipe.of(files))
    labels = cluster(np.array(textures), number, least, seed)
    parts = [RunningMeans() for _ in range(labels.max() + 1)]
    for label, activations in zip(labels, seen(), strict=True):
        parts[label].add(activations, np.full(len(activations), 1 / len(activations)))
    return Companion(
        network.mark,
        len(textures),
        whole.means(),
        tuple(Cluster(part.weight / len(textures), part.means()) for part in parts),
        Pipe.of(files),
    )


def texture(activations: Activations) -> np.ndarray:
    """One vector of some crops: the square root of each channel's mean power, all layers."""
    return np.concatenate(
        [np.sqrt(np.diagonal(gram, axis1=1, axis2=2).mean(0)) for gram in activations.grams]
    )


def cluster(vectors: np.ndarray, number: int, least: int, seed: int) -> np.ndarray:
    """Labels (N,) from 0 of N vectors (N, D) in at most ``number`` groups of ``least`` or more."""
    from sklearn.cluster import KMeans

    spread = vectors.std(0)
    scaled = (vectors - vectors.mean(0)) / np.where(spread > 0, spread, 1)
    labels = KMeans(number, n_init=4, random_state=seed).fit_predict(scaled)
    while True:
        kept, counts = np.unique(labels, return_counts=True)
        if counts.min() >= least or len(kept) == 1:
            return np.searchsorted(kept, labels)
        smallest = kept[counts.argmin()]
        centres = np.array([scaled[labels == k].mean(0) for k in kept])
        own = centres[counts.argmin()]
        away = np.where(kept == smallest, np.inf, np.square(centres - own).sum(1))
        labels = np.where(labels == smallest, kept[away.argmin()], labels)
