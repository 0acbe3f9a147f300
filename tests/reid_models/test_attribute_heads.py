"""A head for each attribute, on any model's embedding."""

from __future__ import annotations

import pytest
import torch
from reid_models import Features, build
from reid_models.attribute_heads import AttributeHeads, part_name
from torch import nn

VALUES = {
    "gender": ("female", "male"),
    "type": ("a", "b", "c"),  # a name that torch's modules have themselves
    "upper.colour": ("black", "white", "red", "blue"),
}
CLIPS = (3, 2, 3, 64, 32)


@pytest.mark.parametrize("name", ["slim_resnet18", "hucv_reidnet", "c2d", "tclnet", "psta"])
def test_every_model_scores_the_attributes_of_a_clip(name: str) -> None:
    torch.manual_seed(0)
    model = build(name, 5, attributes=VALUES)
    found = model.eval()(torch.randn(CLIPS))
    assert isinstance(found, Features)
    assert found.attributes is not None
    shapes = {key: tuple(scores.shape) for key, scores in found.attributes.items()}
    assert shapes == {"gender": (3, 2), "type": (3, 3), "upper.colour": (3, 4)}
    heads = model.attribute_heads
    assert heads is not None
    torch.testing.assert_close(found.attributes, heads(found.embedding))
    part = found.part(1, 3).attributes
    assert part is not None
    assert torch.equal(part["type"], found.attributes["type"][1:])
    assert build(name, 5).eval()(torch.randn(CLIPS)).attributes is None


def test_a_head_is_two_layers_and_a_classifier() -> None:
    """Written out with the head's own weights, in training mode."""
    torch.manual_seed(0)
    heads = AttributeHeads(6, VALUES, hidden=4).train()
    given = torch.randn(8, 6)
    head = heads.head("type")
    first, norm, _, second, other, _ = head.layers
    values = given
    for linear, batch_norm in ((first, norm), (second, other)):
        assert isinstance(linear, nn.Linear)
        assert linear.bias is None
        out = values @ linear.weight.T
        deviation = (out.var(0, unbiased=False) + 1e-5).sqrt()
        scaled = (out - out.mean(0)) / deviation
        values = torch.relu(scaled * batch_norm.weight + batch_norm.bias)
    torch.testing.assert_close(heads(given)["type"], values @ head.scores.weight.T)


def test_heads_share_no_weights_and_names_stay_apart() -> None:
    heads = AttributeHeads(6, VALUES)
    heads(torch.randn(4, 6))["gender"].sum().backward()
    touched = {n.split(".")[1] for n, p in heads.named_parameters() if p.grad is not None}
    assert touched == {part_name("gender")}
    assert part_name("a.b") != part_name("a%2Eb")
    assert float(heads.head("gender").temperature) == 1
