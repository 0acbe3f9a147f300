"""Each loss against a slow re-derivation."""

from __future__ import annotations

import math

import pytest
import torch

from uda.translation.losses import alike, apart, changed_within, judged_real, told_apart


@pytest.fixture
def draw() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_least_squares_of_patches(draw: torch.Generator) -> None:
    real, made = (torch.randn(3, 1, 4, 2, generator=draw) for _ in range(2))
    fooled = sum((value - 1) ** 2 for value in made.flatten().tolist()) / made.numel()
    assert judged_real(made).item() == pytest.approx(fooled, rel=1e-5)
    told = 0.0
    for a, b in zip(real.flatten().tolist(), made.flatten().tolist(), strict=True):
        told += ((a - 1) ** 2 + b**2) / 2
    assert told_apart(real, made).item() == pytest.approx(told / made.numel(), rel=1e-5)


def test_contrastive_pairs(draw: torch.Generator) -> None:
    one, other = (torch.randn(4, 5, generator=draw) for _ in range(2))
    one[0] = other[0] + 0.1  # nearer than the margin
    distances = [math.dist(a, b) for a, b in zip(one.tolist(), other.tolist(), strict=True)]
    assert alike(one, other).item() == pytest.approx(
        sum(d**2 for d in distances) / len(distances), rel=1e-5
    )
    pushed = sum(max(0.0, 2 - d) ** 2 for d in distances) / len(distances)
    assert 0 < pushed < 4
    assert apart(one, other, 2).item() == pytest.approx(pushed, rel=1e-4)


def test_equal_features_are_pushed_apart_without_a_number_that_is_none() -> None:
    same = torch.ones(2, 3, requires_grad=True)
    apart(same, torch.ones(2, 3), 2).backward()
    assert same.grad is not None
    assert same.grad.isfinite().all()


def test_change_within_masks(draw: torch.Generator) -> None:
    before, after = (torch.randn(2, 3, 4, 2, generator=draw) for _ in range(2))
    masks = torch.rand(2, 1, 4, 2, generator=draw)
    total = 0.0
    for n in range(2):
        for c in range(3):
            for y in range(4):
                for x in range(2):
                    change = abs(after[n, c, y, x].item() - before[n, c, y, x].item())
                    total += change * masks[n, 0, y, x].item()
    found = changed_within(before, after, masks)
    assert found.item() == pytest.approx(total / before.numel(), rel=1e-5)
