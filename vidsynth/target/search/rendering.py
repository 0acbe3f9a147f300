"""The objective that searches pay for: render images with some settings, and compare features.

All candidates have the same seed, and every setting has random numbers of its own: two candidates
differ in what they were told and in nothing else, which takes most noise out of their comparison.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.errors import TargetError
from vidsynth.run.executors.executor import MakeExecutor
from vidsynth.run.executors.local import LocalExecutor
from vidsynth.settings import load_image_config
from vidsynth.target.distances import Moments, frechet_distance, moments
from vidsynth.target.search.coordinates import Coordinates, settings
from vidsynth.target.search.evaluations import Point

Features = Callable[[Iterator[np.ndarray]], np.ndarray]
"""Crops, uint8 (H, W, 3), to features (N, D)."""


@dataclass(frozen=True)
class RenderedDistance:
    """Frechet distance between a ``target`` and images rendered at a point.

    ``base`` is a file of settings for render-images or None, ``words`` are settings over it, whose
    seed all candidates have. ``folder`` is where sets are rendered, one at a time; they are
    deleted. ``renderer`` and ``executor`` are those of `vidsynth.run.job.render`.
    """

    base: Path | None
    words: Sequence[str]
    coordinates: Coordinates
    target: Moments
    features: Features
    folder: Path
    workers: int | None = None
    renderer: str | None = None
    executor: MakeExecutor = LocalExecutor

    def __call__(self, point: Point) -> float:
        """Raises RenderError, and TargetError where nobody can be seen at a point."""
        return frechet_distance(moments(self.rendered(point)), self.target)

    def config(self, point: Point) -> ImageConfig:
        """What is rendered at a point. Raises ConfigError."""
        return configured(self.base, self.words, self.coordinates, point)

    def rendered(self, point: Point) -> np.ndarray:
        """Features (N, D) of images rendered at a point; nothing of them stays on disk."""
        from vidsynth.run import job

        config = self.config(point)
        shutil.rmtree(self.folder, ignore_errors=True)
        try:
            job.render(
                config, self.folder, self.workers, False, self.renderer, executor=self.executor
            )
            found = self.features(crops(self.folder))
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)
        if len(found) < 2:
            raise TargetError(
                f"Expected images of people with the settings {dict(point)}, found {len(found)}: "
                "narrow the coordinates, or render more people."
            )
        return found


def configured(
    base: Path | None, words: Sequence[str], coordinates: Coordinates, point: Point
) -> ImageConfig:
    """A config with the settings of a point over ``words``, over a file. Raises ConfigError."""
    found = settings(coordinates, point)
    told = [f"{key}={json.dumps(value)}" for key, value in found.items()]
    return load_image_config(base, [*words, *told])


def planned_images(config: ImageConfig) -> int:
    """How many images an evaluation renders."""
    from vidsynth.planning.images import ImagePlan

    return ImagePlan(config).dealing.crops


def crops(root: Path) -> Iterator[np.ndarray]:
    """All images of a set of still images, uint8 (H, W, 3)."""
    from PIL import Image

    from vidsynth.formats.market1501 import FOLDERS

    for path in (path for name in FOLDERS for path in sorted((root / name).glob("*.jpg"))):
        with Image.open(path) as picture:
            yield np.asarray(picture.convert("RGB"))
