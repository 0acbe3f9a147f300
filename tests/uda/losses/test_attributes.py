"""Weighted cross-entropy over an attribute's values, against plain loops."""

from __future__ import annotations

import math

import pytest
import torch

from uda.losses.attributes import attribute_loss, class_weights


def test_weights_are_by_the_number_of_samples_and_clipped() -> None:
    labels = torch.tensor([0] * 900 + [1] * 99 + [2] * 1 + [-1] * 500)
    found = class_weights(labels, 4)
    assert found.tolist() == pytest.approx([1000 / 3600, 1000 / 396, 10.0, 10.0])
    assert class_weights(torch.tensor([0, 1, 1, 0]), 2).tolist() == [1, 1]
    assert class_weights(torch.tensor([-1, -1]), 2).tolist() == [1, 1]


def test_the_loss_is_a_mean_with_weights_of_mean_one_over_what_is_known() -> None:
    torch.manual_seed(0)
    scores, labels = torch.randn(5, 3), [2, -1, 0, 0, 1]
    weights = [0.5, 3.0, 1.5]
    known = [(row.tolist(), label) for row, label in zip(scores, labels, strict=True) if label >= 0]
    mean = sum(weights[label] for _, label in known) / len(known)
    wanted = 0.0
    for row, label in known:
        probability = math.exp(row[label]) / sum(map(math.exp, row))
        wanted -= weights[label] / mean * math.log(probability) / len(known)
    found = attribute_loss(scores, torch.tensor(labels), torch.tensor(weights))
    assert float(found) == pytest.approx(wanted, rel=1e-5)


def test_what_is_unknown_has_no_gradient() -> None:
    scores = torch.randn(4, 2, requires_grad=True)
    attribute_loss(scores, torch.tensor([-1, 0, -1, 1]), torch.ones(2)).backward()
    assert scores.grad is not None
    assert scores.grad[[0, 2]].abs().max() == 0
    assert scores.grad[[1, 3]].abs().min() > 0
    scores.grad = None
    nothing = attribute_loss(scores, torch.full((4,), -1), torch.ones(2))
    nothing.backward()
    assert float(nothing.detach()) == 0
    assert scores.grad.abs().max() == 0
