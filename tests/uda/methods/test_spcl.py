"""One loss over source identities, clusters and single tracklets."""

from __future__ import annotations

import logging

import pytest
import torch
from reid_models import build as build_model
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.methods.spcl import SpCL

PEOPLE, VIEWS = 4, 5


def build(tiny: str, **settings: float) -> SpCL:
    torch.manual_seed(0)
    chosen = {"min_samples": 3, "k1": 4, "k2": 2, "jaccard": "k_reciprocal"} | settings
    labels = {"identity": torch.tensor([0, 0, 1, 2, 2])}
    method = built("spcl", build_model(tiny, 3), PEOPLE * VIEWS, labels, **chosen)
    assert isinstance(method, SpCL)
    return method


def crowds(method: SpCL) -> torch.Tensor:
    """Features of PEOPLE, VIEWS each, and the last tracklet far from all."""
    generator = torch.Generator().manual_seed(1)
    size = method.facts.video
    means = torch.randn(PEOPLE, size, generator=generator).repeat_interleave(VIEWS, 0)
    found = means + 0.05 * torch.randn(means.shape, generator=generator)
    found[-1] = torch.randn(size, generator=generator)
    return F.normalize(found)


def test_clusters_and_single_tracklets_are_drawn(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    groups = method.target_groups()
    assert groups is not None
    assert len(set(groups)) == PEOPLE + 1
    assert len({groups[i] for i in range(VIEWS)}) == 1
    clusters = method.target_clusters()
    assert clusters is not None
    assert clusters[-1] == -1
    assert -1 not in clusters[:-1]


def test_later_epochs_group_what_the_memory_holds(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    limit = float(method.limit)
    method.memory.tracklets[-1] = method.memory.tracklets[0]
    method.begin_epoch(0.1, lambda model: pytest.fail("asked for features"))
    groups = method.target_groups()
    assert groups is not None
    assert groups[-1] == groups[0]
    assert float(method.limit) == limit


def test_the_loss_is_a_cross_entropy_over_all_prototypes(tiny: str) -> None:
    method = build(tiny).eval()
    method.begin_epoch(0.0, lambda model: crowds(method))
    clips = torch.randn(8, 2, 3, 32, 16)
    people, which = [0, 0, 2, 2], [0, 1, 7, 19]
    with torch.no_grad():
        features = F.normalize(method.student(clips).embedding)
    own = torch.stack([features[:2].mean(0), features[2:4].mean(0)])
    groups = method.memory.groups
    means = [method.memory.tracklets[groups == c].mean(0) for c in range(int(groups.max()) + 1)]
    known = torch.cat([F.normalize(own), torch.stack(means)])
    terms = method.losses(labelled(clips[:4], people), unlabelled(clips[4:], which), 0.0)
    scores = features @ known.T / 0.05
    wanted = torch.tensor([0, 0, 1, 1]), 2 + groups[which]
    source, target = (F.cross_entropy(s, w) for s, w in zip(scores.split(4), wanted, strict=True))
    torch.testing.assert_close(terms["contrast_source"], source)
    torch.testing.assert_close(terms["contrast_target"], target)
    torch.testing.assert_close(terms["loss"], source + target)


def test_both_domains_reach_the_student(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    clips = torch.randn(8, 2, 3, 32, 16)
    terms = method.losses(labelled(clips[:4], [0, 0, 1, 1]), unlabelled(clips[4:]), 0.0)
    weights = [weight for weight in method.student.backbone.parameters() if weight.requires_grad]
    for name in ("contrast_source", "contrast_target"):
        found = torch.autograd.grad(terms[name], weights, retain_graph=True, allow_unused=True)
        assert sum(float(g.abs().sum()) for g in found if g is not None) > 0, name


def test_nothing_grouped_is_said_and_trained_on(
    tiny: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny, min_samples=20)
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.0, lambda model: crowds(method))
    assert "told apart from all others" in caplog.text
    groups = method.target_groups()
    assert groups is not None
    assert len(set(groups)) == PEOPLE * VIEWS
