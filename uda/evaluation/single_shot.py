"""The single-gallery-shot test of CUHK03 (Li et al., CVPR 2014), exactly and without drawing.

The gallery keeps one entry of every identity, drawn at random, and scores are averaged over
draws. The expectation is known: a match is preceded by the entry drawn for another identity with
the share of that identity's entries before it as probability, independently of the rest, so its
0-based rank is a sum of independent coins (a Poisson binomial).
"""

from __future__ import annotations

import numpy as np


def expected_scores(
    order: np.ndarray, matches: np.ndarray, people: np.ndarray, own: int, longest: int
) -> tuple[np.ndarray, float]:
    """One query's expected CMC at ranks 1 to ``longest``, and its expected 1 / rank.

    ``order``: the gallery entries its ranking keeps, nearest first; ``matches``: the 0-based
    ranks of its matches, ascending; ``people`` ``(G,)``: everybody's identity as 0, 1, ...;
    ``own``: the query's. Each match is as likely to be the one drawn.
    """
    ranked = people[order]
    shots = np.bincount(ranked)
    shots[own] = 0
    others = np.flatnonzero(shots)
    between = np.split(ranked[: matches[-1] + 1], matches[:-1] + 1)
    before = np.cumsum([np.bincount(part, minlength=len(shots)) for part in between], axis=0)
    chances = before[:, others] / shots[others]
    return _at_most(chances, longest).mean(0), float(_mean_reciprocal(chances).mean())


def _at_most(chances: np.ndarray, longest: int) -> np.ndarray:
    """``(M, longest)``: how likely fewer than 1, 2, ... of the coins ``(M, K)`` fall."""
    exactly = np.zeros((len(chances), longest))
    exactly[:, 0] = 1
    for chance in chances.T[:, :, None]:
        moved = exactly[:, :-1] * chance
        exactly *= 1 - chance
        exactly[:, 1:] += moved
    return np.minimum(exactly.cumsum(1), 1)


def _mean_reciprocal(chances: np.ndarray) -> np.ndarray:
    """E[1 / (1 + X)] of the sums X of coins ``(M, K)``, shape ``(M,)``.

    It is the integral over 0..1 of E[s^X], a product of K linear terms. Gauss-Legendre with half
    as many nodes is exact; a polynomial that stays in 0..1 needs no more than some times the root
    of its degree for all 15 digits.
    """
    degree = chances.shape[1]
    count = min(degree // 2 + 1, 16 + int(6 * degree**0.5))
    nodes, weights = np.polynomial.legendre.leggauss(count)
    product = np.ones((len(chances), count))
    for chance in chances.T[:, :, None]:
        product *= 1 - chance * (1 - nodes) / 2
    return product @ weights / 2
