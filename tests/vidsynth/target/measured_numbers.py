"""Numbers of tracklets as if they were measured, for tests of what is made of them."""

from __future__ import annotations

from collections import Counter

import numpy as np

from vidsynth.target.basis import Basis
from vidsynth.target.estimators import Estimators, Linear
from vidsynth.target.measuring import Measured
from vidsynth.target.pipe import Pipe
from vidsynth.target.quantities import QUANTITIES

PIXELS = tuple(
    name
    for name, quantity in QUANTITIES.items()
    if quantity.how in ("read", "computed") and quantity.per != "tracklet"
)


def measured(tracklets: int, cameras: int = 3, seed: int = 0, features: int = 0) -> Measured:
    """Tracklets of four crops, dealt to cameras "cam-1" ... in turn; every quantity is normal about
    the middle of its range."""
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(tracklets):
        row = {}
        for name in PIXELS:
            quantity = QUANTITIES[name]
            span = quantity.high - quantity.low
            middle = rng.normal(quantity.low + span / 2, span / 8)
            row[name] = rng.normal(middle, span / 30, 4).astype(np.float32)
        values.append(row)
    return Measured(
        cameras=[f"cam-{k % cameras + 1}" for k in range(tracklets)],
        lengths=[40] * tracklets,
        values=values,
        powers=list(rng.uniform(0.05, 0.1, (tracklets, 3))),
        clothes=list(rng.uniform(0, 1, (tracklets, 4, 2, 3)).astype(np.float32)),
        features=[rng.normal(size=(4, features)) for _ in range(tracklets)] if features else [],
        grey=[False] * tracklets,
        sizes=Counter({(60, 120): 3 * tracklets, (70, 140): tracklets}),
        tables=Counter({None: 4 * tracklets}),
    )


def stand_in(features: int = 8) -> Estimators:
    """Estimators that nothing is asked of but what their features are."""
    sample = np.random.default_rng(9).normal(size=(200, features))
    nothing = np.zeros((1, 1))
    return Estimators(
        names=(),
        pipe=Pipe(),
        pool="a test",
        looks=1,
        weights="none",
        basis=Basis(*(nothing,) * 6),
        whole=Linear(nothing, nothing[0]),
        halves={},
        truth={},
        held_out={},
        tracklet=np.zeros(0, int),
        trust={},
        sample=sample,
    )
