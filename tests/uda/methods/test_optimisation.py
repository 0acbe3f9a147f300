"""The learning rate over time, and what weight decay acts on."""

from __future__ import annotations

import pytest
from torch import nn

from uda import config
from uda.methods.optimisation import build, rate, scheduler


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
    backbone = tuple(model["backbone"].parameters())
    optimiser = build(settings, model.parameters(), backbone=backbone)
    before = {name: value.detach().clone() for name, value in model.named_parameters()}
    for parameter in model.parameters():
        parameter.grad = parameter.new_ones(parameter.shape)
    scheduler(optimiser, config.Schedule(kind="constant"), epochs=1, steps=1)
    optimiser.step()
    moved = {n: float((before[n] - v).abs().max()) for n, v in model.named_parameters()}
    for name, distance in moved.items():  # Nesterov's first step goes 1 + 0.9 gradients far
        assert distance == pytest.approx(0.019 if "backbone" in name else 0.19, rel=1e-4)
