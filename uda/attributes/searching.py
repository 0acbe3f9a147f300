"""Who in a gallery looks as described, or as described and like somebody in a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Tracklet, UnlabelledTracklet

from uda.attributes.predicting import Recogniser, predict
from uda.attributes.words import Wanted
from uda.errors import ConfigError
from uda.features.extraction import Progress
from uda.features.extractor import Choices

_LEAST = 1e-4
"""Probability below which nothing is believed: one sure mistake must not outvote all the rest."""


@dataclass(frozen=True, eq=False)
class Found:
    """A gallery of N tracklets in ``order`` (N,), best first, by ``score`` (N,), higher is better.

    ``probabilities`` (N, K) are those of the K things that were asked for, of a value that nobody
    should have that it is another one; ``similarity`` (N,) is the cosine with the picture, NaN
    without one.
    """

    wanted: tuple[Wanted, ...]
    order: np.ndarray
    score: np.ndarray
    probabilities: np.ndarray
    similarity: np.ndarray

    @cached_property
    def likelihood(self) -> np.ndarray:
        """Geometric mean of the probabilities (N,); 1 where no values were asked for."""
        return np.exp(_logs(self.probabilities))


def search(
    recogniser: Recogniser,
    gallery: Sequence[Tracklet | UnlabelledTracklet],
    wanted: Sequence[Wanted],
    picture: Path | None = None,
    *,
    weight: float = 1.0,
    choices: Choices | None = None,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = (),
    progress: Progress | None = None,
) -> Found:
    """Ranks a gallery by how likely each tracklet is to be as described.

    The score is the mean of the logarithms of the values' calibrated probabilities, as if
    attributes were independent. With a picture both this and the cosine of features are brought to
    mean 0 and standard deviation 1 over the gallery, and ``weight`` times the latter is added.

    Args:
        recogniser: out of a checkpoint.
        gallery: N tracklets, labelled or not; labels are not looked at.
        wanted: values of attributes that the model knows; none where only a picture is given.
        picture: a crop of a person.
        weight: how much the picture counts.
        choices: what is done otherwise than in the run's own tests.
        unlabelled: a training half to take batch-norm statistics from, where that is asked for.
        progress: called with the number of clips done and in all.

    Raises:
        ConfigError: nothing is asked for, or nobody is there to be searched.
        DatasetError: a frame or the picture cannot be read.
    """
    if not gallery:
        raise ConfigError("Expected a gallery of one tracklet or more to search, found none in it.")
    if not wanted and picture is None:
        raise ConfigError("Expected a description or a picture to search for, found neither.")
    # A picture has no camera: it is seen under statistics of all, as cameras of one clip are.
    asked = [] if picture is None else [_alone(picture)]
    for tracklet in asked:
        tracklet.frames.read([0])  # before the gallery, which may take hours
    predicted = predict(
        recogniser, [*gallery, *asked], choices, unlabelled=unlabelled, progress=progress
    )
    likely = np.ones((len(gallery), len(wanted)))
    for column, (attribute, value, absent) in enumerate(wanted):
        place = predicted.values[attribute].index(value)
        there = predicted.probabilities[attribute][: len(gallery), place]
        likely[:, column] = 1 - there if absent else there
    score, similar = _logs(likely), np.full(len(gallery), np.nan)
    if asked:
        similar = predicted.features[:-1].astype(np.float64) @ predicted.features[-1]
        score = _standard(score) + weight * _standard(similar)
    return Found(tuple(wanted), np.argsort(-score, kind="stable"), score, likely, similar)


def _alone(picture: Path) -> UnlabelledTracklet:
    return UnlabelledTracklet(ImageFiles(picture.parent, (picture.name,)), None)


def _logs(likely: np.ndarray) -> np.ndarray:
    """Means (N,) of logarithms of probabilities (N, K)."""
    return np.log(np.maximum(likely, _LEAST)).sum(1) / max(likely.shape[1], 1)


def _standard(values: np.ndarray) -> np.ndarray:
    spread = values.std()
    found: np.ndarray = (values - values.mean()) / (spread if spread > 0 else 1.0)
    return found
