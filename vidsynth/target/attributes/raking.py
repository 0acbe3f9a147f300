"""Weights of what is drawn by which given shares of people come out with each word.

Iterative proportional fitting (Deming and Stephan, Annals of Mathematical Statistics 11, 1940):
how things go together stays as it usually is, long hair with women and beanies with caps, and
only the totals change.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_ROUNDS = 200


def rake(
    odds: np.ndarray,
    people: np.ndarray,
    wanted: Sequence[tuple[np.ndarray, np.ndarray]],
) -> np.ndarray:
    """Factors (K,) on the odds of K things, which sum to 1 for each sort of people afterwards.

    Args:
        odds: (P, K) of P sorts of people, 0 where they never have a thing.
        people: (P,) shares of the sorts.
        wanted: for each attribute the words of things (K, W), rows with the sum 1, and the shares
            of people (W,) who should have each; of words that no thing goes by nobody does.
    """
    factors = np.ones(odds.shape[1])
    for _ in range(_ROUNDS):
        for words, shares in wanted:
            found = people @ _shares(odds * factors) @ words
            reached = np.where(found > 0, shares, 0)
            change = reached / max(float(reached.sum()), 1e-12) / np.maximum(found, 1e-12)
            factors = factors * (words @ change)
            factors /= factors.max()
    return factors


def usual_shares(odds: np.ndarray, people: np.ndarray, words: np.ndarray) -> np.ndarray:
    """The shares of people (W,) with each word, without any factors."""
    return np.asarray(people @ _shares(odds) @ words)


def _shares(odds: np.ndarray) -> np.ndarray:
    return np.asarray(odds / np.maximum(odds.sum(1, keepdims=True), 1e-12))
