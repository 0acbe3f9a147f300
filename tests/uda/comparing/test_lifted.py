"""Similarities weighed by who is seen near a query and near its match."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch

from uda.comparing.contract import Comparison, Side
from uda.comparing.cosine import Cosine
from uda.comparing.lifted import Lift, Lifted
from uda.comparing.rerank import Reranked


class Given(Comparison):
    """Similarities that are known, as distances in blocks of two rows."""

    name = "given"

    def __init__(self, alike: torch.Tensor) -> None:
        self.alike = alike

    def blocks(self, query: Side, gallery: Side) -> Iterator[torch.Tensor]:
        yield from (1 - self.alike).split(2)


def side(cameras: list[int], seconds: list[float]) -> Side:
    times = (1000 * np.array(seconds)).astype(np.int64)
    features = torch.randn(len(cameras), 4, generator=torch.manual_seed(len(cameras)))
    return Side(features, np.array(cameras), times, np.ones(len(cameras), np.int64))


def lifted(alike: torch.Tensor, query: Side, gallery: Side, lift: Lift) -> np.ndarray:
    blocks = Lifted(Given(alike), lift).blocks(query, gallery)
    return -torch.cat([torch.as_tensor(block) for block in blocks]).numpy()


def test_a_weight_worked_out_by_hand() -> None:
    """Both queries are seen together. Of their four pairs with camera 2 the best is the second
    query's with the tracklet at 50 s (0.9): the first query's match at 50 s is lifted by 1, the one
    at 60 s by exp(-(10 / 20)^2), both with 0.2 more."""
    query, gallery = side([1, 1], [0, 3]), side([2, 2], [50, 60])
    alike = torch.tensor([[0.5, 0.6], [0.9, 0.1]], dtype=torch.float64)
    found = lifted(alike, query, gallery, Lift(near=5, spread=20, pivots=1))
    far = 0.2 + math.exp(-0.25)
    np.testing.assert_allclose(found, [[0.5 * 1.2, 0.6 * far], [0.9 * 1.2, 0.1 * far]])
    apart = lifted(alike, query, gallery, Lift(near=3, spread=20, pivots=1))  # less than 3 s
    np.testing.assert_allclose(apart[0], [0.5 * far, 0.6 * 1.2])


def slowly(alike: np.ndarray, query: Side, gallery: Side, lift: Lift) -> np.ndarray:
    found = np.zeros_like(alike)
    for q in range(len(query)):
        for camera in set(gallery.cameras.tolist()):
            members = [g for g in range(len(gallery)) if gallery.cameras[g] == camera]
            pairs = sorted(
                (
                    (alike[other, g], g)
                    for other in range(len(query))
                    for g in members
                    if query.cameras[other] == query.cameras[q]
                    and abs(query.times[other] - query.times[q]) < 1000 * lift.near
                ),
                reverse=True,
            )
            pivots = [gallery.times[g] / 1000 for _, g in pairs[: lift.pivots]]
            for g in members:
                gaps = [(gallery.times[g] / 1000 - t) / lift.spread for t in pivots]
                weight = sum(math.exp(-(gap**2)) for gap in gaps) / len(gaps)
                found[q, g] = (weight + lift.floor) * alike[q, g]
    return found


@pytest.mark.parametrize("pivots", [1, 3, 10])
def test_it_equals_the_definition(pivots: int) -> None:
    rng = np.random.default_rng(0)
    query = side(rng.integers(0, 3, 15).tolist(), (100 * rng.random(15)).tolist())
    gallery = side([*rng.integers(0, 3, 20).tolist(), 7], (100 * rng.random(21)).tolist())
    alike = rng.random((15, 21))
    lift = Lift(near=25, spread=15, pivots=pivots, floor=0.1)
    found = lifted(torch.from_numpy(alike), query, gallery, lift)
    np.testing.assert_allclose(found, slowly(alike, query, gallery, lift))


@pytest.mark.parametrize("within", [Cosine(), Reranked(k1=4, k2=2)])
def test_any_comparison_can_be_lifted(within: Comparison) -> None:
    query, gallery = side([1, 1, 2], [0, 5, 9]), side([2, 2, 1, 1], [10, 20, 30, 40])
    plain = torch.cat([torch.as_tensor(block) for block in within.blocks(query, gallery)])
    alike = within.similarities(plain.double())
    assert ((alike >= 0) & (alike <= 1)).all()
    blocks = Lifted(within, Lift()).blocks(query, gallery)
    found = -torch.cat([torch.as_tensor(block) for block in blocks])
    torch.testing.assert_close(found.numpy(), slowly(alike.numpy(), query, gallery, Lift()))


@pytest.mark.parametrize("what", ["times", "cameras"])
def test_without_times_or_cameras_it_is_refused(what: str) -> None:
    query, gallery = side([1, 1], [0, 3]), side([2, 2], [50, 60])
    unknown = replace(gallery, **{what: np.array([3, -1])})
    with pytest.raises(ValueError, match=r"needs a camera and a time .* 1 of 4 .* leave --lift"):
        list(Lifted(Cosine(), Lift()).blocks(query, unknown))
