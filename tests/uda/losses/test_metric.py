"""The batch-hard triplet loss against a plain re-derivation."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.metric import batch_hard_triplet


def slow(features: list[list[float]], labels: list[int], margin: float) -> tuple[float, float]:
    losses = []
    for i, a in enumerate(features):
        positives = [
            math.dist(a, b) for j, b in enumerate(features) if j != i and labels[j] == labels[i]
        ]
        negatives = [math.dist(a, b) for j, b in enumerate(features) if labels[j] != labels[i]]
        if positives and negatives:
            losses.append(max(max(positives) - min(negatives) + margin, 0))
    count = max(len(losses), 1)
    return sum(losses) / count, sum(loss > 0 for loss in losses) / count


@pytest.mark.parametrize("labels", [[0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 1, 2], [0, 1, 2, 3, 4, 5]])
@pytest.mark.parametrize("margin", [0.0, 0.3, 3.0])
def test_equals_a_slow_derivation(labels: list[int], margin: float) -> None:
    features = torch.randn(6, 4, generator=torch.Generator().manual_seed(1))
    loss, violating = batch_hard_triplet(features, torch.tensor(labels), margin=margin)
    assert (loss.item(), violating.item()) == pytest.approx(
        slow(features.tolist(), labels, margin), abs=1e-6
    )


def test_equal_features_have_a_finite_gradient() -> None:
    features = torch.ones(4, 3, requires_grad=True)
    loss, _ = batch_hard_triplet(features, torch.tensor([0, 0, 1, 1]), margin=0.3)
    (gradient,) = torch.autograd.grad(loss, features)
    assert loss.item() == pytest.approx(0.3)
    assert gradient.isfinite().all()
