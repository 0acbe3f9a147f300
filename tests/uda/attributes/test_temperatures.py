"""Temperatures: probabilities as certain as they are right."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from uda.attributes.temperatures import fit


def drawn(count: int, scale: float) -> tuple[torch.Tensor, np.ndarray]:
    """Scores ``scale`` times too large, and labels that the right ones' softmax was drawn for."""
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 1.5, (count, 3))
    shares = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = np.array([rng.choice(3, p=share) for share in shares])
    return torch.from_numpy(scale * logits), labels


@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_scores_of_the_wrong_size_are_put_right(scale: float) -> None:
    scores, labels = drawn(4000, scale)
    assert fit(scores, labels, np.arange(4000)) == pytest.approx(scale, rel=0.08)


def test_what_is_unknown_does_not_count() -> None:
    scores, labels = drawn(300, 2.0)
    labels[::2] = -1
    wrong = scores.clone()
    wrong[::2] = 100 * torch.randn(150, 3).double()
    people = np.arange(300)
    assert fit(scores, labels, people) == fit(wrong, labels, people)
    assert fit(scores, np.full(300, -1), people) == 1


def test_a_person_counts_once_and_few_people_little() -> None:
    """Tracklets of a person are no independent evidence."""
    scores, labels = torch.tensor([[9.0, 0.0]]), np.array([1])
    once = fit(scores, labels, np.array([7]))
    often = fit(scores.expand(50, 2), labels.repeat(50), np.full(50, 7))
    assert once == pytest.approx(often)
    many = fit(scores.expand(50, 2), labels.repeat(50), np.arange(50))
    assert 1 < once < many
    right = fit(torch.tensor([[9.0, 0.0]]), np.array([0]), np.array([7]))
    assert right == pytest.approx(1, abs=0.01)  # not ever more certain of one right answer
