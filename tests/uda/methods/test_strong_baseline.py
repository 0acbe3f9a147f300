"""The source first, then groups of the target with a class for each."""

from __future__ import annotations

import logging
import math
from typing import Any

import pytest
import torch
from reid_models import build as build_model
from reid_models.domain_norm import DomainBatchNorm
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.methods.parts.two_domains import of_source
from uda.methods.strong_baseline import StrongBaseline

PEOPLE, VIEWS = 3, 4
N = PEOPLE * VIEWS


def build(tiny: str, norm: str = "dsbn", **settings: Any) -> StrongBaseline:
    torch.manual_seed(0)
    chosen = {"start": 0.2, "refresh": 0.1, "min_samples": 3, "k1": 3, "k2": 2} | settings
    method = built("strong_baseline", build_model(tiny, 3, norm=norm), N, **chosen)
    assert isinstance(method, StrongBaseline)
    return method


def crowds(method: StrongBaseline) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    means = torch.randn(PEOPLE, method.facts.video, generator=generator)
    means = means.repeat_interleave(VIEWS, 0)
    return F.normalize(means + 0.05 * torch.randn(means.shape, generator=generator))


def pair(seed: int = 5) -> tuple[Any, Any]:
    clips = torch.randn(12, 2, 3, 32, 16, generator=torch.manual_seed(seed))
    return labelled(clips[:6], [0, 0, 1, 1, 2, 2]), unlabelled(clips[6:], [0, 1, 4, 5, 8, 9])


def test_groups_are_found_from_the_start_on_and_when_due(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.1, lambda model: pytest.fail("asked for features"))
    assert method.target_groups() is None
    asked = []
    method.begin_epoch(0.2, lambda model: asked.append(model) or crowds(method))
    assert asked == [method.teacher.model]
    assert method.target_groups() == [p for p in range(PEOPLE) for _ in range(VIEWS)]
    means = F.normalize(crowds(method).view(PEOPLE, VIEWS, -1).sum(1))
    torch.testing.assert_close(method.classes.detach()[:PEOPLE], means)
    method.begin_epoch(0.29, lambda model: pytest.fail("not due yet"))
    method.begin_epoch(0.3, lambda model: asked.append(model) or crowds(method))
    assert len(asked) == 2


def test_before_that_the_source_is_learned_and_target_norms_follow(tiny: str) -> None:
    method = build(tiny)
    source, target = pair()
    terms = method.losses(source, target, 0.0)
    torch.testing.assert_close(terms["loss"], terms["identity"] + terms["triplet"])
    terms["loss"].backward()
    norm = next(m for m in method.student.modules() if isinstance(m, DomainBatchNorm))
    assert norm.source.weight.grad is not None
    assert norm.target.weight.grad is None
    assert norm.target.running_mean.abs().sum() > 0
    with torch.no_grad():
        norm.source.weight.add_(1.0)
    method.after_step()
    torch.testing.assert_close(norm.target.weight, norm.source.weight)
    assert not torch.equal(norm.target.running_mean, norm.source.running_mean)
    method.begin_epoch(0.2, lambda model: crowds(method))
    with torch.no_grad():
        norm.source.weight.add_(1.0)
    method.after_step()
    assert not torch.equal(norm.target.weight, norm.source.weight)


def test_the_source_triplets_ask_which_is_nearer(tiny: str) -> None:
    """Cross-entropy of "the negative is farther", by hand from features of length 1."""
    method = build(tiny)
    source, target = pair()
    people = source.labels["identity"].tolist()
    terms = method.losses(source, target, 0.0)
    again = build(tiny)
    points = F.normalize(of_source(again.student, source).video).tolist()
    total = 0.0
    for a, point in enumerate(points):
        distances = [math.dist(point, other) for other in points]
        far = max(d for d, p in zip(distances, people, strict=True) if p == people[a])
        near = min(d for d, p in zip(distances, people, strict=True) if p != people[a])
        total -= near - math.log(math.exp(far) + math.exp(near))
    assert terms["triplet"].item() == pytest.approx(total / len(points), rel=1e-4)


def test_then_the_target_alone_is_learned_from(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.2, lambda model: crowds(method))
    source, target = pair()
    terms = method.losses(source, target, 0.2)
    torch.testing.assert_close(terms["loss"], terms["pseudo_identity"] + terms["pseudo_triplet"])
    terms["loss"].backward()
    norm = next(m for m in method.student.modules() if isinstance(m, DomainBatchNorm))
    assert norm.target.weight.grad is not None
    assert norm.source.weight.grad is None
    assert method.classes.grad is not None
    assert method.classes.grad[:PEOPLE].abs().sum(1).gt(0).all()
    assert all(weight.grad is None for weight in method.teacher.parameters())
    classifier = [w for n, w in method.student.named_parameters() if "classifier" in n]
    assert classifier
    assert all(weight.grad is None for weight in classifier)


def test_its_classes_are_told_apart_by_a_cross_entropy(tiny: str) -> None:
    method = build(tiny, norm="bn").eval()
    method.begin_epoch(0.2, lambda model: crowds(method))
    source, target = pair()
    with torch.no_grad():
        embedding = method.student(target.clips).embedding
    logits = (embedding @ method.classes.detach()[:PEOPLE].T).tolist()
    wanted = 0.0
    for row, group in zip(logits, [0, 0, 1, 1, 2, 2], strict=True):
        wanted += math.log(sum(map(math.exp, row))) - row[group]
    found = method.losses(source, target, 0.2)["pseudo_identity"]
    assert found.item() == pytest.approx(wanted / 6, rel=1e-4)


def test_one_group_trains_on_the_source_and_is_looked_for_again(
    tiny: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny)
    same = F.normalize(torch.ones(N, method.facts.video))
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.2, lambda model: same)
    assert "trains on the source" in caplog.text
    assert method.target_groups() is None
    assert "identity" in method.losses(*pair(), 0.2)
    method.begin_epoch(0.21, lambda model: crowds(method))
    assert method.target_groups() is not None


@pytest.mark.parametrize("tracklets", [1, 2])
def test_a_target_too_small_to_group_trains_on_the_source(tiny: str, tracklets: int) -> None:
    method = built("strong_baseline", build_model(tiny, 3), tracklets, start=0.0)
    features = F.normalize(torch.randn(tracklets, method.facts.video))
    method.begin_epoch(0.0, lambda model: features)
    assert method.target_groups() is None
