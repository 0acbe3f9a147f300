"""Groups by features, and by features and times; what is remembered; how it is compared."""

from __future__ import annotations

import logging

import pytest
import torch
from reid_models import build as build_model
from torch.nn import functional as F

from tests.uda.methods.built import built, labelled, unlabelled
from uda.batches.batch import UnlabelledBatch
from uda.comparing.visual_temporal import VisualTemporal
from uda.methods.jvtc import Jvtc, JvtcPlus

PEOPLE, VIEWS = 4, 4
N = PEOPLE * VIEWS


WHICH = torch.arange(N)
SEEN = {"camera": WHICH % 2, "time": (WHICH // 2 * 100 + WHICH % 2 * 7) * 1000}
"""All target tracklets: cameras 0 and 1 in turn, seven seconds apart."""


def build(tiny: str, name: str = "jvtc_plus", timed: bool = True, **settings: float) -> Jvtc:
    torch.manual_seed(0)
    chosen = {"k1": 6, "k2": 2, "nearest_share": 0.4, "time_bin": 1.0, "time_spread": 0.1}
    seen = SEEN if timed else {"camera": SEEN["camera"]}
    method = built(name, build_model(tiny, 3), N, None, seen, **chosen | settings)
    assert isinstance(method, Jvtc)
    return method


def crowds(method: Jvtc) -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    means = torch.randn(PEOPLE, method.facts.video, generator=generator)
    means = means.repeat_interleave(VIEWS, 0)
    return F.normalize(means + 0.05 * torch.randn(means.shape, generator=generator))


def everybody() -> UnlabelledBatch:
    clips = torch.randn(N, 2, 3, 32, 16, generator=torch.manual_seed(5))
    return UnlabelledBatch(clips, SEEN, WHICH, tuple(SEEN["camera"].tolist()))


def source() -> torch.Tensor:
    return torch.randn(4, 2, 3, 32, 16, generator=torch.manual_seed(6))


def test_the_first_epoch_fills_the_memory_and_groups_nobody(tiny: str) -> None:
    method = build(tiny)
    features = crowds(method)
    method.begin_epoch(0.0, lambda model: features)
    torch.testing.assert_close(method.memory, features)
    assert method.groups.tolist() == list(range(N))
    method.begin_epoch(0.05, lambda model: pytest.fail("asked for features"))


def test_people_are_grouped_from_the_start_of_the_global_loss_on(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    method.begin_epoch(0.1, lambda model: crowds(method))
    groups = method.groups.view(PEOPLE, VIEWS)
    assert (groups == groups[:, :1]).all()
    assert len(groups.unique()) == PEOPLE
    method.begin_epoch(0.12, lambda model: pytest.fail("not due yet"))
    assert method.target_groups() == list(range(N))


def test_losses_and_their_weights(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    first = method.losses(labelled(source(), [0, 0, 1, 1]), everybody(), 0.05)
    torch.testing.assert_close(first["loss"], first["identity"] + first["local"])
    method.begin_epoch(0.1, lambda model: crowds(method))
    terms = method.losses(labelled(source(), [0, 0, 1, 1]), everybody(), 0.2)
    wanted = terms["identity"] + terms["local"] + 0.2 * terms["global"]
    torch.testing.assert_close(terms["loss"], wanted)
    weights = [weight for weight in method.student.backbone.parameters() if weight.requires_grad]
    for name in ("local", "global"):
        found = torch.autograd.grad(terms[name], weights, retain_graph=True, allow_unused=True)
        assert sum(float(g.abs().sum()) for g in found if g is not None) > 0, name


def test_the_memory_keeps_as_much_as_is_done(tiny: str) -> None:
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    before = method.memory.clone()
    features = torch.randn(3, method.facts.video, generator=torch.manual_seed(7))
    method._remember(torch.tensor([2, 2, 5]), features, 0.3)
    mean = F.normalize(F.normalize(features[:2], dim=1).sum(0), dim=0)
    torch.testing.assert_close(method.memory[2], 0.3 * before[2] + 0.7 * mean)
    assert torch.equal(method.memory[:2], before[:2])


def test_jvtc_plus_learns_when_people_are_where_and_compares_so(tiny: str) -> None:
    """Of tracklets that no batch has shown, too."""
    method = build(tiny)
    assert isinstance(method, JvtcPlus)
    method.begin_epoch(0.0, lambda model: crowds(method))
    method.begin_epoch(0.35, lambda model: crowds(method))
    compared = method.comparison()
    assert isinstance(compared, VisualTemporal)
    assert compared.transitions.cameras.tolist() == [0, 1]
    assert compared.transitions.likelihood[1, 0].argmax() == 7
    assert not compared.transitions.likelihood[0, 1].any()  # nobody goes back
    plain = build(tiny, "jvtc").comparison()
    assert plain.name == "cosine"


def test_times_are_learned_from_groups_by_features(tiny: str) -> None:
    """Found anew with the features that joint groups are found by, however wrong those were."""
    method = build(tiny)
    method.begin_epoch(0.0, lambda model: crowds(method))
    method.groups.zero_()
    method.begin_epoch(0.35, lambda model: crowds(method))
    looks = method.looks.view(PEOPLE, VIEWS)
    assert (looks == looks[:, :1]).all()
    assert len(looks.unique()) == PEOPLE
    assert len(method.groups.unique()) > 1
    before = method.comparison().transitions.likelihood
    method.groups.zero_()
    assert (method.comparison().transitions.likelihood == before).all()


def test_without_times_groups_are_by_features_which_is_said(
    tiny: str, caplog: pytest.LogCaptureFixture
) -> None:
    method = build(tiny, timed=False)
    method.begin_epoch(0.0, lambda model: crowds(method))
    with caplog.at_level(logging.WARNING):
        method.begin_epoch(0.35, lambda model: crowds(method))
    assert "groups are found by features alone" in caplog.text
    assert not method.transitions()


def test_one_tracklet_is_enough_to_go_on(tiny: str) -> None:
    torch.manual_seed(0)
    method = built("jvtc", build_model(tiny, 3), 1)
    method.begin_epoch(0.5, lambda model: torch.ones(1, method.facts.video))
    clips = source()
    terms = method.losses(labelled(clips, [0, 0, 1, 1]), unlabelled(clips[:2], [0, 0]), 0.5)
    assert terms["loss"].isfinite()
