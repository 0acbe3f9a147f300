"""Consistency losses against plain re-derivations."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.consistency import cluster_agreement, cluster_distance


@pytest.fixture
def clips() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Student (6, 3), teacher (6, 3) and centroids (4, 3)."""
    generator = torch.Generator().manual_seed(2)
    return tuple(torch.randn(n, 3, generator=generator) for n in (6, 6, 4))  # type: ignore[return-value]


def nearest(point: list[float], centroids: list[list[float]]) -> int:
    return min(range(len(centroids)), key=lambda m: math.dist(point, centroids[m]))


def test_agreement_equals_a_slow_derivation(
    clips: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
) -> None:
    student, teacher, centroids = (tensor.tolist() for tensor in clips)
    total, disagreements = 0.0, 0
    for own, other in zip(student, teacher, strict=True):
        wanted = nearest(other, centroids)
        shares = [math.exp(-math.dist(own, centre) / 0.5) for centre in centroids]
        total -= math.log(shares[wanted] / sum(shares))
        disagreements += nearest(own, centroids) != wanted
    loss, indicator = cluster_agreement(*clips, temperature=0.5)
    assert loss.item() == pytest.approx(total / 6, rel=1e-5)
    assert indicator.item() == pytest.approx(disagreements / 6)
    assert 0 < disagreements < 6


def test_distance_equals_a_slow_derivation(
    clips: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
) -> None:
    student, _, centroids = (tensor.tolist() for tensor in clips)
    distances = [min(math.dist(own, centre) for centre in centroids) for own in student]
    assert cluster_distance(clips[0], clips[2]).item() == pytest.approx(sum(distances) / 6)


def test_descending_makes_the_student_agree(
    clips: tuple[torch.Tensor, torch.Tensor, torch.Tensor],
) -> None:
    student, teacher, centroids = clips
    student = student.clone().requires_grad_()
    optimiser = torch.optim.SGD([student], lr=1.0)
    for _ in range(100):
        optimiser.zero_grad()
        loss, disagreeing = cluster_agreement(student, teacher, centroids, temperature=0.5)
        loss.backward()
        optimiser.step()
    assert disagreeing == 0
