"""Learned weights settle at the scale of each loss and stay within their bounds."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.weighting import LearnedWeights


def test_sums_weighted_losses_and_the_regulariser() -> None:
    weights = LearnedWeights({"a": 1.0, "b": 0.21}, reach=2.0)
    total = weights({"a": torch.tensor(2.0), "b": torch.tensor(3.0)})
    assert total.item() == pytest.approx(2.0 + 0.21 * 3.0 + 0 - math.log(0.21))


def test_a_loss_that_is_absent_or_has_no_weight_is_left_out() -> None:
    weights = LearnedWeights({"a": 1.0, "b": 0.0, "c": 1.0}, reach=2.0)
    assert weights({"a": torch.tensor(2.0), "b": torch.tensor(9.0)}).item() == pytest.approx(2.0)


def test_a_weight_settles_at_the_inverse_of_its_loss_and_never_at_zero() -> None:
    weights = LearnedWeights({"a": 1.0, "vanishing": 1.0}, reach=2.0)
    optimiser = torch.optim.SGD(weights.parameters(), lr=0.1)
    for _ in range(300):
        optimiser.zero_grad()
        weights({"a": torch.tensor(4.0), "vanishing": torch.tensor(0.0)}).backward()
        optimiser.step()
        weights.project()
    assert weights.weights()["a"].item() == pytest.approx(1 / 4, rel=1e-3)
    assert weights.weights()["vanishing"].item() == pytest.approx(math.exp(2.0))


def test_fixed_weights_do_not_move() -> None:
    weights = LearnedWeights({"a": 0.5}, reach=2.0, learn=False)
    assert not any(parameter.requires_grad for parameter in weights.parameters())
    assert weights({"a": torch.tensor(2.0)}).item() == pytest.approx(1.0)
