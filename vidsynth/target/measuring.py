"""What is measured of a target's tracklets, one of which at a time is in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vidsynth.target.crops import Crop, TargetTracklet, evenly
from vidsynth.target.pixels import clothes_colours, grey_powers, is_grey, measure_pixels
from vidsynth.target.video.tracklet import Estimated, measure_tracklet

if TYPE_CHECKING:
    from vidsynth.target.estimators import Estimators
    from vidsynth.target.known import Half

FRAMES = 8
"""Most crops of a tracklet that are measured one by one."""
_VIDEO = 5
"""Frames from which on a tracklet is more than pictures."""


@dataclass
class Measured:
    """Numbers of every crop and tracklet: what the statistics are made of, and what never leaves.

    ``values`` has for each tracklet an array a quantity, one number a crop, or one alone.
    ``powers`` (3,) are a tracklet's mean `grey_powers`, ``clothes`` (N, 2, 3) its crops'
    `clothes_colours`, ``features`` (N, D) those of estimators, and ``halves`` crops' estimates by
    nets that saw one kind of places alone. ``attributes`` are probabilities (T, V) by attribute,
    as a model told them (`attributes.predicted`).
    """

    cameras: list[str] = field(default_factory=list)
    lengths: list[int] = field(default_factory=list)
    values: list[dict[str, np.ndarray]] = field(default_factory=list)
    powers: list[np.ndarray] = field(default_factory=list)
    clothes: list[np.ndarray] = field(default_factory=list)
    features: list[np.ndarray] = field(default_factory=list)
    halves: dict[Half, list[dict[str, np.ndarray]]] = field(default_factory=dict)
    grey: list[bool] = field(default_factory=list)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    tables: Counter[tuple[int, ...] | None] = field(default_factory=Counter)
    rates: Counter[float] = field(default_factory=Counter)
    attributes: Mapping[str, np.ndarray] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.cameras)


def measure(
    tracklets: Iterable[TargetTracklet],
    estimators: Estimators | None = None,
    *,
    frames: int = FRAMES,
    fps: float | None = None,
    done: Callable[[int], None] = lambda count: None,
) -> Measured:
    """Measures every tracklet.

    Args:
        tracklets: with all of their crops, which are read when they are needed.
        estimators: none for what needs no net.
        frames: most crops of a tracklet, evenly spread, whose pixels are measured.
        fps: frames per second where tracklets do not say.
        done: told how many tracklets are measured.

    Raises TargetError for crops that cannot be read.
    """
    found = Measured()
    for tracklet, crops in _ahead(tracklets, frames):
        _add(found, tracklet, crops, estimators, fps)
        done(len(found))
    return found


def _ahead(
    tracklets: Iterable[TargetTracklet], frames: int
) -> Iterator[tuple[TargetTracklet, list[Crop]]]:
    """Tracklets with some of their crops; the next one's are read meanwhile."""

    def read(tracklet: TargetTracklet) -> list[Crop]:
        return [tracklet.crops[place] for place in evenly(len(tracklet.crops), frames)]

    with ThreadPoolExecutor(1) as reader:
        waiting = None
        for tracklet in tracklets:
            following = tracklet, reader.submit(read, tracklet)
            if waiting is not None:
                yield waiting[0], waiting[1].result()
            waiting = following
        if waiting is not None:
            yield waiting[0], waiting[1].result()


def _add(
    found: Measured,
    tracklet: TargetTracklet,
    crops: list[Crop],
    estimators: Estimators | None,
    fps: float | None,
) -> None:
    rows = [measure_pixels(crop) for crop in crops]
    values = {name: np.array([row[name] for row in rows], np.float32) for name in rows[0]}
    if estimators is not None:
        reading = estimators.read(crops)
        values |= {name: np.asarray(of, np.float32) for name, of in reading.estimates.items()}
        found.features.append(np.asarray(reading.features, np.float32))
        for half, estimates in reading.halves.items():
            found.halves.setdefault(half, []).append(estimates)
    if tracklet.length >= _VIDEO:
        seen = None
        if estimators is not None:
            places = np.array(evenly(len(tracklet.crops), len(crops)))
            seen = Estimated(places, {name: values[name] for name in estimators.names})
        numbers = measure_tracklet(tracklet, fps, seen)
        values |= {name: np.array([number], np.float32) for name, number in numbers.items()}
        if "fps" in numbers:
            found.rates[round(numbers["fps"], 2)] += 1
    found.cameras.append(tracklet.camera)
    found.lengths.append(tracklet.length)
    found.values.append(values)
    found.powers.append(np.mean([grey_powers(crop.pixels) for crop in crops], 0))
    found.clothes.append(np.array([clothes_colours(crop.pixels) for crop in crops], np.float32))
    found.grey.append(all(is_grey(crop.pixels) for crop in crops))
    for crop in crops:
        found.sizes[crop.size] += 1
        table = crop.tables
        found.tables[None if table is None else tuple(int(q) for q in table.ravel())] += 1
