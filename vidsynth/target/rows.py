"""Rows of settings drawn together: what was measured of a target, and how it goes together.

For still images a row is an image's; for tracklets it is a camera's. A share of the rows is drawn
from the command's own defaults instead: estimates err, and sources want to be diverse.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.config.tracklets import TrackletConfig
from vidsynth.drawing.distributions import Distribution
from vidsynth.drawing.markers import Drawn, marked, value_of
from vidsynth.target.copula import disattenuated, synthesised
from vidsynth.target.quantities import QUANTITIES
from vidsynth.target.statistics import Camera, Pooled, TargetStatistics
from vidsynth.target.statistics import Distribution as Measured

ROWS, CAMERA_ROWS = 2000, 400
DEFENSIVE = 0.2
"""Share of rows that come from the command's defaults."""
RENDERED = {"depression": (-5.0, 65.0)}
"""What the pool has of quantities whose bins go further."""
_LEAST_RELIABLE = 0.2
_EYE, _NEAR, _FAR = 0.9, 3.5, (4.5, 7.0)
"""Metres: the height that cameras of tracklets look at, and how far away they stand at least and at
most: every site has room for so much around it."""

_HEIGHT = "camera.person_height"
_LARGEST = 0.45
"""Height of a person at the point looked at per frame's: those who are nearer are whole, too."""
_FRAME = {"width": 1920, "height": 1080}

Columns = dict[str, tuple[str, Callable[[np.ndarray], np.ndarray]]]


def _same(values: np.ndarray) -> np.ndarray:
    return values


IMAGE_COLUMNS: Columns = {
    "depression": ("view.depression", _same),
    "azimuth": ("view.azimuth", _same),
    "log_height": ("view.height", np.exp),
    "gamma": ("look.gamma", _same),
    "exposure": ("look.exposure_ev", _same),
    "contrast": ("look.contrast", _same),
    "saturation": ("look.saturation", _same),
    "red_gain": ("look.red_bias", _same),
    "blue_gain": ("look.blue_bias", _same),
    "blur": ("look.blur", _same),
    "noise": ("look.noise", _same),
    "jpeg_quality": ("look.jpeg_quality", _same),
    "light_azimuth": ("light.azimuth", _same),
    "light_elevation": ("light.elevation", _same),
    "light_intensity": ("light.intensity", _same),
}
"""Of a quantity: the setting of `render-images` that it is, and how it becomes that."""

CAMERA_COLUMNS: Columns = {
    "depression": ("camera.depression", _same),
    "log_height": ("camera.person_height", np.exp),
    **{
        name: (column.replace("look.", "camera."), become)
        for name, (column, become) in IMAGE_COLUMNS.items()
        if column.startswith("look.")
    },
}
"""The same for `render-tracklets`, where a camera draws once from each."""


@dataclass(frozen=True)
class Rows:
    """Values of ``columns``, settings, row by row: floats (R, K)."""

    columns: tuple[str, ...]
    values: np.ndarray


def identified(held: Pooled | Camera) -> tuple[str, ...]:
    """Quantities whose distribution is known well enough to render from it."""
    return tuple(name for name, found in held.quantities.items() if _is_known(found))


def image_rows(
    statistics: TargetStatistics, *, rows: int = ROWS, defensive: float = DEFENSIVE, seed: int = 0
) -> Rows | None:
    """A row for an image of the target, camera by camera; None where nothing is known."""
    return _rows(statistics, IMAGE_COLUMNS, ImageConfig(), rows, defensive, seed)


def camera_rows(
    statistics: TargetStatistics,
    *,
    rows: int = CAMERA_ROWS,
    defensive: float = DEFENSIVE,
    seed: int = 0,
) -> Rows | None:
    """A row for a camera of tracklets, each as a tracklet of the target was seen; None where
    nothing is known."""
    found = _rows(statistics, CAMERA_COLUMNS, TrackletConfig(), rows, defensive, seed)
    if found is None or "camera.depression" not in found.columns:
        return found
    return _with_distance(found, np.random.default_rng(seed + 1))


def in_frame(rows: Rows) -> tuple[Rows, dict[str, int] | None]:
    """Rows of cameras whose people are small enough for the frame to hold them as they walk, and
    the frame's size where it has to be larger than usual."""
    if _HEIGHT not in rows.columns:
        return rows, None
    k, usual = rows.columns.index(_HEIGHT), TrackletConfig().camera.height
    large = bool(np.quantile(rows.values[:, k], 0.9) > _LARGEST * usual)
    values = rows.values.copy()
    values[:, k] = np.minimum(values[:, k], _LARGEST * (_FRAME["height"] if large else usual))
    return Rows(rows.columns, values), dict(_FRAME) if large else None


def _rows(
    statistics: TargetStatistics,
    columns: Columns,
    config: ImageConfig | TrackletConfig,
    rows: int,
    defensive: float,
    seed: int,
) -> Rows | None:
    names = [name for name in identified(statistics.pooled) if name in columns]
    if not names:
        return None
    parts = []
    groups: Sequence[Camera | Pooled] = statistics.cameras or (statistics.pooled,)
    weights = [group.tracklets if isinstance(group, Camera) else 1 for group in groups]
    counts = _shared_out(round(rows * (1 - defensive)), weights)
    for number, (group, count) in enumerate(zip(groups, counts, strict=True)):
        if count:
            parts.append(_of_group(statistics.pooled, group, names, count, seed + number))
    settings = tuple(columns[name][0] for name in names)
    bounds = bounds_of(type(config))
    values = np.concatenate(parts)
    for k, name in enumerate(names):
        setting, become = columns[name]
        low, high, whole = bounds[setting]
        column = np.clip(become(values[:, k]), low, high)
        values[:, k] = np.round(column) if whole else column
    spread = rows - len(values)
    if spread > 0:
        values = np.concatenate([values, _of_defaults(config, settings, spread, seed)])
    return Rows(settings, values)


def _of_group(
    pooled: Pooled, group: Camera | Pooled, names: Sequence[str], count: int, seed: int
) -> np.ndarray:
    """Values (count, K) of quantities as a camera's tracklets have them."""
    held = {name: _held(pooled, group, name) for name in names}
    marginals = [_marginal(name, held[name]) for name in names]
    correlation = _correlation(pooled, group, held)
    return synthesised(marginals, correlation, rows=count, seed=seed)


def _marginal(name: str, found: Measured) -> tuple[np.ndarray, np.ndarray]:
    """Edges and shares of a quantity; what lies where the pool has no images, which nothing is
    known of, is put beside it."""
    edges, shares = QUANTITIES[name].edges, found.shares()
    low, high = RENDERED.get(name, (edges[0], edges[-1]))
    inside = np.flatnonzero((edges[1:] > low) & (edges[:-1] < high))
    first, last = inside[0], inside[-1]
    moved = shares[first : last + 1].copy()
    moved[0] += shares[:first].sum()
    moved[-1] += shares[last + 1 :].sum()
    return np.clip(edges[first : last + 2], low, high), moved


def _held(pooled: Pooled, group: Camera | Pooled, name: str) -> Measured:
    own = group.quantities.get(name)
    return own if own is not None and _is_known(own) else pooled.quantities[name]


def _is_known(found: Measured) -> bool:
    return found.how == "regressed+unfolded" and found.verdict != "refuse"


def _correlation(
    pooled: Pooled, group: Camera | Pooled, held: Mapping[str, Measured]
) -> np.ndarray:
    measured = group.correlation or pooled.correlation
    spearman = np.eye(len(held))
    if measured is not None:
        matrix = measured.matrix()
        # Ranks mean nothing on a circle.
        place = {n: k for k, n in enumerate(measured.names) if not QUANTITIES[n].circular}
        both = [(k, place[name]) for k, name in enumerate(held) if name in place]
        for k, m in both:
            for j, n in both:
                spearman[k, j] = matrix[m, n]
    reliability = [max(found.r2 or 1.0, _LEAST_RELIABLE) for found in held.values()]
    return disattenuated(spearman, np.array(reliability))


def _of_defaults(
    config: ImageConfig | TrackletConfig, settings: Sequence[str], count: int, seed: int
) -> np.ndarray:
    """Values (count, K) of settings, each drawn as the command draws it by default."""
    rng = np.random.default_rng([seed, 1])
    bounds = bounds_of(type(config))
    columns = []
    for name in settings:
        low, high, whole = bounds[name]
        given = value_of(config, name) or _usual(name, low, high)
        columns.append([given.bounded(low, high).draw(rng, whole) for _ in range(count)])
    return np.array(columns).T


def _usual(name: str, low: float, high: float) -> Distribution:
    """What comes about by default of a setting that is not drawn then."""
    usual = {"camera.depression": (8.0, 35.0), "light.elevation": (15.0, 65.0)}
    return Distribution(uniform=usual.get(name, (low, high)))


def _with_distance(rows: Rows, rng: np.random.Generator) -> Rows:
    """Rows of cameras with how far away they stand: as far as the depression wants of a usual
    mount, within reason. Their height follows from both."""
    k = rows.columns.index("camera.depression")
    depression = np.maximum(rows.values[:, k], 0.5)
    mount = rng.uniform(2.2, 5.5, len(depression))
    far = rng.uniform(*_FAR, len(depression))
    distance = np.clip((mount - _EYE) / np.tan(np.radians(depression)), _NEAR, far)
    # Steeply from 4 m away would be high above a ceiling: nearer then.
    steep = np.minimum(distance, 6.0 / np.tan(np.radians(depression)))
    values = np.column_stack([rows.values, np.maximum(steep, 2.0)])
    values[:, k] = depression
    return Rows((*rows.columns, "camera.distance"), values)


def bounds_of(
    kind: type[ImageConfig] | type[TrackletConfig],
) -> dict[str, tuple[float, float, bool]]:
    return {
        name: (marker.low, marker.high, marker.whole)
        for name, marker in marked(kind)
        if isinstance(marker, Drawn)
    }


def _shared_out(count: int, weights: Sequence[int]) -> list[int]:
    """``count`` rows, to each group as many as its weight says, to within one."""
    ends = np.round(np.cumsum(weights) / sum(weights) * count).astype(int)
    return np.diff(ends, prepend=0).tolist()
