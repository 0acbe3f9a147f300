"""How far estimates can be trusted: their errors on renders that their nets have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vidsynth.target.quantities import QUANTITIES, Quantity
from vidsynth.target.unfolding import Calibration

Verdict = Literal["unfold", "weak", "refuse"]

_UNFOLDED, _WEAK = 0.5, 0.2
"""R squared from which on a quantity is unfolded, and from which on with the pool as prior."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How well a quantity is estimated of renders of other people in other places.

    ``r2`` is the share of its variance explained (of a circular quantity the mean of its cosine's
    and sine's), ``slope`` that of estimates over truth, ``mae`` the mean absolute error in its unit
    (circular: the median), ``guess`` that of who always says the median. ``auc`` is of
    probabilities, NaN else.
    """

    r2: float
    slope: float
    mae: float
    guess: float
    auc: float
    verdict: Verdict


def apart(quantity: Quantity, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """a - b, the short way round where the quantity is circular."""
    difference = np.asarray(a, float) - b
    if quantity.circular:
        span = quantity.high - quantity.low
        difference = (difference + span / 2) % span - span / 2
    return difference


def trust_in(name: str, truth: np.ndarray, estimates: np.ndarray) -> Trust:
    from sklearn.metrics import roc_auc_score

    quantity = QUANTITIES[name]
    there = np.isfinite(truth) & np.isfinite(estimates)
    t, e = truth[there], estimates[there]
    errors = np.abs(apart(quantity, e, t))
    if quantity.circular:
        a, b = to_outputs([name], {name: t}), to_outputs([name], {name: e})
        # Estimates' own length is lost: a unit vector shrunk by the mean cosine is the best guess.
        shrink = float(np.cos(2 * np.pi * errors / (quantity.high - quantity.low)).mean())
        left = ((a - shrink * b) ** 2).mean(0) / np.maximum(a.var(0), 1e-12)
        r2, slope, mae = float(1 - left.mean()), shrink, float(np.median(errors))
        guess = (quantity.high - quantity.low) / 4
    else:
        r2 = float(1 - ((e - t) ** 2).mean() / max(t.var(), 1e-12))
        slope = float(np.cov(t, e)[0, 1] / max(t.var(ddof=1), 1e-12))
        mae, guess = float(errors.mean()), float(np.abs(t - np.median(t)).mean())
    binary = quantity.unit == "probability" and 0 < t.mean() < 1
    auc = float(roc_auc_score(t > 0.5, e)) if binary else float("nan")
    verdict: Verdict = "unfold" if r2 >= _UNFOLDED else "weak" if r2 >= _WEAK else "refuse"
    return Trust(r2, slope, mae, guess, auc, verdict)


def calibrate(
    quantity: Quantity,
    truth: np.ndarray,
    estimates: np.ndarray,
    tracklet: np.ndarray,
    counts: np.ndarray | None = None,
) -> Calibration:
    """What is known of a quantity's estimates (N,) from their ``truth``; crops of one ``tracklet``
    (N,) have errors in common, and ``counts`` (N,) are how much each row counts."""
    there = np.isfinite(truth) & np.isfinite(estimates)
    t, e, groups = truth[there], estimates[there], tracklet[there]
    counted = None if counts is None else counts[there]
    alone = Calibration(quantity, t, e, counts=counted)
    if quantity.circular:
        errors = apart(quantity, e, t)
    else:
        grid = np.linspace(t.min(), t.max(), 33)
        errors = e - np.interp(t, grid, alone.expected(grid))
    return Calibration(quantity, t, e, _in_common(errors, groups), counted)


def _in_common(errors: np.ndarray, groups: np.ndarray) -> float:
    """Share of the errors' variance (N,) that is of groups (N,): the intraclass correlation."""
    _, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    many = sizes > 1
    if not many.any() or errors.var() <= 0:
        return 1.0
    sums, squares = np.bincount(inverse, errors), np.bincount(inverse, errors**2)
    products = (sums**2 - squares)[many].sum() / (sizes * (sizes - 1))[many].sum()
    return float(np.clip(products / (errors**2).mean(), 0.0, 1.0))


def to_outputs(names: Sequence[str], truth: dict[str, np.ndarray]) -> np.ndarray:
    """What is regressed, (N, outputs): cosine and sine of a circular quantity."""
    columns = []
    for name in names:
        quantity, values = QUANTITIES[name], np.asarray(truth[name], float)
        if quantity.circular:
            turns = 2 * np.pi * (values - quantity.low) / (quantity.high - quantity.low)
            columns += [np.cos(turns), np.sin(turns)]
        else:
            columns.append(values)
    return np.stack(columns, 1)


def from_outputs(names: Sequence[str], outputs: np.ndarray) -> dict[str, np.ndarray]:
    """Estimates (N,) by quantity from outputs (N, outputs)."""
    found, column = {}, 0
    for name in names:
        quantity = QUANTITIES[name]
        if quantity.circular:
            turns = np.arctan2(outputs[:, column + 1], outputs[:, column]) / (2 * np.pi) % 1.0
            found[name] = quantity.low + turns * (quantity.high - quantity.low)
            column += 2
        else:
            found[name] = outputs[:, column].astype(float)
            column += 1
    return found
