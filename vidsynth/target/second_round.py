"""A second round: estimators that also learnt from renders of the first fit.

How a quantity is estimated depends on all others: of dark, small, flat crops the broad pool has
few, and its response of gamma is that of bright, large ones. Renders of the first fit are like the
target in everything at once. Estimators learn from them beside the pool, the target is measured
once more, and settings are fitted again; they are kept where renders of them are nearer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.settings import load_image_config
from vidsynth.target.comparing import Features, Place, compare_features
from vidsynth.target.estimators import LOOKS, Estimators
from vidsynth.target.looking import look
from vidsynth.target.measuring import Measured
from vidsynth.target.pool import Pool, read_pool

IMAGES = ("identities=30", "cameras=10", "cameras_per_identity=5", "images_per_camera=4")
"""Of each round: 600, of people and places of their own."""
_SEEDS = (7001, 7002)


@dataclass(frozen=True)
class Nearness:
    """How far renders of both rounds' settings are from the target, by the first estimators."""

    frechet: tuple[float, float]
    mmd2: tuple[float, float]

    @property
    def nearer(self) -> bool:
        """Whether the second round's are."""
        return self.frechet[1] < self.frechet[0]


def config_of(fitted: Path, place: int) -> ImageConfig:
    """The config of a round's renders, ``place`` 0 or 1."""
    words = (*IMAGES, "test_share=0", "quality=fast", f"seed={_SEEDS[place]}")
    return load_image_config(fitted, words)


def render_round(fitted: Path, output: Path, place: int, workers: int | None = None) -> Path:
    """600 still images of a fitted config in ``output``; what is there already stays."""
    from vidsynth.run import job

    output.parent.mkdir(parents=True, exist_ok=True)
    job.render(config_of(fitted, place), output, workers)
    return output


def learn_again(pool: Path, renders: Path, first: Estimators) -> Estimators:
    """Estimators for the same crops as the ``first`` ones, of the pool and the first fit's renders.

    Both weigh the same, however many there are of each. Raises TargetError.
    """
    pools = read_pool(pool, LOOKS), read_pool(renders)
    return Estimators.train(pools, first.pipe, counts=weights_of(pools))


def weights_of(pools: tuple[Pool, Pool]) -> np.ndarray:
    """How much each row of the pool and of the first fit's renders counts (N,): 1 on average."""
    many = [len(pool) for pool in pools]
    return np.concatenate([np.full(n, sum(many) / len(many) / n) for n in many])


def nearness(target: Measured, first: Path, second: Path, estimators: Estimators) -> Nearness:
    """Distances of two sets of still images from a target that ``estimators`` have looked at."""
    place = Place.of_crops(Features.of(target.features), estimators.sigma)
    seen = {
        name: Features.of(look(root, "synthetic-images", estimators, pipe=estimators.pipe).features)
        for name, root in (("first", first), ("second", second))
    }
    found = {distance.name: distance.of for distance in compare_features(place, seen, {})}

    def both(name: str) -> tuple[float, float]:
        return found[name]["first"], found[name]["second"]

    return Nearness(both("fd"), both("mmd2"))
