"""Both losses of JVTC against their formulas, clip by clip."""

from __future__ import annotations

import math

import pytest
import torch
from torch.nn import functional as F

from uda.losses.multi_label import global_multi_label, local_one_hot

TRACKLETS = torch.tensor([3, 3, 0, 5, 5, 5])


@pytest.fixture
def features() -> torch.Tensor:
    return torch.randn(6, 4, generator=torch.manual_seed(1), requires_grad=True)


def test_each_clip_is_told_from_the_other_tracklets_of_the_batch(features: torch.Tensor) -> None:
    unit = F.normalize(features.detach(), dim=1)
    centres = {t: F.normalize(unit[t == TRACKLETS].mean(0), dim=0) for t in (0, 3, 5)}
    wanted = 0.0
    for clip, own in zip(unit, TRACKLETS.tolist(), strict=True):
        scores = {t: math.exp(float(clip @ v) / 0.1) for t, v in centres.items()}
        wanted -= math.log(scores[own] / sum(scores.values())) / 6
    loss = local_one_hot(features, TRACKLETS)
    assert loss.item() == pytest.approx(wanted, rel=1e-5)
    loss.backward()
    assert features.grad is not None
    assert features.grad.abs().sum() > 0


def test_cosines_are_exact_in_mixed_precision(features: torch.Tensor) -> None:
    """A cosine of half precision is off by 0.004, which a temperature of 0.05 makes 0.08."""
    memory = F.normalize(torch.randn(7, 4, generator=torch.manual_seed(2)), dim=1)
    groups = torch.tensor([0, 1, 1, 0, 2, 0, 3])
    plain = (
        local_one_hot(features, TRACKLETS),
        global_multi_label(features, memory, groups, TRACKLETS),
    )
    with torch.autocast("cpu", torch.bfloat16):
        mixed = (
            local_one_hot(features, TRACKLETS),
            global_multi_label(features, memory, groups, TRACKLETS),
        )
    assert [loss.item() for loss in mixed] == [loss.item() for loss in plain]


def test_each_clip_is_near_all_of_its_group(features: torch.Tensor) -> None:
    memory = F.normalize(torch.randn(7, 4, generator=torch.manual_seed(2)), dim=1)
    groups = torch.tensor([0, 1, 1, 0, 2, 0, 3])
    unit = F.normalize(features.detach(), dim=1)
    wanted = 0.0
    for clip, own in zip(unit, TRACKLETS.tolist(), strict=True):
        scores = [math.exp(float(clip @ m) / 0.05) for m in memory]
        same = [n for n in range(7) if groups[n] == groups[own]]
        wanted -= sum(math.log(scores[n] / sum(scores)) for n in same) / len(same) / 6
    loss = global_multi_label(features, memory, groups, TRACKLETS)
    assert loss.item() == pytest.approx(wanted, rel=1e-5)
