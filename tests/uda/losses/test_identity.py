"""The identity loss against a plain re-derivation."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.identity import identity_loss


@pytest.mark.parametrize("smoothing", [0.0, 0.15])
def test_equals_a_slow_derivation(smoothing: float) -> None:
    logits = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 3, 6, 3, 1])
    total = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        normaliser = sum(math.exp(value) for value in row)
        for identity, value in enumerate(row):
            share = smoothing / 7 + (1 - smoothing) * (identity == label)
            total -= share * math.log(math.exp(value) / normaliser)
    assert identity_loss(logits, labels, smoothing=smoothing).item() == pytest.approx(total / 5)


def test_smoothing_over_the_others_leaves_the_right_one_exactly_the_rest() -> None:
    logits = torch.randn(4, 5, generator=torch.Generator().manual_seed(1))
    labels = torch.tensor([4, 0, 2, 2])
    total = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        normaliser = sum(math.exp(value) for value in row)
        for identity, value in enumerate(row):
            share = 0.85 if identity == label else 0.15 / 4
            total -= share * math.log(math.exp(value) / normaliser)
    found = identity_loss(logits, labels, smoothing=0.15, over="others")
    assert found.item() == pytest.approx(total / 4)
    assert found != identity_loss(logits, labels, smoothing=0.15)
