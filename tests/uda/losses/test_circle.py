"""Circle loss against a plain re-derivation, and where its gradient points."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.circle import circle_loss


def case() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    cosines = torch.rand(4, 6, generator=torch.Generator().manual_seed(2)) * 2 - 1
    kinds = torch.tensor(
        [[1, 0, 0, 2, 0, 1], [0, 1, 0, 0, 1, 2], [1, 1, 1, 0, 0, 0], [0] * 5 + [1]]
    )
    return cosines, kinds == 1, kinds == 0  # 2: takes no part


def test_it_is_the_sum_over_pairs_of_positives_and_negatives() -> None:
    cosines, positive, negative = case()
    margin, scale, total = 0.25, 8.0, 0.0
    for row, ours, theirs in zip(
        cosines.tolist(), positive.tolist(), negative.tolist(), strict=True
    ):
        pairs = 0.0
        for p, is_positive in zip(row, ours, strict=True):
            for n, is_negative in zip(row, theirs, strict=True):
                if is_positive and is_negative:
                    near = max(1 + margin - p, 0) * (p - (1 - margin))
                    far = max(n + margin, 0) * (n - margin)
                    pairs += math.exp(scale * (far - near))
        total += math.log(1 + pairs)
    found = circle_loss(cosines, positive, negative, margin=margin, scale=scale)
    assert found.item() == pytest.approx(total / 4, rel=1e-5)


def test_positives_are_drawn_and_negatives_pushed_others_left_alone() -> None:
    cosines, positive, negative = case()
    cosines.requires_grad_()
    circle_loss(cosines, positive, negative, scale=8.0).backward()
    slope = cosines.grad
    assert slope is not None
    assert (slope[positive] <= 0).all()
    assert (slope[negative] >= 0).all()
    assert (slope[~positive & ~negative] == 0).all()
    assert slope[positive].abs().sum() > 0


def test_a_query_without_negatives_adds_nothing() -> None:
    cosines = torch.tensor([[0.2, 0.3]], requires_grad=True)
    every, none = torch.ones(1, 2, dtype=torch.bool), torch.zeros(1, 2, dtype=torch.bool)
    loss = circle_loss(cosines, every, none)
    loss.backward()
    assert loss.item() == 0
    assert cosines.grad is not None
    assert torch.equal(cosines.grad, torch.zeros(1, 2))
