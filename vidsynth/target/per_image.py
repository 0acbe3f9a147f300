"""A list of per-image estimates, as TAGPerson hands its target's statistics over.

For the reproduction alone: it has a row about every single image, where `statistics` has
distributions of many tracklets, and its values are raw, shrunk towards what the estimators were
trained on. No file names are written, and rows are shuffled.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.files import write_whole
from vidsynth.target.crops import Crop, TargetTracklet

FIELDS = {
    "camera_elev": "depression",
    "gamma_value": "gamma",
    "light_elev": "light_elevation",
    "light_azim": "light_azimuth",
}
"""TAGPerson's names of what is estimated. It published lists of the first two."""
MARK = '[\n{"'
"""How every such list begins."""
PUBLISHED = ("camera_elev", "gamma_value")

_RANGES = {"camera_elev": (-10.0, 85.0), "gamma_value": (0.1, 10.0), "light_elev": (2.0, 90.0)}
"""What can be rendered; a regression may say more."""


class Estimating(Protocol):
    def estimate(self, crops: Sequence[Crop]) -> dict[str, np.ndarray]: ...


def per_image(
    tracklets: Iterable[TargetTracklet],
    estimators: Estimating,
    fields: Sequence[str] = PUBLISHED,
    *,
    means: bool = False,
    seed: int = 0,
) -> list[dict[str, float]]:
    """An entry for each crop, or with ``means`` each tracklet's mean as often as it has crops.

    Raises TargetError: a field is not known, or the estimators do not estimate it.
    """
    unknown = [field for field in fields if field not in FIELDS]
    if unknown or not fields:
        raise TargetError(
            f"Expected fields among {', '.join(FIELDS)}, found {', '.join(unknown) or 'none'}."
        )
    entries: list[dict[str, float]] = []
    for tracklet in tracklets:
        crops = list(tracklet.crops)
        found = estimators.estimate(crops)
        columns = []
        for field in fields:
            if FIELDS[field] not in found:
                raise TargetError(
                    f"Expected estimators of {FIELDS[field]} for {field}, found those of "
                    f"{', '.join(found)}."
                )
            values = np.asarray(found[FIELDS[field]], float)
            if means:
                values = np.full(len(values), _mean(field, values))
            if field in _RANGES:
                values = values.clip(*_RANGES[field])
            columns.append(values.round(3).tolist())
        entries += [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]
    if not entries:
        raise TargetError("Expected crops to estimate, found none.")
    order = np.random.default_rng(seed).permutation(len(entries))
    return [entries[place] for place in order]


def _mean(field: str, values: np.ndarray) -> float:
    if field != "light_azim":
        return float(values.mean())
    return float(np.degrees(np.angle(np.exp(1j * np.radians(values)).mean())))


def write(path: Path, entries: Sequence[dict[str, float]]) -> None:
    """The list as JSON, an entry a line."""
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    write_whole(path, f"[\n{lines}\n]\n".encode())
