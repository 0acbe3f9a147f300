"""Distances of published networks, whose weights nobody may ship: FID's Inception, Gatys' VGG-19.

Both take a file of weights that somebody downloaded; without it there is no such distance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.comparing import Distance
from vidsynth.target.distances import frechet_distance, moments
from vidsynth.target.layouts import Part, read_target
from vidsynth.target.looking import layout_of

if TYPE_CHECKING:
    from torch import nn

    from vidsynth.target.aost.networks import Gatys

_BATCH = 16

Real = tuple[Path, str, Part]


def published_distances(
    real: Real, sets: Mapping[str, Path], inception: Path | None, vgg: Path | None
) -> tuple[Distance, ...]:
    """FID by a file of Inception's weights, style and content by one of VGG-19's, of each set to
    the ``real`` crops (folder, layout, part). Raises TargetError for other files."""
    found: list[Distance] = []
    if inception is not None:
        from reid_models.inception import fid_name, inception_features

        network = _inception(inception)
        wanted = moments(inception_features(network, _crops(*real)), enough=2)
        distances = {
            called: frechet_distance(
                moments(
                    inception_features(network, _crops(root, layout_of(root), "all")), enough=2
                ),
                wanted,
            )
            for called, root in sets.items()
        }
        found.append(Distance(fid_name(inception), "", distances))
    if vgg is not None:
        found += _gatys(vgg, real, sets)
    return tuple(found)


def _inception(file: Path) -> nn.Module:
    from reid_models.errors import ModelError
    from reid_models.inception import inception_network

    try:
        return inception_network(file)
    except ModelError as error:
        raise TargetError(str(error)) from None


def _gatys(vgg: Path, real: Real, sets: Mapping[str, Path]) -> list[Distance]:
    from vidsynth.target.aost.means import Means, RunningMeans, mean_distances
    from vidsynth.target.aost.networks import load_network

    network = load_network(vgg)

    def mean_of(crops: Iterable[np.ndarray]) -> Means:
        running = RunningMeans()
        for batch in _batches(crops):
            running.add(network(batch), np.ones(len(batch)))
        return running.means()

    def to(means: Means, network: Gatys, crops: Iterable[np.ndarray]) -> tuple[float, float]:
        found = [mean_distances(network(batch), means) for batch in _batches(crops)]
        style, content = (np.concatenate([getattr(f, k) for f in found]) for k in _TERMS)
        return float(style.mean()), float(content.mean())

    wanted = mean_of(_crops(*real))
    distances = {
        called: to(wanted, network, _crops(root, layout_of(root), "all"))
        for called, root in sets.items()
    }
    return [
        Distance(f"gatys_{term}", "", {called: value[k] for called, value in distances.items()})
        for k, term in enumerate(_TERMS)
    ]


_TERMS = ("style", "content")


def _crops(root: Path, layout: str, part: Part) -> Iterator[np.ndarray]:
    """A crop of every tracklet."""
    for tracklet in read_target(root, layout, 1, part):
        yield tracklet.crops[0].pixels


def _batches(crops: Iterable[np.ndarray]) -> Iterator[Sequence[np.ndarray]]:
    remaining = iter(crops)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
