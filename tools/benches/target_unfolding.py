"""Rows 3 and 4: distributions of hidden rendered targets, unfolded, against their labels.

A hidden target is drawn out of a pool of other people, sites and seeds. Photometry is drawn from
the target's own distribution and developed from the light of its images; views are those of the
images, drawn so that they have the target's distribution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from benches.target import PIPE, Row

from vidsynth.cameras.camera import Photometry
from vidsynth.target.distances.wasserstein import wasserstein
from vidsynth.target.estimators import Estimators
from vidsynth.target.features import Described, describe
from vidsynth.target.joint_unfolding import unfold_together
from vidsynth.target.looks import BRIGHTEST, DARKEST, Look
from vidsynth.target.pool import Pool, read_pool
from vidsynth.target.quantities import QUANTITIES, Quantity

Draw = Callable[[np.random.Generator, int], np.ndarray]
CROPS = 400
LIMITS = {
    "depression": 3.0, "gamma": 0.12, "blur": 0.12, "noise": 0.6, "jpeg_quality": 4.0,
    "log_height": 0.08,
}  # fmt: skip
"""W1 between an unfolded distribution and the true one."""
HALVED = ("depression", "noise", "jpeg_quality")
"""Of these it is at most half of the raw histogram's."""
SEVERAL = 1.5
"""Factor on the limits where several quantities are shifted at once."""
_FIELDS = {"gamma": "gamma", "blur": "blur", "noise": "noise", "jpeg_quality": "jpeg_quality",
           "exposure": "exposure_ev"}  # fmt: skip


def normal(mean: float, sd: float, low: float, high: float) -> Draw:
    return lambda rng, count: np.clip(rng.normal(mean, sd, count), low, high)


def uniform(low: float, high: float) -> Draw:
    return lambda rng, count: rng.uniform(low, high, count)


def either(first: Draw, second: Draw) -> Draw:
    return lambda rng, count: np.where(
        rng.random(count) < 0.5, first(rng, count), second(rng, count)
    )


ONE: Mapping[str, tuple[str, Draw]] = {
    "level": ("depression", normal(8, 5, -5, 65)),
    "steep": ("depression", normal(45, 6, -5, 65)),
    "two mounts": ("depression", either(normal(12, 4, -5, 65), normal(48, 5, -5, 65))),
    "wide": ("depression", uniform(5, 45)),
    "dim": ("gamma", normal(1.8, 0.15, 0.4, 2.2)),
    "pale": ("gamma", normal(0.8, 0.15, 0.4, 2.2)),
    "sharp": ("blur", normal(0.5, 0.15, 0, 2.5)),
    "soft": ("blur", normal(2, 0.2, 0, 2.5)),
    "clean": ("noise", normal(2, 0.7, 0, 12)),
    "night": ("noise", normal(9, 1, 0, 12)),
    "coarse": ("jpeg_quality", normal(35, 6, 20, 95)),
    "fine": ("jpeg_quality", normal(85, 4, 20, 95)),
    "small": ("log_height", normal(4.0, 0.2, 3.4, 5.7)),
    "large": ("log_height", normal(5.4, 0.15, 3.4, 5.7)),
}
"""Targets of which one quantity is shifted."""
TOGETHER: Mapping[str, dict[str, Draw]] = {
    "dark and small": {
        "depression": normal(15, 5, -5, 65), "gamma": normal(1.7, 0.15, 0.4, 2.2),
        "log_height": normal(4.2, 0.25, 3.4, 5.7), "jpeg_quality": normal(45, 6, 20, 95),
    },
    "noisy night": {
        "noise": normal(9, 1, 0, 12), "gamma": normal(1.5, 0.15, 0.4, 2.2),
        "exposure": normal(-0.7, 0.3, -1.5, 1.5), "blur": normal(1.5, 0.2, 0, 2.5),
    },
    "steep and sharp": {
        "depression": normal(45, 6, -5, 65), "log_height": normal(5.3, 0.2, 3.4, 5.7),
        "blur": normal(0.5, 0.15, 0, 2.5), "jpeg_quality": normal(85, 4, 20, 95),
    },
}  # fmt: skip
"""Targets of which several are shifted at once."""


@dataclass(frozen=True)
class Hidden:
    """A target's described crops, and what is true of them."""

    described: Described
    truth: dict[str, np.ndarray]


def rows(found: Estimators, root: Path) -> Iterator[Row]:
    """Rows of every hidden target."""
    worse = []
    for number, (title, (name, draw)) in enumerate(ONE.items()):
        hidden = draw_hidden(read_pool(root, 4), {name: draw}, np.random.default_rng(number))
        raw, alone, together = distances(found, hidden, name)
        limit = min(LIMITS[name], raw / 2) if name in HALVED else LIMITS[name]
        half = ", half of raw" if name in HALVED else ""
        yield Row(
            3,
            f"{title}: W1 of {name} at most {LIMITS[name]:g}{half}",
            f"{together:.3g}, alone {alone:.3g}, raw {raw:.3g}",
            together <= limit,
        )
        if together > raw:
            worse.append(title)
    yield Row(3, "never above the raw histogram's", ", ".join(worse) or "none above", not worse)
    for number, (title, draws) in enumerate(TOGETHER.items()):
        hidden = draw_hidden(read_pool(root, 4), draws, np.random.default_rng(100 + number))
        for name in (name for name in draws if name in LIMITS):
            raw, alone, together = distances(found, hidden, name)
            limit = SEVERAL * LIMITS[name]
            yield Row(
                4,
                f"{title}: W1 of {name} at most {limit:.3g}",
                f"{together:.3g}, alone {alone:.3g}, raw {raw:.3g}",
                together <= limit,
            )


def distances(found: Estimators, hidden: Hidden, name: str) -> tuple[float, float, float]:
    """W1 to the true distribution of the raw estimates', of the unfolded one, and of that which is
    unfolded together with the other quantities."""
    quantity, truth = QUANTITIES[name], hidden.truth[name]
    estimates = found.of(hidden.described).estimates
    shares = found.calibrations[name].response().unfold(estimates[name])
    together = unfold_together(found, estimates)[name]
    return (
        wasserstein(estimates[name], truth),
        of_shares(quantity, shares, truth),
        of_shares(quantity, together, truth),
    )


def of_shares(quantity: Quantity, shares: np.ndarray, truth: np.ndarray) -> float:
    """W1 between shares of the quantity's bins, each evenly filled, and true values."""
    places = (quantity.edges[:-1, None] + np.diff(quantity.edges)[:, None] * _WITHIN).ravel()
    return wasserstein(places, truth, np.repeat(shares / len(_WITHIN), len(_WITHIN)))


_WITHIN = (np.arange(16) + 0.5) / 16


def draw_hidden(pool: Pool, draws: Mapping[str, Draw], rng: np.random.Generator) -> Hidden:
    """A target out of a pool read with several looks."""
    weights = np.ones(len(pool))
    for name in (name for name in draws if name not in _FIELDS):
        weights *= _like(pool.truth[name], draws[name](rng, 20_000), QUANTITIES[name])
    whole = pool.usable & (pool.truth["truncation"] < 0.5)
    weights = weights * whole
    chosen = rng.choice(
        len(pool), min(CROPS, int((weights > 0).sum())), False, weights / weights.sum()
    )
    looks, truth = list(pool.looks), {name: values.copy() for name, values in pool.truth.items()}
    values = {name: draws[name](rng, len(chosen)) for name in draws if name in _FIELDS}
    if values:
        for k, row in enumerate(chosen):
            new = {_FIELDS[name]: float(of[k]) for name, of in values.items()}
            if "jpeg_quality" in new:
                new["jpeg_quality"] = round(new["jpeg_quality"])
            looks[row] = _with(pool, row, new, int(rng.integers(2**31)))
            for name, of in values.items():
                truth[name][row] = of[k]
    drawn = replace(pool, looks=tuple(looks))
    rows = np.sort(chosen)
    crops = list(drawn.pixels(rows))
    # Of a crop in which nothing can be seen no detector makes a box.
    seen = np.array([DARKEST < pixels.mean() / 255 < BRIGHTEST for pixels in crops])
    described = describe(PIPE.apply(crops[k]) for k in np.flatnonzero(seen))
    return Hidden(described, {name: of[rows[seen]] for name, of in truth.items()})


def _with(pool: Pool, row: int, new: dict[str, float], seed: int) -> Look:
    """The row's look with some of its photometry changed."""
    look = pool.looks[row]
    photometry = look.photometry
    if photometry is None:
        table, image = pool.table, int(pool.image[row])
        photometry = Photometry(
            white_balance=tuple(table["colour_bias"][image]),
            **{
                name: table[name][image]
                for name in ("exposure_ev", "gamma", "contrast", "saturation", "noise", "blur",
                             "jpeg_quality")
            },
        )  # fmt: skip
    return replace(look, photometry=replace(photometry, **new), seed=seed)


def _like(values: np.ndarray, wanted: np.ndarray, quantity: Quantity) -> np.ndarray:
    """How often each of the values has to be drawn for them to be distributed as is wanted."""
    edges = np.linspace(quantity.low, quantity.high, 33)
    there, _ = np.histogram(values, edges)
    asked, _ = np.histogram(wanted, edges)
    bins = np.clip(np.digitize(values, edges) - 1, 0, len(edges) - 2)
    return (asked / np.maximum(there, 1))[bins] / max(asked.sum(), 1)
