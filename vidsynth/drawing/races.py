"""Weighted choices that stay: another value, or another weight, changes only whom it concerns.

Every value k runs against the others: it takes the time E_k / w_k, where E_k is exponential and
depends on the chance and on the value alone, and the first wins. P(k) = w_k / sum of w, whatever
the order. With one more value, who does not get it keeps what they had.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache

import numpy as np

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@cache
def key(value: str) -> int:
    """64 bits that stand for a value, the same everywhere."""
    return int.from_bytes(hashlib.blake2b(value.encode(), digest_size=8).digest(), "little")


def keys(values: Iterable[str]) -> np.ndarray:
    """Those of several, uint64 (N,)."""
    return np.array([key(value) for value in values], np.uint64)


def times(chance: float, runners: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """When each of ``runners`` (keys, N) arrives, (N,); ``chance`` from 0 to 1 is one draw, and
    weights (N,) are above 0."""
    share = (_numbers(chance, runners) + 0.5) / 2**53
    with np.errstate(over="ignore"):  # of a weight next to nothing: never
        return np.asarray(-np.log(share) / weights)


def first(chance: float, runners: np.ndarray, weights: np.ndarray) -> int:
    """The place of the one that wins."""
    return int(np.argmin(times(chance, runners, weights)))


def winner(chance: float, shares: Mapping[str, float]) -> str:
    """The name that wins, of those with a share above 0."""
    names = tuple(name for name, share in shares.items() if share > 0)
    weights = np.array([shares[name] for name in names], float)
    return names[first(chance, _runners(names), weights)]


def one_of(chance: float, names: Iterable[str]) -> str:
    """One of the names, all as likely."""
    found = tuple(names)
    return found[first(chance, _runners(found), np.ones(len(found)))]


def another(chance: float, purpose: str) -> float:
    """A further chance, from 0 to 1, that depends on the first one and on what it is for."""
    return float(_numbers(chance, keys([f"another: {purpose}"]))[0]) / 2**53


@lru_cache(maxsize=256)
def _runners(names: tuple[str, ...]) -> np.ndarray:
    return keys(names)


def _numbers(chance: float, runners: np.ndarray) -> np.ndarray:
    """53 bits for each runner."""
    drawn = np.array([int(chance * 2**53)], np.uint64)
    return _mixed(_mixed(drawn) ^ runners) >> np.uint64(11)


def _mixed(bits: np.ndarray) -> np.ndarray:
    """SplitMix64 (Steele, Lea and Flood, OOPSLA 2014)."""
    bits = bits + _GOLDEN
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return np.asarray(bits ^ (bits >> np.uint64(31)))
