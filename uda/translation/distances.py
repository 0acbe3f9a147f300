"""How far source and translated pictures are from the target: Frechet distances of features.

The features need no download: activations of MobileNetV2 (`reid_models.crop_activations`), each in
units of its deviation over source and target, projected on fixed random directions. Principal
components would be chosen by some of the pictures and not by others, which makes the others look
far away: with some hundred pictures that is more than what there is to measure. With a file of
Inception's weights, FID too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from reid_models.crop_activations import activations_of_crops
from reid_models.frechet import ENOUGH, frechet_distance, moments
from reid_models.inception import fid_name, inception_features, inception_network

DIRECTIONS = 64
FEWEST = 4
"""Pictures of a set that a distance is still taken of."""


@dataclass(frozen=True)
class Distance:
    """From the target, ``before`` and ``after`` translation; ``floor`` is what two halves of the
    target are apart."""

    name: str
    before: float
    after: float
    floor: float


def distances(
    source: Sequence[np.ndarray],
    translated: Sequence[np.ndarray],
    target: Sequence[np.ndarray],
    inception: Path | None = None,
) -> list[Distance]:
    """Distances between sets of pictures, uint8 (H, W, 3) each, of any sizes.

    ``inception`` is a file of the weights that FID is defined by. No distance for fewer than
    `FEWEST` pictures.

    Raises ModelError: weights cannot be had, or are others.
    """
    if min(map(len, (source, translated, target))) < FEWEST:
        return []
    sets = [activations_of_crops(pictures) for pictures in (source, translated, target)]
    found = [_distance("fd", _projected(*sets))]
    if inception is not None:
        network = inception_network(inception)
        features = [inception_features(network, each) for each in (source, translated, target)]
        found.append(_distance(fid_name(inception), features, enough=2))
    return found


def _projected(*sets: np.ndarray) -> list[np.ndarray]:
    """Activations (N, D) of source, translated and target on `DIRECTIONS` directions."""
    source, _, target = sets
    deviation = np.concatenate([source, target]).std(0)
    deviation = np.maximum(deviation, 0.1 * np.median(deviation))  # some never fire
    directions = np.random.default_rng(0).normal(size=(source.shape[1], DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    return [(each / deviation) @ directions for each in sets]


def _distance(name: str, features: Sequence[np.ndarray], enough: int = ENOUGH) -> Distance:
    def between(one: np.ndarray, other: np.ndarray) -> float:
        a, b = (moments(each, enough=enough) for each in (one, other))
        return round(frechet_distance(a, b), 3)

    source, translated, target = features
    return Distance(
        name,
        before=between(source, target),
        after=between(translated, target),
        floor=between(target[::2], target[1::2]),
    )
