"""Coarse and fine groups, their refined labels, and what each loss reaches."""

from __future__ import annotations

import logging
import math
from typing import Any

import pytest
import torch
from reid_models import build as build_model
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.clustering.transport import transported
from uda.errors import ConfigError
from uda.losses.circle import circle_loss
from uda.methods.glt import Glt
from uda.recipes import load

PEOPLE, VIEWS = 4, 4
N = PEOPLE * VIEWS


def build(tiny: str, tracklets: int = N, **settings: Any) -> Glt:
    torch.manual_seed(0)
    chosen: dict[str, Any] = {"start": 0.2, "refresh": 0.4, "groups": [2, 4, 6]}
    labels = {"identity": torch.tensor([0, 0, 1, 2, 2])}
    method = built("glt", build_model(tiny, 3), tracklets, labels, **chosen | settings)
    assert isinstance(method, Glt)
    return method


def crowds(method: Glt) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    means = torch.randn(PEOPLE, method.facts.video, generator=generator)
    means = means.repeat_interleave(VIEWS, 0)
    return F.normalize(means + 0.05 * torch.randn(means.shape, generator=generator))


def grouped(tiny: str, **settings: Any) -> Glt:
    method = build(tiny, **settings)
    method.begin_epoch(0.2, lambda model: crowds(method))
    return method


def pair() -> tuple[Any, Any]:
    clips = torch.randn(12, 2, 3, 32, 16, generator=torch.manual_seed(5))
    return labelled(clips[:6], [0, 0, 1, 1, 2, 2]), unlabelled(clips[6:], [0, 1, 4, 5, 8, 9])


def test_k_means_groups_coarse_and_fine(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.1, lambda model: pytest.fail("asked for features"))
    assert method.target_groups() is None
    asked = []
    method.begin_epoch(0.2, lambda model: asked.append(model) or crowds(method))
    assert asked == [method.teacher.model]
    drawn = method.labels[1].view(PEOPLE, VIEWS)
    assert (drawn == drawn[:, :1]).all()
    assert len(drawn.unique()) == PEOPLE
    assert method.target_groups() == method.labels[1].tolist()
    assert len(method.labels[0].unique()) == 2
    assert len(method.labels[2].unique()) == 6
    features = crowds(method)
    own = torch.stack([features[method.labels[1] == g].sum(0) for g in range(4)])
    torch.testing.assert_close(method.heads.detach()[2:6], F.normalize(own))
    assert torch.equal(method.taught_heads, method.heads)


def test_between_groupings_the_teachers_heads_refine_all_labels(tiny: str) -> None:
    method = grouped(tiny)
    with torch.no_grad():
        method.taught_heads.add_(0.3 * torch.randn_like(method.taught_heads))
    features = crowds(method)
    before = method.labels.clone()
    method.begin_epoch(0.3, lambda model: features)
    scores = (features @ method.taught_heads.T).split([2, 4, 6], dim=1)
    wanted = torch.stack([transported(own).labels() for own in scores])
    assert torch.equal(method.labels, wanted)
    assert not torch.equal(method.labels, before)
    share = (wanted != before).float().mean()
    assert method.moved == share
    assert method.losses(*pair(), 0.3)["labels_moved"] == share
    method.begin_epoch(0.6, lambda model: features)
    assert torch.equal(method.labels, before), "k-means again"


def test_refinement_takes_a_label_from_a_group_that_has_too_many(tiny: str) -> None:
    """Two groups of a target of four. All are nearer to head 0, by odds 32, 16, 4 and 2: halves are
    the first two, and the last two (tests of the transport have the numbers)."""
    method = build(tiny, tracklets=4, groups=[2], drawn_by=0, sharpness=1.0)
    size = method.facts.video
    features = torch.zeros(4, size)
    for row, odds in enumerate((32, 16, 4, 2)):
        features[row, 0] = math.log(odds) / 4  # of length 1 with what nobody weighs
        features[row, 1] = math.sqrt(1 - features[row, 0] ** 2)
    method.begin_epoch(0.2, lambda model: features)
    with torch.no_grad():
        method.taught_heads.zero_()
        method.taught_heads[0, 0] = 4
    assert (features @ method.taught_heads.T).argmax(1).tolist() == [0, 0, 0, 0]
    method.begin_epoch(0.3, lambda model: features)
    assert method.target_groups() == [0, 0, 1, 1]


def test_the_loss_and_its_terms(tiny: str) -> None:
    method = grouped(tiny).eval()
    source, target = pair()
    with torch.no_grad():
        seen = method.student(target.clips)
        people = F.normalize(method.student(source.clips).embedding)
    which, heads = target.tracklets, method.heads.detach().split([2, 4, 6])
    each = [
        F.cross_entropy(seen.embedding @ head.T, labels[which])
        for head, labels in zip(heads, method.labels, strict=True)
    ]
    means = F.normalize(people.view(3, 2, -1).mean(1))
    held = torch.cat([means, crowds(method)])
    own = torch.cat([torch.arange(3), method.labels[1] + 3])
    same = (method.labels[1][which] + 3)[:, None] == own
    near = circle_loss(F.normalize(seen.embedding) @ held.T, same, ~same)
    known = torch.arange(3).repeat_interleave(2)[:, None] == torch.arange(3)
    centre = circle_loss(people @ means.T, known, ~known)
    terms = method.losses(source, target, 0.2)
    torch.testing.assert_close(terms["pseudo_identity"], sum(each) / 3)
    torch.testing.assert_close(terms["contrast_target"], near)
    torch.testing.assert_close(terms["contrast_source"], centre)
    total = terms["pseudo_identity"] + terms["pseudo_triplet"] + (near + centre) / 18
    torch.testing.assert_close(terms["loss"], total)


def test_what_the_authors_code_trains(tiny: str) -> None:
    method = grouped(tiny, trained_heads="first", contrast_weight=0.0)
    terms = method.losses(*pair(), 0.2)
    assert not any("contrast" in name for name in terms)
    terms["loss"].backward()
    assert method.heads.grad is not None
    assert method.heads.grad[:2].abs().sum() > 0
    assert (method.heads.grad[2:] == 0).all()


def test_gradients_reach_student_and_heads_but_no_memory_and_no_teacher(tiny: str) -> None:
    method = grouped(tiny)
    terms = method.losses(*pair(), 0.2)
    weights = [weight for weight in method.student.backbone.parameters() if weight.requires_grad]
    for name in ("pseudo_identity", "pseudo_triplet", "contrast_target", "contrast_source"):
        found = torch.autograd.grad(terms[name], weights, retain_graph=True, allow_unused=True)
        assert sum(float(g.abs().sum()) for g in found if g is not None) > 0, name
    terms["loss"].backward()
    assert method.heads.grad is not None
    assert method.heads.grad.abs().sum(1).gt(0).all()
    assert all(weight.grad is None for weight in method.teacher.parameters())
    assert not method.memory.tracklets.requires_grad


def test_the_memory_follows_the_batch_and_begins_anew_with_every_grouping(tiny: str) -> None:
    method = grouped(tiny)
    features = crowds(method)
    torch.testing.assert_close(method.memory.tracklets, features)
    source, target = pair()
    method.losses(source, target, 0.2)
    seen = set(target.tracklets.tolist())
    for row in range(N):
        assert torch.equal(method.memory.tracklets[row], features[row]) == (row not in seen)
    method.begin_epoch(0.6, lambda model: features)
    torch.testing.assert_close(method.memory.tracklets, features)


def test_heads_are_taught_as_the_teacher_is(tiny: str) -> None:
    method = grouped(tiny, ema_decay=0.5)
    before = method.taught_heads.clone()
    with torch.no_grad():
        method.heads += 1
    method.after_step()
    torch.testing.assert_close(method.taught_heads, before + 0.5)


@pytest.mark.parametrize(
    ("tracklets", "wanted"),
    [
        (1600, (600, 700, 800)),
        (800, (300, 350, 400)),
        (9, (3, 4, 4)),
        (4, (2, 2, 2)),
        (3, (1, 1, 1)),
    ],
)
def test_fewer_tracklets_have_fewer_groups_in_proportion(
    tracklets: int, wanted: tuple[int, ...]
) -> None:
    assert load("glt").method.sizes(tracklets) == wanted


def test_more_groups_than_tracklets_are_scaled_down_and_it_is_said(
    tiny: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny, groups=[600, 700, 800])
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.2, lambda model: crowds(method))
    assert "too many for 16 target tracklets: [6, 7, 8] it is" in caplog.text
    assert method.target_groups() is not None
    assert method.losses(*pair(), 0.2)["loss"].isfinite()


def test_an_empty_group_is_no_class_until_the_refinement_fills_it(tiny: str) -> None:
    """Three different features in four groups: one has no members, yet all weigh the same."""
    method = build(tiny, groups=[4], drawn_by=0)
    features = F.normalize(torch.eye(method.facts.video)[torch.arange(N) % 3])
    method.begin_epoch(0.2, lambda model: features)
    assert len(method.labels[0].unique()) == 3
    (empty,) = set(range(4)) - set(method.labels[0].tolist())
    assert (method.heads[empty] == 0).all()
    assert method.losses(*pair(), 0.2)["loss"].isfinite()
    method.begin_epoch(0.3, lambda model: features)
    assert method.labels[0].min() >= 0
    assert method.losses(*pair(), 0.3)["loss"].isfinite()


@pytest.mark.parametrize("tracklets", [1, 3])
def test_a_target_too_small_trains_on_the_source_and_says_so(
    tiny: str, tracklets: int, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny, tracklets=tracklets)
    features = F.normalize(torch.randn(tracklets, method.facts.video))
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.2, lambda model: features)
    assert "trains on the source" in caplog.text
    assert method.target_groups() is None
    source, _ = pair()
    clips = torch.randn(2, 2, 3, 32, 16)
    terms = method.losses(source, unlabelled(clips, [0, 0]), 0.2)
    torch.testing.assert_close(terms["loss"], terms["identity"] + terms["triplet"])


def test_one_group_alone_trains_on_the_source(tiny: str) -> None:
    method = build(tiny)
    same = F.normalize(torch.ones(N, method.facts.video))
    method.begin_epoch(0.2, lambda model: same)
    assert method.target_groups() is None


@pytest.mark.parametrize(
    ("override", "phrase"),
    [
        ("method.drawn_by=3", "one of method.groups, counted from 0, but there are 3"),
        ("method.groups=[600,1]", "greater than or equal to 2"),
        ("method.groups=[]", "at least 1 item"),
    ],
)
def test_settings_that_make_no_sense_are_refused(override: str, phrase: str) -> None:
    with pytest.raises(ConfigError, match=phrase):
        load("glt", [override])
