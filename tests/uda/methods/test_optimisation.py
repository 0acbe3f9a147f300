"""The learning rate over time, and what weight decay acts on."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from reid_models import build as reid_build
from reid_models.building import MODELS, Architecture
from torch import nn

from tests.uda.methods.built import built
from uda import config
from uda.config import Config
from uda.errors import ConfigError
from uda.methods.optimisation import build, rate, scheduler
from uda.training.state import RunState


class FakeBatches:
    """All that optimisers want to know of batches."""

    steps: Any = 1


def test_multistep_falls_at_its_milestones() -> None:
    schedule = config.Schedule(kind="multistep", milestones=(40, 80, 120), gamma=0.1)
    found = [rate(schedule, epoch, 150) for epoch in (0, 39.9, 40, 79, 80, 120, 149)]
    assert found == pytest.approx([1, 1, 0.1, 0.1, 0.01, 0.001, 0.001])


def test_cosine_warms_up_and_ends_at_its_final_share() -> None:
    schedule = config.Schedule(kind="cosine", warmup=2, final=0.05)
    assert rate(schedule, 0, 20) == pytest.approx(0.01)
    rising = [rate(schedule, epoch / 10, 20) for epoch in range(20)]
    assert rising == sorted(rising)
    assert rate(schedule, 20, 20) == pytest.approx(0.05)


def test_a_warm_up_in_steps_lasts_as_many_whatever_an_epoch_is() -> None:
    parameter = nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([parameter], lr=0.05)
    schedule = config.Schedule(warmup_steps=20, warmup_from=0.1, milestones=(3, 6))
    rates = []
    moving = scheduler(optimiser, schedule, epochs=8, steps=12)
    for _ in range(96):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        moving.step()
    wanted = [
        0.05 * min(0.1 + 0.9 * step / 20, 1) * 0.1 ** ((step >= 36) + (step >= 72))
        for step in range(96)
    ]
    assert rates == pytest.approx(wanted)
    with pytest.raises(ValueError, match="both say how long the rate rises"):
        config.Schedule(warmup=2, warmup_steps=20)


def test_plain_momentum_goes_one_gradient_far_in_its_first_step() -> None:
    moved = []
    for nesterov in (True, False):
        parameter = nn.Parameter(torch.zeros(2, 2))
        settings = config.Optimiser(name="sgd", lr=0.1, weight_decay=0, nesterov=nesterov)
        optimiser = build(settings, [parameter])
        parameter.grad = torch.ones(2, 2)
        optimiser.step()
        moved.append(-float(parameter.detach()[0, 0]))
    assert moved == pytest.approx([0.19, 0.1])


def test_all_weights_decay_where_the_recipe_says_so() -> None:
    settings = config.Optimiser(name="sgd", weight_decay=0.1, decay_all=True)
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    assert {g["weight_decay"] for g in build(settings, module.parameters()).param_groups} == {0.1}


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd"])
def test_biases_and_norms_do_not_decay(name: str) -> None:
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    module[1].bias.requires_grad_(False)
    settings = config.Optimiser.model_validate({"name": name, "weight_decay": 0.1})
    decayed, others = build(settings, module.parameters()).param_groups
    assert [tuple(p.shape) for p in decayed["params"]] == [(4, 3, 3, 3)]
    assert len(others["params"]) == 2
    assert (decayed["weight_decay"], others["weight_decay"]) == (0.1, 0.0)


def test_the_backbone_learns_at_its_share_of_the_rate() -> None:
    model = nn.ModuleDict({"backbone": nn.Linear(3, 4), "head": nn.Linear(4, 2)})
    settings = config.Optimiser(name="sgd", lr=0.1, weight_decay=0.0, backbone=0.1)
    backbone = dict.fromkeys(model["backbone"].parameters(), 1)
    optimiser = build(settings, model.parameters(), backbone=backbone)
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = parameter.new_ones(parameter.shape)
    scheduler(optimiser, config.Schedule(kind="constant"), epochs=1, steps=1)
    optimiser.step()
    moved = {n: float((before[n] - v).abs().max()) for n, v in model.named_parameters()}
    for name, distance in moved.items():  # Nesterov's first step goes 1 + 0.9 gradients far
        assert distance == pytest.approx(0.019 if "backbone" in name else 0.19, rel=1e-4)


def test_rates_fall_from_the_head_to_the_first_layer() -> None:
    student = reid_build("timm/test_vit", 3, size=(64, 32), pooling="token")
    settings = Config.model_validate(
        {"optimiser": {"lr": 0.1, "layer_decay": 0.5, "backbone": 0.8, "weight_decay": 0.01}}
    )
    method = built("source_only", student)
    plan = RunState.start(settings, method, FakeBatches()).optimised["main"]
    rates = {
        id(weight): group["initial_lr"]
        for group in plan.optimiser.param_groups
        for weight in group["params"]
    }
    named = dict(student.named_parameters())
    for name, layers in (
        ("backbone.network.cls_token", 7),
        ("backbone.network.blocks.0.attn.qkv.weight", 6),
        ("backbone.network.blocks.5.mlp.fc2.bias", 1),
        ("backbone.network.norm.weight", 1),
    ):
        assert rates[id(named[name])] == pytest.approx(0.1 * 0.8 * 0.5**layers)
    assert rates[id(named["head.classifier.weight"])] == 0.1
    assert len(rates) == sum(weight.requires_grad for weight in student.parameters())


def test_a_second_student_has_the_same_rates(tiny: str) -> None:
    settings = Config.model_validate({"optimiser": {"lr": 0.1, "layer_decay": 0.5}})
    labels = {"identity": torch.arange(3)}
    method = built("mmt", reid_build(tiny, 3), 6, labels)
    groups = RunState.start(settings, method, FakeBatches()).optimised["main"].optimiser
    rates = {id(w): group["lr"] for group in groups.param_groups for w in group["params"]}
    for name, weight in method.student.named_parameters():
        if weight.requires_grad:
            assert rates[id(method.peer.get_parameter(name))] == rates[id(weight)]
    assert rates[id(method.peer.get_parameter("backbone.0.weight"))] == pytest.approx(0.025)


def test_a_backbone_of_one_layer_has_none_to_decay_over(monkeypatch: pytest.MonkeyPatch) -> None:
    single = Architecture(lambda: nn.Conv2d(3, 4, 3), 4, (32, 16))
    monkeypatch.setitem(MODELS, "single", single)
    settings = Config.model_validate(
        {"model": {"name": "single"}, "optimiser": {"layer_decay": 0.7}}
    )
    with pytest.raises(ConfigError, match=r"layer_decay=0\.7 needs a backbone of several layers"):
        RunState.start(settings, built("source_only", reid_build("single", 3)), FakeBatches())
