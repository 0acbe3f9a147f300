"""Two students learn from each other's teachers."""

from __future__ import annotations

import logging

import pytest
import torch
from reid_models import build as build_model
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.methods.mmt import Mmt

PEOPLE, VIEWS = 3, 4


def build(tiny: str, **settings: float) -> Mmt:
    torch.manual_seed(0)
    chosen = {"start": 0.0, "min_samples": 3, "k1": 3, "k2": 2} | settings
    labels = {"identity": torch.tensor([0, 0, 1, 2, 2])}
    method = built("mmt", build_model(tiny, 3), PEOPLE * VIEWS, labels, **chosen)
    assert isinstance(method, Mmt)
    return method


def crowds(method: Mmt, seed: int = 1) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    size = method.facts.video
    means = torch.randn(PEOPLE, size, generator=torch.manual_seed(0)).repeat_interleave(VIEWS, 0)
    return F.normalize(means + 0.05 * torch.randn(means.shape, generator=generator))


def grouped(tiny: str, **settings: float) -> Mmt:
    method = build(tiny, **settings)
    method.begin_epoch(0.5, lambda model: crowds(method))
    return method


def batch() -> tuple[torch.Tensor, list[int]]:
    return torch.randn(6, 2, 3, 32, 16, generator=torch.manual_seed(5)), [0, 1, 4, 5, 8, 9]


def test_both_teachers_are_asked_and_their_mean_is_grouped(tiny: str) -> None:
    method = build(tiny)
    asked, seen = [], iter((crowds(method, 1), crowds(method, 2)))
    method.begin_epoch(0.5, lambda model: asked.append(model) or next(seen))
    assert asked == [method.teacher.model, method.peer_teacher.model]
    assert method.groups.tolist() == [person for person in range(PEOPLE) for _ in range(VIEWS)]
    features = F.normalize(crowds(method, 1) + crowds(method, 2))
    means = F.normalize(features.view(PEOPLE, VIEWS, -1).mean(1))
    for classes in (*method.classes, *method.taught_classes):
        torch.testing.assert_close(classes[:PEOPLE], means)


def test_before_its_start_both_students_learn_the_source(tiny: str) -> None:
    method = build(tiny, start=0.6)
    method.begin_epoch(0.5, lambda model: pytest.fail("asked for features"))
    assert method.target_groups() is None
    clips, which = batch()
    terms = method.losses(labelled(clips, [0, 0, 1, 1, 2, 2]), unlabelled(clips, which), 0.5)
    terms["loss"].backward()
    for student in (method.student, method.peer):
        learning = [weight.grad for weight in student.parameters() if weight.requires_grad]
        assert any(grad is not None and grad.abs().sum() > 0 for grad in learning)
    own, other = (dict(student.named_parameters()) for student in (method.student, method.peer))
    differing = [name for name in own if not torch.equal(own[name], other[name])]
    assert differing, "the peer's classifier is its own"
    assert all("classifier" in name for name in differing)


def test_of_the_peer_only_the_classifier_begins_anew(tiny: str) -> None:
    """Not another layer that happens to be as wide as there are people."""
    student = build_model(tiny, 256, temporal="attention")
    assert student.temporal.reduce.out_features == 256
    method = built("mmt", student, 4, {"identity": torch.arange(256)})
    own, other = (dict(s.named_parameters()) for s in (method.student, method.peer))
    differing = [name for name in own if not torch.equal(own[name], other[name])]
    assert differing == ["head.classifier.weight"]


def test_soft_labels_are_of_the_peers_teacher(tiny: str) -> None:
    """Without hard labels a student's loss falls by learning what the other's teacher says."""
    method = grouped(tiny, soft_weight=1.0, soft_triplet_weight=1.0).eval()
    clips, which = batch()
    source = labelled(clips, [0, 0, 1, 1, 2, 2])
    with torch.no_grad():
        for weight in method.peer_teacher.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
        features = method.peer_teacher.model(clips.flip(-1)).embedding
        seen = method.student(clips).embedding
        peers = method.peer(clips.flip(-1)).embedding
        own = method.teacher.model(clips).embedding
    terms = method.losses(source, unlabelled(clips, which), 0.6)
    count = int(method.found)
    classes = method.classes.detach()[:, :count]
    wanted = sum(
        -((taught @ classes[0].T).softmax(1) * (student @ classes[0].T).log_softmax(1))
        .sum(1)
        .mean()
        for student, taught in ((seen, features), (peers, own))
    )
    torch.testing.assert_close(terms["pseudo_soft"].detach(), wanted)
    torch.testing.assert_close(terms["loss"], terms["pseudo_soft"] + terms["pseudo_triplet_soft"])


def test_groups_are_smoothed_as_the_authors_smooth_them(tiny: str) -> None:
    """CrossEntropyLabelSmooth with epsilon 0.1, of MMT's trainer: over the groups there are."""
    method = grouped(tiny, smoothing=0.1).eval()
    clips, which = batch()
    with torch.no_grad():
        seen = method.student(clips).embedding, method.peer(clips.flip(-1)).embedding
    terms = method.losses(labelled(clips, [0] * 6), unlabelled(clips, which), 0.6)
    count = int(method.found)
    wanted = 0.0
    for embedding, classes in zip(seen, method.classes.detach(), strict=True):
        logs = (embedding @ classes[:count].T).log_softmax(1)
        for clip, own in zip(logs, [0, 0, 1, 1, 2, 2], strict=True):
            wanted -= sum((0.1 / 3 + 0.9 * (g == own)) * float(clip[g]) for g in range(3)) / 6
    assert terms["pseudo_identity"].item() == pytest.approx(wanted, rel=1e-5)


def test_gradients_reach_students_and_classifiers_but_no_teacher(tiny: str) -> None:
    method = grouped(tiny)
    clips, which = batch()
    method.losses(labelled(clips, [0, 0, 1, 1, 2, 2]), unlabelled(clips, which), 0.6)[
        "loss"
    ].backward()
    for student in (method.student, method.peer):
        backbone = [weight.grad for weight in student.backbone.parameters() if weight.requires_grad]
        assert all(grad is not None for grad in backbone)
    assert method.classes.grad is not None
    assert method.classes.grad[:, : int(method.found)].abs().sum(2).gt(0).all()
    for teacher in (method.teacher, method.peer_teacher):
        assert all(weight.grad is None for weight in teacher.parameters())


def test_teachers_follow_with_their_classifiers(tiny: str) -> None:
    method = grouped(tiny, ema_decay=0.5)
    before = method.taught_classes.clone()
    with torch.no_grad():
        method.classes += 1
    method.after_step()
    torch.testing.assert_close(method.taught_classes, before + 0.5)


def test_one_group_trains_on_the_source_and_says_so(
    tiny: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny, min_samples=12)
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.5, lambda model: crowds(method))
    assert method.target_groups() is None
    assert "trains on the source" in caplog.text
