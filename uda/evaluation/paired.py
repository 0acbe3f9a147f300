"""Whether one model is better than another: paired differences, with how far they can be trusted.

Both are tested on the same queries, so that hard queries count for neither. Queries of one person
are no independent evidence: people are drawn anew, not queries (Efron and Tibshirani, An
Introduction to the Bootstrap, 1993), and so are trainings. A bootstrap of two or three knows little
of their spread: where trainings differ as much as people do, intervals are too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

ROUNDS = 4000
LEVEL = 0.95
LEAST_PEOPLE = 6
"""With fewer, all gain or all lose by chance more often than 1 - `LEVEL` (2 of 2^n ways), and
people drawn anew out of them never say otherwise."""


@dataclass(frozen=True)
class Gain:
    """``mean`` difference of mAP, in 0..1, with the interval from ``low`` to ``high`` around it,
    from ``queries`` of ``people`` after ``seeds`` trainings of each model."""

    mean: float
    low: float
    high: float
    people: int
    queries: int
    seeds: int

    @property
    def concluded(self) -> bool:
        """Whether the interval leaves 0 out, of as many people as that takes."""
        return self.people >= LEAST_PEOPLE and (self.low > 0 or self.high < 0)

    def __str__(self) -> str:
        mean, low, high = (f"{100 * value:+.1f}" for value in (self.mean, self.low, self.high))
        return f"{mean} ({low} to {high})"

    def sentence(self, one: str, other: str) -> str:
        """What can be concluded of model ``one`` against ``other``, and what cannot."""
        found = (
            f"mAP {self}, {LEVEL:.0%} interval over {self.people} people with {self.queries} "
            f"queries and {self.seeds} training{'s' if self.seeds > 1 else ''} of each"
        )
        if not self.concluded:
            few = f" Fewer than {LEAST_PEOPLE} people cannot tell." * (self.people < LEAST_PEOPLE)
            return f"Neither {one} nor {other} is better as far as can be told: {found}.{few}"
        better = f"{one} is {'better' if self.mean > 0 else 'worse'} than {other}: {found}."
        if self.seeds == 1:
            return f"{better} Another seed may say otherwise."
        return better


def paired_gain(
    one: Sequence[np.ndarray], other: Sequence[np.ndarray], people: np.ndarray, *, seed: int = 0
) -> Gain:
    """The gain of model ``one`` over ``other``.

    Args:
        one: average precision (Q,) of each query after each training, NaN without a match.
        other: the same of the other model, trained with the same seeds.
        people: the person of each query, (Q,).
        seed: of the people and trainings that are drawn anew.

    Raises:
        ValueError: other queries or trainings, queries that have a match in some of them alone,
            or no query has a match.
    """
    if len(one) != len(other) or not one:
        raise ValueError(f"expected as many trainings of both, found {len(one)} and {len(other)}")
    queries = {len(each) for each in (*one, *other, people)}
    if len(queries) > 1:
        raise ValueError(
            "expected a person and an average precision for each of the same queries, found "
            f"{', '.join(map(str, sorted(queries)))} of them"
        )
    apart = np.stack(one) - np.stack(other)
    unmatched = np.isnan([*one, *other])
    matched = ~unmatched.any(0)
    odd = int((~matched & ~unmatched.all(0)).sum())
    if odd:
        raise ValueError(
            f"expected the same queries to have a match, found {odd} that have one in some of the "
            "trainings alone: they were tested on other galleries, or under other settings"
        )
    if not matched.any():
        raise ValueError("expected queries with a match, found none")
    names, owner = np.unique(people[matched], return_inverse=True)
    count = np.bincount(owner)
    totals = np.stack([np.bincount(owner, weights=row) for row in apart[:, matched]])
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=ROUNDS)
    trained = rng.multinomial(len(apart), np.full(len(apart), 1 / len(apart)), size=ROUNDS)
    sums = np.einsum("rp,sp,rs->r", drawn, totals, trained, optimize=True) / len(apart)
    low, high = np.quantile(sums / (drawn @ count), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Gain(
        float(apart[:, matched].mean()),
        float(low),
        float(high),
        len(names),
        int(matched.sum()),
        len(apart),
    )
