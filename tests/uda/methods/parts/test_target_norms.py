"""Norms of the target's own follow the source's until the target is learned from."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from reid_models import build as build_model
from reid_models.domain_norm import DomainBatchNorm
from torch import nn
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.methods.contract import Method

PEOPLE, VIEWS = 3, 4


def method_of(name: str, tiny: str) -> Method:
    torch.manual_seed(0)
    settings = {"start": 0.5, "min_samples": 3, "k1": 3, "k2": 2}
    labels = {"identity": torch.tensor([0, 0, 1, 2, 2])}
    return built(name, build_model(tiny, 3, norm="dsbn"), PEOPLE * VIEWS, labels, **settings)


def step(method: Method, progress: float) -> None:
    """A step of plain gradient descent on a fixed pair of batches."""
    clips = torch.randn(12, 2, 3, 32, 16, generator=torch.manual_seed(5))
    pair = labelled(clips[:6], [0, 0, 1, 1, 2, 2]), unlabelled(clips[6:], [0, 1, 4, 5, 8, 9])
    optimiser = torch.optim.SGD(method.parameters(), lr=0.1)
    optimiser.zero_grad()
    method.losses(*pair, progress)["loss"].backward()
    optimiser.step()
    method.after_step()


def norms(model: nn.Module) -> list[DomainBatchNorm]:
    found = [module for module in model.modules() if isinstance(module, DomainBatchNorm)]
    assert found
    return found


def shared(model: nn.Module) -> bool:
    return all(torch.equal(norm.source.weight, norm.target.weight) for norm in norms(model))


@pytest.mark.parametrize("name", ["pseudo_label", "mmt", "strong_baseline"])
def test_they_have_its_weights_until_the_target_is_learned_from(tiny: str, name: str) -> None:
    method = method_of(name, tiny)
    students = [method.student, *([method.peer] if name == "mmt" else [])]  # type: ignore[list-item]
    size = method.facts.video
    alike = F.normalize(torch.ones(PEOPLE * VIEWS, size))
    people = torch.randn(PEOPLE, size, generator=torch.manual_seed(1)).repeat_interleave(VIEWS, 0)
    groups: Any = {0.0: None, 0.5: alike, 0.6: F.normalize(people), 0.7: alike}
    for progress, features in groups.items():
        before = [norm.source.weight.clone() for norm in norms(method.student)]
        method.begin_epoch(progress, lambda model, found=features: found)
        step(method, progress)
        adapted = progress >= 0.6  # of equal features there are no two groups
        moved = [n.source.weight for n in norms(method.student)]
        if not adapted:
            assert not any(map(torch.equal, before, moved)), "the source is learned"
        for student in students:
            assert shared(student) != adapted, progress
            means = [(n.source.running_mean, n.target.running_mean) for n in norms(student)]
            assert not any(torch.equal(*pair) for pair in means), "each its own statistics"
    clustered_by = method.get_submodule("teacher.model")
    assert not shared(clustered_by), "the teacher follows"
