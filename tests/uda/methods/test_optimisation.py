"""The learning rate over time, and what weight decay acts on."""

from __future__ import annotations

import pytest
from torch import nn

from uda import config
from uda.methods.optimisation import build, rate


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
