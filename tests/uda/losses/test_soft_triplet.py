"""Soft triplets against their formula, clip by clip."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from uda.losses.soft_triplet import hardest, soft_softmax_triplet, softmax_triplet

LABELS = [0, 0, 0, 1, 1, 2]


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(6, 4, generator=torch.manual_seed(3), requires_grad=True)


def slow(features: torch.Tensor, which: list[tuple[int, int]]) -> list[tuple[float, float]]:
    """For each clip exp d(a, p) and exp d(a, n) over their sum."""
    unit = F.normalize(features.detach(), dim=1)
    found = []
    for anchor, (positive, negative) in enumerate(which):
        p = math.exp(float((unit[anchor] - unit[positive]).norm()))
        n = math.exp(float((unit[anchor] - unit[negative]).norm()))
        found.append((p / (p + n), n / (p + n)))
    return found


def triplets(features: torch.Tensor) -> list[tuple[int, int]]:
    unit = F.normalize(features.detach(), dim=1)
    found = []
    for a, label in enumerate(LABELS):
        near = {i: float((unit[a] - unit[i]).norm()) for i in range(6)}
        own = [i for i in range(6) if LABELS[i] == label]
        others = [i for i in range(6) if LABELS[i] != label]
        found.append((max(own, key=lambda i: near[i]), min(others, key=lambda i: near[i])))
    return found


def test_the_hardest_are_farthest_of_the_same_and_nearest_of_others(features: torch.Tensor) -> None:
    positive, negative = hardest(features, torch.tensor(LABELS))
    assert list(zip(positive.tolist(), negative.tolist(), strict=True)) == triplets(features)


def test_hard_and_soft_losses_equal_their_formulas(features: torch.Tensor) -> None:
    taught = torch.randn(6, 4, generator=torch.manual_seed(4))
    which = triplets(features)
    positive, negative = (torch.tensor(ids) for ids in zip(*which, strict=True))
    own, theirs = slow(features, which), slow(taught, which)
    hard = -sum(math.log(n) for _, n in own) / 6
    soft = -sum(tp * math.log(p) + tn * math.log(n)
                for (p, n), (tp, tn) in zip(own, theirs, strict=True)) / 6  # fmt: skip
    assert float(softmax_triplet(features, positive, negative).detach()) == pytest.approx(
        hard, rel=1e-5
    )
    found = soft_softmax_triplet(features, taught, positive, negative)
    assert float(found.detach()) == pytest.approx(soft, rel=1e-5)


def test_a_clip_alone_with_its_label_gives_finite_gradients(features: torch.Tensor) -> None:
    which = hardest(features, torch.tensor(LABELS))
    softmax_triplet(features, *which).backward()
    assert features.grad is not None
    assert features.grad.isfinite().all()
    assert features.grad.abs().sum() > 0
