"""Clothes are forgotten by the backbone and learned by their classifier, and only so."""

from __future__ import annotations

import pytest
import torch
from pydantic import ValidationError
from reid_models import build as build_model

from tests.uda.methods.built import built, labelled
from uda.batches.batch import LabelledBatch, Labels
from uda.config import Optimiser, Schedule
from uda.errors import ConfigError
from uda.methods.cal import Cal
from uda.methods.optimisation import Optimisation

LABELS = {"identity": torch.tensor([0, 0, 1, 1]), "clothes": torch.tensor([0, 1, 2, 3])}
"""Two people with two outfits each."""


def build(tiny: str, labels: Labels = LABELS) -> Cal:
    torch.manual_seed(0)
    method = built("cal", build_model(tiny, 2), 0, labels)
    assert isinstance(method, Cal)
    torch.nn.init.normal_(method.clothes)
    return method


def batch() -> LabelledBatch:
    torch.manual_seed(1)
    clips = torch.randn(4, 2, 3, 32, 16)
    return labelled(clips, [0, 0, 1, 1], clothes=[0, 1, 2, 3])


def test_each_clothes_loss_moves_its_own_side(tiny: str) -> None:
    method = build(tiny)
    terms = method.losses(batch(), None, 0.5)
    backbone = next(method.student.parameters())
    for name, mine, other in (
        ("clothes", method.clothes, backbone),
        ("clothes_adversarial", backbone, method.clothes),
    ):
        found = torch.autograd.grad(
            terms[name], [mine, other], retain_graph=True, allow_unused=True
        )
        assert found[0].norm() > 1e-6, name
        assert found[1] is None, name


def test_settings_of_triplets_are_refused(tiny: str) -> None:
    """There is no triplet loss that could heed them."""
    with pytest.raises(ValidationError, match="triplet_weight"):
        built("cal", build_model(tiny, 2), 0, LABELS, triplet_weight=1.0)
    assert built("cal", build_model(tiny, 2), 0, LABELS, smoothing=0.1).config.smoothing == 0.1


def test_clothes_losses_wait_until_people_are_known(tiny: str) -> None:
    terms = build(tiny).losses(batch(), None, 0.3)
    assert terms["loss"] is terms["identity"]


def test_every_weight_is_moved_by_one_optimiser(tiny: str) -> None:
    method = build(tiny)
    steps = Schedule(kind="multistep", milestones=(1,), gamma=0.1)
    made = method.optimisers(Optimisation(Optimiser(lr=0.1), steps, epochs=2, steps=1))
    moved = [
        [weight for group in made[name].optimiser.param_groups for weight in group["params"]]
        for name in ("main", "clothes")
    ]
    assert {id(weight) for weight in moved[0]} == {
        id(weight) for weight in method.student.parameters() if weight.requires_grad
    }
    assert [id(weight) for weight in moved[1]] == [id(method.clothes)]
    for _ in range(2):
        for optimiser, schedule in made.values():
            optimiser.step()
            schedule.step()
    assert made["main"].schedule.get_last_lr()[0] == pytest.approx(0.01)
    assert made["clothes"].schedule.get_last_lr()[0] == 0.1


@pytest.mark.parametrize(("name", "heads"), [("tclnet", 2), ("psta", 3)])
def test_every_head_of_a_model_is_trained(name: str, heads: int) -> None:
    torch.manual_seed(0)
    student = build_model(name, 2)
    method = built("cal", student, 0, LABELS)
    clips = torch.randn(4, 4, 3, 64, 32)
    found = method.losses(labelled(clips, [0, 0, 1, 1], clothes=[0, 1, 2, 3]), None, 0.1)
    classifiers = [w for key, w in student.named_parameters() if key.endswith("classifier.weight")]
    assert len(classifiers) == heads
    for gradient in torch.autograd.grad(found["loss"], classifiers):
        assert gradient.norm() > 1e-6


def test_it_knows_whose_clothes_are_whose(tiny: str) -> None:
    assert build(tiny).owners.tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("labels", "phrase"),
    [
        ({"identity": torch.tensor([0, 0, 1])}, "no clothes labels"),
        (
            {"identity": torch.tensor([0, 0, 1]), "clothes": torch.tensor([0, 0, 1])},
            "nobody changes clothes",
        ),
    ],
)
def test_a_source_without_outfits_is_refused(tiny: str, labels: Labels, phrase: str) -> None:
    with pytest.raises(ConfigError, match=phrase):
        build(tiny, labels)
