"""The clothes-based adversarial loss against the paper's formula, clip by clip."""

from __future__ import annotations

import math

import torch

from uda.losses.clothes import clothes_adversarial_loss, clothes_scores

OWNERS = torch.tensor([0, 0, 1, 0, 2, 2])
"""Who wears each of six clothes."""


def test_it_is_the_published_formula() -> None:
    generator = torch.Generator().manual_seed(0)
    features, weights = (
        torch.randn(4, 5, generator=generator),
        torch.randn(6, 5, generator=generator),
    )
    clothes, labels = torch.tensor([1, 2, 4, 0]), torch.tensor([0, 1, 2, 0])
    total = 0.0
    for i in range(4):
        cosines = [
            float(torch.cosine_similarity(features[i], weights[c], dim=0)) * 16 for c in range(6)
        ]
        mine = [c for c in range(6) if OWNERS[c] == labels[i]]
        others = sum(math.exp(cosines[c]) for c in range(6) if c not in mine)
        for c in mine:
            wanted = 0.1 / len(mine) + (0.9 if c == clothes[i] else 0.0)
            total -= wanted * (cosines[c] - math.log(math.exp(cosines[c]) + others)) / 4
    found = clothes_adversarial_loss(clothes_scores(features, weights), clothes, labels, OWNERS)
    torch.testing.assert_close(float(found), total, rtol=1e-4, atol=1e-5)


def test_scores_are_exact_in_mixed_precision() -> None:
    generator = torch.Generator().manual_seed(0)
    features, weights = (torch.randn(6, 5, generator=generator) for _ in range(2))
    with torch.autocast("cpu", torch.bfloat16):
        mixed = clothes_scores(features, weights)
    assert torch.equal(mixed, clothes_scores(features, weights))


def test_one_outfit_that_nobody_else_wears_is_an_ordinary_cross_entropy() -> None:
    scores = torch.randn(3, 3)
    labels = torch.arange(3)
    found = clothes_adversarial_loss(scores, labels, labels, labels)
    torch.testing.assert_close(found, torch.nn.functional.cross_entropy(scores, labels))
