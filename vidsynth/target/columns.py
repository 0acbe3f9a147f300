"""Numbers of crops and tracklets as arrays, quantity by quantity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vidsynth.target.measuring import Measured
from vidsynth.target.quantities import BINS, QUANTITIES, Quantity


@dataclass(frozen=True, eq=False)
class Column:
    """A quantity's finite values (N,) and the tracklets (N,) that they are of, in their order,
    counted from 0 to ``tracklets`` - 1. ``rows`` (T,) are these tracklets' places among all."""

    quantity: Quantity
    values: np.ndarray
    owners: np.ndarray
    rows: np.ndarray

    @property
    def tracklets(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, measured: Measured, name: str) -> Column:
        """The values of one quantity; a tracklet may have several, one or none."""
        parts = [values.get(name, _NONE) for values in measured.values]
        values = np.concatenate(parts).astype(float)
        owners = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        finite = np.isfinite(values)
        return cls(QUANTITIES[name], values[finite], owners[finite], np.arange(len(parts)))

    def counts(self) -> np.ndarray:
        """How many values each tracklet has, (T,)."""
        return np.bincount(self.owners, minlength=self.tracklets)

    def among(self, rows: np.ndarray) -> Column:
        """The values of tracklets that have some and are among ``rows``, numbered anew."""
        wanted = np.zeros(self.tracklets, bool)
        wanted[rows] = True
        wanted &= self.counts() > 0
        numbers = np.cumsum(wanted) - 1
        chosen = wanted[self.owners]
        owners = numbers[self.owners[chosen]]
        return Column(self.quantity, self.values[chosen], owners, self.rows[wanted])

    def masses(self) -> np.ndarray:
        """How much of each tracklet lies in each bin, (T, BINS): rows sum to 1, or 0 of none."""
        places = self.owners * BINS + self.quantity.bins(self.values)
        weights = 1 / self.counts()[self.owners]
        found = np.bincount(places, weights, minlength=self.tracklets * BINS)
        return found.reshape(self.tracklets, BINS)

    def means(self) -> np.ndarray:
        """Mean of each tracklet's values (T,), on the circle where it is one; NaN of none."""
        turn = (self.quantity.high - self.quantity.low) / (2 * np.pi)
        values = np.exp(1j * self.values / turn) if self.quantity.circular else self.values
        real = np.bincount(self.owners, np.real(values), self.tracklets)
        with np.errstate(invalid="ignore"):
            if not self.quantity.circular:
                return real / self.counts()
            imaginary = np.bincount(self.owners, np.imag(values), self.tracklets)
            angle = np.where(self.counts() > 0, np.arctan2(imaginary, real), np.nan) * turn
        return self.quantity.low + (angle - self.quantity.low) % (turn * 2 * np.pi)

    def split(self) -> Sequence[np.ndarray]:
        """The values of each tracklet."""
        return np.split(self.values, np.cumsum(self.counts())[:-1])


_NONE = np.empty(0, np.float32)
