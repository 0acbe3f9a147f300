"""Labels by optimal transport: numbers worked out by hand, and Sinkhorn as its authors write it."""

from __future__ import annotations

import logging
import math

import numpy as np
import pytest
import torch

from uda.clustering import transport
from uda.clustering.transport import transported


def test_a_plan_worked_out_by_hand() -> None:
    """Odds 32, 16, 4 and 2 for group 0. Where both groups get a half, odds are divided by 8, the
    one number that makes them 4, 2, 1/2, 1/4: shares 4/5, 2/3, 1/3, 1/5, which add up to 2."""
    scores = torch.tensor([[math.log(odds), 0.0] for odds in (32, 16, 4, 2)])
    assert scores.argmax(1).tolist() == [0, 0, 0, 0]
    plan = transported(scores, sharpness=1.0, tolerance=1e-9)
    wanted = torch.tensor([[4 / 5, 1 / 5], [2 / 3, 1 / 3], [1 / 3, 2 / 3], [1 / 5, 4 / 5]]) / 4
    torch.testing.assert_close(plan.logarithm.exp(), wanted.double())
    assert plan.labels().tolist() == [0, 0, 1, 1]
    # The power sharpens odds: 32 ** 2 / 8 ** 2 = 16.
    sharp = transported(scores, sharpness=2.0, tolerance=1e-9).logarithm.exp()
    assert sharp[0, 0].item() == pytest.approx(16 / 17 / 4)


def slow(scores: np.ndarray, sharpness: float, tolerance: float) -> tuple[np.ndarray, int]:
    """P, r and c number by number, the error looked at every tenth time, from the first on."""
    items, groups = scores.shape
    shares = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    p = [[float(x) ** sharpness for x in row] for row in shares]
    c = [1 / items] * items
    error, count = math.inf, 0
    while error > tolerance:
        r = [1 / groups / sum(p[i][k] * c[i] for i in range(items)) for k in range(groups)]
        new = [1 / items / sum(p[i][k] * r[k] for k in range(groups)) for i in range(items)]
        if count % 10 == 0:
            error = sum(abs(c[i] / new[i] - 1) for i in range(items))
        c, count = new, count + 1
    plan = [[c[i] * p[i][k] * r[k] for k in range(groups)] for i in range(items)]
    return np.array(plan), count


@pytest.mark.parametrize(("items", "groups"), [(12, 3), (30, 7), (5, 5)])
@pytest.mark.parametrize("sharpness", [1.0, 25.0])
def test_it_is_the_published_iteration_step_by_step(
    items: int, groups: int, sharpness: float
) -> None:
    rng = np.random.default_rng(items)
    scores = rng.uniform(-0.5, 0.5, (items, groups))
    wanted, count = slow(scores, sharpness, 1e-2)
    plan = transported(torch.from_numpy(scores), sharpness=sharpness)
    assert plan.iterations == count
    np.testing.assert_allclose(plan.logarithm.exp().numpy(), wanted, rtol=1e-9)
    assert plan.labels().tolist() == wanted.argmax(1).tolist()


def test_every_group_has_its_share() -> None:
    generator = torch.Generator().manual_seed(0)
    scores = torch.randn(200, 8, generator=generator)
    scores[:, 0] += 3  # what all of them would choose
    assert (scores.argmax(1) == 0).float().mean() > 0.8
    plan = transported(scores, sharpness=5.0, tolerance=1e-6)
    shares = plan.logarithm.exp()
    torch.testing.assert_close(shares.sum(1), torch.full((200,), 1 / 200, dtype=torch.float64))
    torch.testing.assert_close(
        shares.sum(0), torch.full((8,), 1 / 8, dtype=torch.float64), rtol=1e-4, atol=0
    )
    assert plan.labels().bincount(minlength=8).min() >= 15


def test_a_classifier_that_is_sure_does_not_underflow() -> None:
    """exp(-25 * 100) is 0 in 64 bits: a column of zeros, and a division by it."""
    scores = torch.zeros(6, 3)
    scores[:, 0] = 100
    scores[4:, 1] = 50
    plan = transported(scores)
    assert plan.logarithm.isfinite().all()
    assert plan.labels()[4:].tolist() == [1, 1]


def test_it_ends_where_it_does_not_converge(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(transport, "ITERATIONS", 2)
    scores = torch.randn(9, 4, generator=torch.Generator().manual_seed(1))
    with caplog.at_level(logging.WARNING):
        plan = transported(scores)
    assert plan.iterations == 11
    assert "9 items to 4 groups has an error" in caplog.text


def test_one_item_and_one_group() -> None:
    assert transported(torch.zeros(1, 1)).labels().tolist() == [0]
