"""What is known of a pool's crops besides what they look like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from vidsynth.target.pool import Pool

Half = Literal["sites", "photographs"]
"""The two kinds of places that estimators are compared over."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of N described crops: see `Pool`."""

    truth: dict[str, np.ndarray]
    identity: np.ndarray
    site: np.ndarray
    tracklet: np.ndarray
    photographed: np.ndarray
    indoor: np.ndarray
    mark: str = ""
    looks: int = 1

    @classmethod
    def of(cls, pools: Sequence[Pool], rows: Sequence[np.ndarray]) -> Known:
        """Of these rows of the pools; people and places of two pools are never the same."""
        parts = list(zip(pools, rows, strict=True))

        def joined(name: str) -> np.ndarray:
            return np.concatenate([getattr(pool, name)[of] for pool, of in parts])

        origin = np.concatenate([np.full(len(of), n) for n, of in enumerate(rows)])
        truth = {
            name: np.concatenate([pool.truth[name][of] for pool, of in parts])
            for name in pools[0].truth
        }
        identity = _numbered(origin, joined("identity"))
        return cls(
            truth,
            identity,
            _numbered(origin, joined("site")),
            _numbered(identity, joined("camera")),
            joined("photographed"),
            truth["indoor"] == 1,
            "+".join(pool.mark for pool in pools),
            max(1, len(pools[0]) // max(1, len(pools[0].files))),
        )

    def halves(self) -> dict[Half, np.ndarray]:
        """Rows bool (N,) of the two kinds of places that are compared; none without photographs."""
        if not self.photographed.any():
            return {}
        return {"sites": ~self.photographed, "photographs": self.photographed}


def _numbered(*columns: np.ndarray) -> np.ndarray:
    """A number for each row (N,), the same where all columns are."""
    keys = list(zip(*(column.tolist() for column in columns), strict=True))
    numbers: dict[tuple[object, ...], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys])
