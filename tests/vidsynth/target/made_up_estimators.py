"""Estimators that learnt from made-up descriptions, in a second and without a network."""

from __future__ import annotations

import numpy as np

from vidsynth.target.estimators import Estimators
from vidsynth.target.features import Described
from vidsynth.target.known import Known
from vidsynth.target.pipe import Pipe
from vidsynth.target.quantities import QUANTITIES, named

PEOPLE, PLACES, EACH = 30, 12, 40
_MIXED = np.random.default_rng(0).normal(size=(30, 90))
_HIDDEN = ("light_elevation", "light_intensity")
"""Quantities that descriptions say nothing of."""


def known(seed: int = 0) -> Known:
    """Truths of EACH crops of each of PEOPLE, evenly over the middle of every range."""
    rng, count = np.random.default_rng(seed), PEOPLE * EACH
    truth = {}
    for name in named("regressed"):
        quantity = QUANTITIES[name]
        span = quantity.high - quantity.low
        low, high = quantity.low + 0.1 * span, quantity.high - 0.1 * span
        if quantity.circular:
            low, high = quantity.low, quantity.high
        truth[name] = rng.uniform(low, high, count)
        if quantity.unit == "probability":
            truth[name] = (rng.random(count) < 0.4).astype(float)
    identity = np.repeat(np.arange(PEOPLE), EACH)
    site = (np.arange(count) // 4 + identity) % PLACES
    return Known(
        truth, identity, site.astype(str), np.arange(count) // 4, site < PLACES // 2,
        truth["indoor"] == 1, "made-up", 4,
    )  # fmt: skip


def described(truth: dict[str, np.ndarray], seed: int = 0, noise: float = 0.5) -> Described:
    """Descriptions that tell all truths but `_HIDDEN`, mixed up and with noise."""
    rng, columns = np.random.default_rng(seed), []
    for name in named("regressed"):
        if name in _HIDDEN:
            continue
        quantity = QUANTITIES[name]
        place = (truth[name] - quantity.low) / (quantity.high - quantity.low)
        if quantity.circular:
            columns += [np.cos(2 * np.pi * place), np.sin(2 * np.pi * place)]
        else:
            columns.append(3.5 * (place - 0.5))
    causes = np.stack(columns, 1)
    causes = causes + noise * rng.normal(size=causes.shape)
    mixed = causes @ _MIXED[: causes.shape[1]]
    return Described(mixed[:, :60].astype(np.float32), mixed[:, 60:].astype(np.float32))


def made_up_estimators(seed: int = 0) -> Estimators:
    of = known(seed)
    return Estimators.fit(described(of.truth, seed), of, Pipe((128, 256), 75))
