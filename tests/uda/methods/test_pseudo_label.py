"""Clusters of the target stand in for identities; they come from features alone."""

from __future__ import annotations

import logging

import pytest
import torch
from reid_models import build as build_model
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.methods.pseudo_label import PseudoLabel

PEOPLE, VIEWS = 4, 5


def build(tiny: str, tracklets: int = PEOPLE * VIEWS, **settings: float) -> PseudoLabel:
    torch.manual_seed(0)
    chosen = {"min_samples": 3, "k1": 4, "k2": 2} | settings
    method = built("pseudo_label", build_model(tiny, 3), tracklets, **chosen)
    assert isinstance(method, PseudoLabel)
    return method


def crowds(method: PseudoLabel) -> torch.Tensor:
    """Features of PEOPLE, VIEWS each, one after another."""
    generator = torch.Generator().manual_seed(1)
    size = method.facts.video
    means = torch.randn(PEOPLE, size, generator=generator).repeat_interleave(VIEWS, 0)
    return F.normalize(means + 0.05 * torch.randn(means.shape, generator=generator))


def test_people_are_grouped_and_remembered(tiny: str) -> None:
    method = build(tiny)
    features = crowds(method)
    method.begin_epoch(0.5, lambda model: features)
    assert method.groups.tolist() == [person for person in range(PEOPLE) for _ in range(VIEWS)]
    means = F.normalize(features.view(PEOPLE, VIEWS, -1).mean(1))
    torch.testing.assert_close(method.centroids[:PEOPLE], means)
    assert method.target_groups() == method.groups.tolist()


def test_before_its_start_the_target_is_not_grouped(tiny: str) -> None:
    method = build(tiny, start=0.6)
    method.begin_epoch(0.5, lambda model: pytest.fail("asked for features"))
    assert method.target_groups() is None


def test_features_come_from_the_teacher(tiny: str) -> None:
    method = build(tiny)
    asked = []
    method.begin_epoch(0.5, lambda model: asked.append(model) or crowds(method))
    assert asked == [method.teacher.model]


@pytest.mark.parametrize("features", ["all alike", "all outliers"])
def test_a_clustering_without_two_groups_trains_on_the_source_and_says_so(
    tiny: str, features: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny, min_samples=2 if features == "all alike" else 20)
    n, size = PEOPLE * VIEWS, method.facts.video
    seen = F.normalize(torch.ones(n, size)) if features == "all alike" else crowds(method)
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.5, lambda model: seen)
    assert method.target_groups() is None
    assert "this epoch trains on the source alone" in caplog.text
    clips = torch.randn(4, 2, 3, 32, 16)
    terms = method.losses(labelled(clips, [0, 0, 1, 1]), unlabelled(clips), 0.5)
    torch.testing.assert_close(terms["loss"], terms["identity"] + terms["triplet"])


def test_the_memory_follows_its_clusters(tiny: str) -> None:
    method = build(tiny, momentum=0.2)
    method.begin_epoch(0.5, lambda model: crowds(method))
    before = method.centroids.clone()
    embedding = torch.randn(4, method.facts.video)
    method._remember(torch.tensor([0, 2, 2, 0]), embedding)
    unit = F.normalize(embedding)
    for cluster, members in {0: [0, 3], 2: [1, 2]}.items():
        mean = F.normalize(unit[members].mean(0), dim=0)
        expected = F.normalize(0.2 * before[cluster] + 0.8 * mean, dim=0)
        torch.testing.assert_close(method.centroids[cluster], expected)
    assert torch.equal(method.centroids[[1, 3]], before[[1, 3]])


def test_its_losses_are_the_published_ones(tiny: str) -> None:
    """Softmax over similarities to clusters, hard and soft (SpCL, Eq. 1; MMT, Eq. 6)."""
    method = build(tiny, soft_weight=0.3)
    method.begin_epoch(0.5, lambda model: crowds(method))
    centroids = method.centroids[:PEOPLE].clone()
    clips = torch.randn(4, 2, 3, 32, 16)
    method.student.eval()
    method.teacher.eval()
    embedding = F.normalize(method.student(clips).embedding)
    taught = F.normalize(method.teacher(clips.flip(-1)).embedding)
    seen = unlabelled(clips, tracklets=[0, 1, 5, 6])
    terms = method.losses(labelled(clips, [0, 0, 1, 1]), seen, 0.5)
    hard, soft = 0.0, 0.0
    for i, group in enumerate([0, 0, 1, 1]):
        mine = torch.log_softmax(centroids @ embedding[i] / 0.05, 0)
        theirs = torch.softmax(centroids @ taught[i] / 0.05, 0)
        hard -= mine[group] / 4
        soft -= (theirs * mine).sum() / 4
    torch.testing.assert_close(terms["pseudo_identity"], hard)
    torch.testing.assert_close(terms["pseudo_soft"], soft)
    expected = terms["identity"] + terms["triplet"] + terms["pseudo_triplet"]
    torch.testing.assert_close(terms["loss"], expected + 0.7 * hard + 0.3 * soft)
