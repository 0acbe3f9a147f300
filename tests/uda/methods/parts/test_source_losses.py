"""Losses of a source batch against plain re-derivations: what TAGPerson's four GPUs computed."""

from __future__ import annotations

import math

import pytest
import torch
from reid_models.outputs import Features

from uda.config import Data
from uda.errors import ConfigError
from uda.methods.parts.source_losses import SourceLosses, source_losses, supervised
from uda.recipes import load


def test_triplets_are_mined_on_each_gpu_by_itself() -> None:
    generator = torch.Generator().manual_seed(3)
    video = torch.randn(16, 5, generator=generator)
    logits = torch.randn(16, 6, generator=generator)
    people = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 0, 0, 1, 1]
    settings = SourceLosses(
        smoothing=0.15, smoothing_over="others", triplet_weight=0.75, margin=0.1, triplet_groups=4
    )
    features = Features(video[:, None], video, video, logits)
    terms = source_losses(features, torch.tensor(people), settings)
    points, gpus = video.tolist(), []
    for gpu in range(4):
        own = range(4 * gpu, 4 * gpu + 4)
        gaps = [
            max(math.dist(points[a], points[p]) for p in own if p != a and people[p] == people[a])
            - min(math.dist(points[a], points[n]) for n in own if people[n] != people[a])
            + 0.1
            for a in own
        ]
        gpus.append(sum(max(gap, 0) for gap in gaps) / 4)
    assert terms["triplet"].item() == pytest.approx(sum(gpus) / 4, rel=1e-5)
    whole = source_losses(
        features, torch.tensor(people), settings.model_copy(update={"triplet_groups": 1})
    )
    assert whole["triplet"] > terms["triplet"]  # fewer negatives are less hard
    smoothed = 0.0
    for row, person in zip(logits.tolist(), people, strict=True):
        logs = [value - math.log(sum(map(math.exp, row))) for value in row]
        shares = [0.85 if k == person else 0.03 for k in range(6)]
        smoothed -= sum(share * log for share, log in zip(shares, logs, strict=True)) / 16
    total = supervised(terms, settings)
    assert total.item() == pytest.approx(smoothed + 0.75 * sum(gpus) / 4, rel=1e-5)


@pytest.mark.parametrize("identities", [6, 4, 18])
def test_a_group_has_two_whole_people_at_least(identities: int) -> None:
    assert load("tagperson").data == Data.model_validate(load("tagperson").data.model_dump())
    with pytest.raises(ConfigError, match=f"data.identities={identities} does not divide"):
        load("tagperson", [f"data.identities={identities}"])
