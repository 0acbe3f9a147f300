"""Clothes are forgotten by the backbone and learned by their classifier, and only so."""

from __future__ import annotations

import pytest
import torch
from reid_models import build as build_model

from uda import config, methods
from uda.errors import ConfigError
from uda.methods.cal import Cal
from uda.methods.contract import LabelledBatch

OWNERS = (0, 0, 1, 1)


def build(tiny: str, clothes: tuple[int, ...] = OWNERS) -> Cal:
    torch.manual_seed(0)
    method = methods.build(config.Cal(), build_model(tiny, 2), 0, clothes)
    assert isinstance(method, Cal)
    torch.nn.init.normal_(method.clothes)
    return method.train()


def batch() -> LabelledBatch:
    torch.manual_seed(1)
    clothes = torch.tensor([0, 1, 2, 3])
    clips = torch.randn(4, 2, 3, 32, 16)
    return LabelledBatch(clips, torch.tensor([0, 0, 1, 1]), torch.zeros(4), clothes=clothes)


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


def test_clothes_losses_wait_until_people_are_known(tiny: str) -> None:
    terms = build(tiny).losses(batch(), None, 0.3)
    assert terms["loss"] is terms["identity"]


@pytest.mark.parametrize(
    ("clothes", "phrase"), [((), "no clothes labels"), ((0, 1), "nobody changes clothes")]
)
def test_a_source_without_outfits_is_refused(
    tiny: str, clothes: tuple[int, ...], phrase: str
) -> None:
    with pytest.raises(ConfigError, match=phrase):
        build(tiny, clothes)
