"""Attribute recognition and joint training: Synthetic18K's losses and where their gradients go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from reid_models import build as build_model

from tests.uda.methods.built import built, labelled
from uda.batches.batch import LabelledBatch
from uda.errors import ConfigError
from uda.losses.attributes import attribute_loss, class_weights
from uda.methods.contract import Method

VALUES = {"gender": ("female", "male"), "colour": ("black", "red", "white")}
KNOWN = {
    "attribute:gender": [0, 0, 0, 1, 1, -1],
    "attribute:colour": [0, 0, -1, -1, 2, 1],
}
LABELS = {name: torch.tensor(column) for name, column in KNOWN.items()}
"""Of all tracklets of the source, which the batch happens to be."""

Building = Callable[..., Method]


@pytest.fixture
def build(tiny: str) -> Building:
    def method(name: str, **settings: Any) -> Method:
        torch.manual_seed(0)
        return built(name, build_model(tiny, 3, attributes=VALUES), labels=LABELS, **settings)

    return method


@pytest.fixture
def batch() -> LabelledBatch:
    clips = torch.randn(6, 2, 3, 32, 16, generator=torch.Generator().manual_seed(0))
    return labelled(clips, [0, 0, 1, 1, 2, 2], **KNOWN)


def gradient(loss: torch.Tensor, weights: list[torch.nn.Parameter]) -> torch.Tensor:
    found = torch.autograd.grad(loss, weights, retain_graph=True, allow_unused=True)
    zeros = [torch.zeros_like(w) if g is None else g for g, w in zip(found, weights, strict=True)]
    return torch.cat([part.flatten() for part in zeros])


def backbone(method: Method) -> list[torch.nn.Parameter]:
    return list(method.student.get_submodule("backbone").parameters())


def test_the_loss_is_the_sum_over_attributes(build: Building, batch: LabelledBatch) -> None:
    method = build("attributes")
    terms = method.losses(batch, None, 0.0)
    scores = method.student(batch.clips).attributes
    wanted = sum(
        attribute_loss(scores[name], labels, class_weights(labels, len(VALUES[name])))
        for name, labels in zip(VALUES, LABELS.values(), strict=True)
    )
    torch.testing.assert_close(terms["loss"], wanted)
    right = (scores["gender"].argmax(1) == LABELS["attribute:gender"]).sum() / 5
    torch.testing.assert_close(terms["accuracy_gender"], right)
    assert gradient(terms["loss"], backbone(method)).norm() > 1e-6
    plain = build("attributes", balanced=False).losses(batch, None, 0.0)
    assert not torch.allclose(plain["loss"], terms["loss"])


def test_attributes_alone_leave_the_identity_classifier(
    build: Building, batch: LabelledBatch
) -> None:
    method = build("attributes")
    loss = method.losses(batch, None, 0.0)["loss"]
    assert gradient(loss, [method.student.get_parameter("head.classifier.weight")]).norm() == 0


def test_beta_is_what_re_identification_counts(build: Building, batch: LabelledBatch) -> None:
    """Its part of the gradient at beta = 2 is exactly twice that at beta = 1."""
    parts = {}
    for beta in (0.0, 1.0, 2.0):
        method = build("joint", beta=beta)
        terms = method.losses(batch, None, 0.0)
        reid = terms["identity"] + terms["triplet"]
        torch.testing.assert_close(terms["loss"], terms["attributes"] + beta * reid)
        whole = gradient(terms["loss"], backbone(method))
        parts[beta] = whole - gradient(terms["attributes"], backbone(method))
    assert parts[0.0].abs().max() < 1e-6
    torch.testing.assert_close(parts[2.0], 2 * parts[1.0], rtol=1e-3, atol=1e-6)
    assert build("joint").config.beta == 2  # type: ignore[attr-defined]
    assert (method.config.smoothing, method.config.margin) == (0.0, 0.3)  # type: ignore[attr-defined]


def test_values_that_nobody_knows_move_nothing(build: Building, batch: LabelledBatch) -> None:
    unknown = {name: torch.full((6,), -1) for name in LABELS}
    terms = build("attributes").losses(batch._replace(labels=unknown), None, 0.0)
    assert float(terms["loss"]) == float(terms["attribute_accuracy"]) == 0
    assert bool(torch.isfinite(terms["loss"]))


def test_a_student_without_heads_is_refused(tiny: str) -> None:
    with pytest.raises(ConfigError, match="needs a student with attribute heads"):
        built("attributes", build_model(tiny, 3), labels=LABELS)
