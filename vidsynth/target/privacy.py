"""What keeps one person's tracklets out of a statistics file.

Counts are of tracklets. A bin of fewer than `LEAST_PER_BIN` is written as if it had so many, so
that no share tells of fewer, and the number of tracklets is rounded, so that what is missing
cannot be worked out. A bin merged into its neighbour would hide as much, but then one tracklet
more or less, by which a bin comes to be merged, would move five of them: as it is, every share
moves by at most 1 / n, whoever is taken out. A camera with fewer than `LEAST_PER_CAMERA`
tracklets has no numbers of its own, and the rest of all cameras is never smaller than that.

Numbers of all cameras together are made of the cameras' own as released, so that none can be
taken from another to leave a small group.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import SystemRandom

import numpy as np

LEAST_PER_BIN = 5
LEAST_PER_CAMERA = 30
LEAST_FOR_EMBEDDING = 200
DIGITS = 4
"""Decimals of shares."""
OTHERS = "others"
"""Name of all cameras together that have too few tracklets of their own."""
DELTA = 1e-5
"""Of the embedding's differential privacy."""

_DECAY = 0.5
"""From a bin to the next, of what is guessed beyond those that hold enough."""


@dataclass(frozen=True)
class Released:
    """What is written of a histogram.

    ``counts`` (B,) sum to 1, ``floor`` is the share among them that stands for few tracklets, and
    ``rest`` what all bins at the floor have together, to the nearest `LEAST_PER_BIN` tracklets.
    """

    counts: np.ndarray
    floor: float
    rest: float

    @classmethod
    def of(cls, masses: np.ndarray, step: float = 10**-DIGITS) -> Released:
        """Of masses in tracklets (B,); shares are rounded to ``step``."""
        raised = np.maximum(masses, LEAST_PER_BIN)
        rest = LEAST_PER_BIN * round(masses[masses <= LEAST_PER_BIN].sum() / LEAST_PER_BIN)
        total, counted = raised.sum(), rounded_count(masses.sum())
        return cls(
            np.round(np.round(raised / total / step) * step, DIGITS),
            round(round(LEAST_PER_BIN / total / step) * step, DIGITS),
            round(rest / counted, DIGITS),
        )

    @classmethod
    def together(cls, parts: Sequence[Released], weights: Sequence[float]) -> Released:
        """Of cameras together, each with its weight, out of nothing but what they released."""
        share = np.array(weights, float) / sum(weights)
        counts = np.round(share @ np.array([part.counts for part in parts]), DIGITS)
        floor, rest = share @ np.array([(part.floor, part.rest) for part in parts])
        return cls(counts, round(float(floor), DIGITS), round(float(rest), DIGITS))

    def shares(self, ordered: bool = True) -> np.ndarray:
        """The likely distribution (B,).

        The rest is shared out among bins at the floor by how near they are to full ones, none
        getting more than the floor; evenly where bins have no order.
        """
        few = self.counts <= self.floor + 1.1 * 10**-DIGITS
        if not few.any() or few.all():
            return self.counts / self.counts.sum()
        places = np.arange(len(self.counts))
        near = few.astype(float)
        if ordered:
            near = _DECAY ** np.abs(places[:, None] - places[~few]) @ self.counts[~few] * few
        known = np.where(few, 0, self.counts)
        known = known / known.sum()
        rest = min(self.rest, 0.9)
        most = self.floor / self.counts[~few].sum() * (1 - rest)
        extra, left = np.zeros(len(known)), rest
        for _ in range(len(known)):
            open_ = near * (extra < most)
            if left < 1e-9 or not open_.any():
                break
            more = np.minimum(extra + left * open_ / open_.sum(), most)
            left -= float((more - extra).sum())
            extra = more
        found = known * (1 - rest) + extra
        return found / found.sum()


def rounded_count(tracklets: int) -> int:
    """A number of tracklets to the nearest `LEAST_PER_BIN`."""
    return LEAST_PER_BIN * max(1, round(tracklets / LEAST_PER_BIN))


def groups_of_cameras(tracklets: Mapping[str, int], most: int | None = None) -> dict[str, str]:
    """For each camera the one whose numbers it goes into: itself, or `OTHERS`.

    ``most`` is how many cameras may have numbers of their own: the largest.
    """
    ranked = sorted(tracklets, key=lambda name: (-tracklets[name], name))
    own = [name for name in ranked if tracklets[name] >= LEAST_PER_CAMERA][:most]
    left = sum(tracklets.values()) - sum(tracklets[name] for name in own)
    while own and 0 < left < LEAST_PER_CAMERA:
        left += tracklets[own.pop()]
    return {name: name if name in own else OTHERS for name in tracklets}


def private_masses(masses: np.ndarray, epsilon: float, random: SystemRandom) -> np.ndarray:
    """Masses in tracklets (B,) with epsilon-differential privacy: another tracklet in the place of
    one moves two bins by 1, so each takes Laplace noise of scale 2 / epsilon.

    ``random`` is the system's: a seed would let anybody take the noise off again.
    """
    noise = [_laplace(2 / epsilon, random) for _ in masses]
    noisy = np.maximum(masses + np.array(noise), 0)
    return noisy * masses.sum() / noisy.sum() if noisy.sum() > 0 else np.full_like(masses, 1.0)


def private_embedding(
    mean: np.ndarray, tracklets: int, epsilon: float, random: SystemRandom
) -> np.ndarray:
    """A kernel mean (F,) with (epsilon, `DELTA`)-differential privacy; epsilon is at most 1.

    Features of a tracklet have norm up to sqrt(2), so another one in its place moves the mean by up
    to 2 sqrt(2) / n (Dwork and Roth, The algorithmic foundations of differential privacy, 2014,
    theorem A.1).
    """
    scale = 2 * math.sqrt(2) / tracklets * math.sqrt(2 * math.log(1.25 / DELTA)) / epsilon
    return mean + np.array([random.gauss(0, scale) for _ in mean])


def _laplace(scale: float, random: SystemRandom) -> float:
    return scale * (random.expovariate(1.0) - random.expovariate(1.0))


def own_numbers(values: np.ndarray, count: int) -> np.ndarray:
    """Even random numbers in 0 to 1 for tracklets, (T, count), to split or resample them by.

    They follow from a tracklet's own values (T, K) alone, and of equal ones from which it is of
    them: when one is taken out, nobody else's change.
    """
    copies: Counter[bytes] = Counter()
    words = []
    for row in np.ascontiguousarray(values, "<f8"):
        own = row.tobytes()
        copies[own] += 1
        words.append(hashlib.shake_128(b"%d " % copies[own] + own).digest(4 * count))
    return np.frombuffer(b"".join(words), "<u4").reshape(len(values), count) / 2**32


def own_draws(values: np.ndarray, count: int) -> np.ndarray:
    """How often a bootstrap draws each tracklet, (T, count): Poisson numbers of mean 1."""
    return np.searchsorted(_POISSON, own_numbers(values, count), side="right").astype(float)


_POISSON = np.cumsum([math.exp(-1) / math.factorial(k) for k in range(12)])
