"""Weights that stay as they started."""

from __future__ import annotations

import pytest
import torch
from reid_models import ModelError, build
from reid_models.frozen import freeze
from reid_models.video.cavit import CavitBackbone
from torch.nn import functional as F


def one_step(model: torch.nn.Module, clips: torch.Tensor) -> None:
    optimiser = torch.optim.SGD([w for w in model.parameters() if w.requires_grad], lr=0.1)
    loss = F.cross_entropy(model.train()(clips).logits, torch.arange(len(clips)))
    loss.backward()
    optimiser.step()


@pytest.mark.parametrize(
    ("name", "last", "learns"),
    [
        ("mobilenet_v2", "features.10", "features.11.conv.0.0.weight"),
        ("resnet50", "layer2", "layer3.0.conv1.weight"),
        ("slim_resnet18", "4", "5.conv1.weight"),
        ("vit_small", "network.blocks.3", "network.blocks.4.norm1.weight"),
    ],
)
def test_nothing_up_to_a_part_moves_and_all_after_it_may(name: str, last: str, learns: str) -> None:
    model = build(name, 3, size=(64, 32), frozen=last)
    names = [n for n, _ in model.backbone.named_parameters()]
    frozen = [n for n, w in model.backbone.named_parameters() if not w.requires_grad]
    assert frozen == names[: names.index(learns)]
    before = {n: w.clone() for n, w in model.backbone.named_parameters()}
    one_step(model, torch.rand(3, 1, 3, 64, 32))
    moved = {n for n, w in model.backbone.named_parameters() if not w.equal(before[n])}
    assert moved
    assert moved <= set(names[names.index(learns) :])


def test_branches_side_by_side_are_frozen_up_to_the_same_layer() -> None:
    backbone = CavitBackbone(width=8, heads=2, layers=3, depth=3)
    freeze(backbone, "branches.0.blocks.1")
    learns = [name for name, weight in backbone.named_parameters() if weight.requires_grad]
    last = tuple(f"branches.{number}.blocks.2." for number in range(3))
    assert learns == [n for n, _ in backbone.named_parameters() if n.startswith((*last, "norm."))]


def test_batch_norms_of_frozen_layers_still_follow_the_data() -> None:
    model = build("mobilenet_v2", 3, size=(64, 32), frozen="features.2")
    norm = model.backbone.get_submodule("features.0.1")
    before = norm.running_mean.clone()
    one_step(model, torch.rand(3, 1, 3, 64, 32) + 1)
    assert not norm.running_mean.equal(before)


@pytest.mark.parametrize("norm", ["dsbn", "cbn"])
def test_weights_stay_frozen_under_norms_that_keep_data_apart(norm: str) -> None:
    plain, kept = (
        build("mobilenet_v2", 3, size=(64, 32), frozen="features.2", norm=n) for n in ("bn", norm)
    )
    norms = 2 if norm == "dsbn" else 1
    counted = [
        sum(not w.requires_grad and w.ndim == dims for w in model.backbone.parameters())
        for model in (plain, kept)
        for dims in (4, 1)
    ]
    assert counted == [counted[0], counted[1], counted[0], counted[1] * norms]
    assert counted[0] == 6


def test_a_name_that_the_backbone_does_not_have_is_answered_with_those_near_it() -> None:
    with pytest.raises(ModelError, match=r"found 'layer5'.*layer4"):
        build("resnet50", 3, frozen="layer5")
    with pytest.raises(ModelError, match=r"found 'layer'"):  # no part, though names begin so
        build("resnet50", 3, frozen="layer")
    with pytest.raises(ModelError, match=r"found ''"):
        build("resnet50", 3, frozen="")


def test_a_backbone_that_would_learn_nothing_is_refused() -> None:
    with pytest.raises(ModelError, match=r"found 'layer4', its last: nothing of it would learn"):
        build("resnet50", 3, frozen="layer4")
