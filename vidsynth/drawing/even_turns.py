"""Names that take turns by their weights, so that few turns have all of them.

In each turn names race as in `races`: another name, or weight, changes only the turns that it wins.
What is even are the times: of random ones those are kept by which, turn after turn, the names of
any list win about as often as their weights say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from vidsynth.drawing.choices import Choice

BLOCK = 128
"""Turns after which names change their parts in the races."""

_CANDIDATES, _LISTS = 64, 64


@dataclass(frozen=True)
class EvenTurns:
    """Turns of the names of any choice among ``known``; ``stream`` gives the random numbers of each
    block of turns, from 0."""

    known: tuple[str, ...]
    stream: Callable[[int], np.random.Generator]

    def name(self, turn: int, choice: Choice) -> str:
        """Whose turn number ``turn``, from 0, is."""
        block, place = divmod(turn, BLOCK)
        times = _arrivals(len(self.known))[place, self._parts(block)]
        return min(choice.names, key=lambda n: times[self.known.index(n)] / choice.shares[n])

    @cached_property
    def _parts(self) -> Callable[[int], np.ndarray]:
        @cache
        def parts(block: int) -> np.ndarray:
            return self.stream(block).permutation(len(self.known))

        return parts


@cache
def _arrivals(count: int) -> np.ndarray:
    """When each of so many names arrives in each turn of a block, (BLOCK, count): exponential.

    Each turn is the one of 64 drawn in which those win that are most behind, over all sets of names
    and 64 lists with weights."""
    rng = np.random.default_rng(count)
    weights = _lists(count, rng)
    lists = np.arange(len(weights))
    slowness = np.where(weights > 0, 1 / np.maximum(weights, 1e-9), np.inf)
    behind = np.zeros_like(weights)
    arrivals = np.empty((BLOCK, count))
    for turn in range(BLOCK):
        drawn = rng.exponential(size=(_CANDIDATES, count))
        winners = (drawn[:, None] * slowness).argmin(2)
        behind += weights
        best = int(behind[lists, winners].sum(1).argmax())
        arrivals[turn] = drawn[best]
        behind[lists, winners[best]] -= 1
    return arrivals


def _lists(count: int, rng: np.random.Generator) -> np.ndarray:
    """Weights (L, count), summing up to 1: all sets of two names or more, then random ones."""
    sets = (np.arange(2**count)[:, None] >> np.arange(count)) & 1
    present = rng.random((_LISTS, count)) < rng.uniform(0.3, 1, (_LISTS, 1))
    drawn = rng.integers(1, 6, (_LISTS, count)) * present
    weights = np.concatenate([sets, drawn]).astype(float)
    weights = weights[(weights > 0).sum(1) > 1]
    return np.asarray(weights / weights.sum(1, keepdims=True))
