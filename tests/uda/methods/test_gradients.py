"""Every loss moves the backbone, in the direction it should."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from reid_models import build as build_model

from tests.uda.methods.built import built, labelled, unlabelled
from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.losses.adversarial import reversal_strength
from uda.methods.contract import Method
from uda.methods.parts.two_domains import both_domains
from uda.methods.pseudo_label import PseudoLabel
from uda.methods.synthetic_to_real import SyntheticToReal


@pytest.fixture
def batches() -> tuple[LabelledBatch, UnlabelledBatch]:
    generator = torch.Generator().manual_seed(0)
    source = torch.randn(6, 2, 3, 32, 16, generator=generator)
    target = 0.5 + torch.randn(5, 2, 3, 32, 16, generator=generator)
    return labelled(source, [0, 0, 1, 1, 2, 2]), unlabelled(target)


def build(model: str, name: str, **settings: Any) -> Method:
    """``name`` on a student of three people, for five target tracklets."""
    torch.manual_seed(0)
    return built(name, build_model(model, 3), 5, **settings)


def into_backbone(loss: torch.Tensor, method: Method) -> torch.Tensor:
    weights = list(method.student.backbone.parameters())  # type: ignore[union-attr]
    gradients = torch.autograd.grad(loss, weights, retain_graph=True, allow_unused=True)
    return torch.cat([g.flatten() for g in gradients if g is not None])


@pytest.mark.parametrize("statistics", ["target", "joint"])
def test_every_loss_reaches_the_backbone(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch], statistics: str
) -> None:
    # Fewer clusters than clips: student and teacher are equal, and each pair would be a cluster.
    method = build(tiny, "synthetic_to_real", hidden=8, statistics=statistics, clusters=3)
    terms = method.losses(*batches, progress=0.5)
    named = {name for name, term in terms.items() if term.requires_grad}
    assert named == {
        "loss",
        "identity",
        "triplet",
        "domain_frame",
        "domain_video",
        "domain_mixture",
        "cluster_agreement",
        "cluster_distance",
    }
    for name in named:
        assert into_backbone(terms[name], method).norm() > 1e-6, name


@pytest.mark.parametrize(
    ("parts", "gone"),
    [
        ({"mixture_domain": False}, {"domain_mixture"}),
        ({"cluster_agreement": False}, {"cluster_agreement"}),
        ({"cluster_distance": False}, {"cluster_distance"}),
        (
            {"frame_domain": False, "video_domain": False, "mixture_domain": False},
            {"domain_frame", "domain_video", "domain_mixture"},
        ),
        (
            {"cluster_agreement": False, "cluster_distance": False},
            {"cluster_agreement", "cluster_distance"},
        ),
    ],
)
def test_each_part_can_be_switched_off(
    tiny: str,
    batches: tuple[LabelledBatch, UnlabelledBatch],
    parts: dict[str, bool],
    gone: set[str],
) -> None:
    whole = build(tiny, "synthetic_to_real", hidden=8).losses(*batches, progress=0.5)
    without = build(tiny, "synthetic_to_real", hidden=8, **parts)
    terms = without.losses(*batches, progress=0.5)
    losses = [{n for n, term in each.items() if term.requires_grad} for each in (whole, terms)]
    assert losses[0] - losses[1] == gone
    assert terms["loss"].isfinite()


@pytest.mark.parametrize(
    "name", ["source_only", "adabn", "dann", "mean_teacher", "pseudo_label", "synthetic_to_real"]
)
def test_softmax_alone_has_no_gradient_of_triplets(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch], name: str
) -> None:
    """Half the weight halves the triplets' part of the gradient; none leaves it out."""
    gradients = {}
    for weight in (0.0, 0.5, 1.0):
        settings = {"learn_weights": False} if name == "synthetic_to_real" else {}
        method = build(tiny, name, triplet_weight=weight, **settings)
        terms = method.losses(*batches, progress=0.0)
        assert terms["triplet"].requires_grad == (weight > 0)
        assert terms["triplet"] > 0
        gradients[weight] = into_backbone(terms["loss"], method)
    part = gradients[1.0] - gradients[0.0]
    assert part.norm() > 1e-3
    torch.testing.assert_close(gradients[0.5] - gradients[0.0], part / 2, atol=1e-4, rtol=1e-2)


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("dann", {"hidden": 8}, {"domain_frame", "domain_video"}),
        ("mean_teacher", {}, {"consistency"}),
        ("pseudo_label", {}, {"pseudo_identity", "pseudo_soft", "pseudo_triplet"}),
    ],
)
def test_the_losses_of_the_controls_reach_the_backbone(
    tiny: str,
    batches: tuple[LabelledBatch, UnlabelledBatch],
    name: str,
    settings: dict[str, int],
    expected: set[str],
) -> None:
    method = build(tiny, name, **settings)
    if isinstance(method, PseudoLabel):
        group(method, [0, 0, 1, 1, 1])
    with torch.no_grad():  # a teacher equal to the student would have nothing to say
        for weight in method.student.parameters():
            weight.mul_(1.1)
    terms = method.losses(*batches, progress=0.5)
    named = {name for name, term in terms.items() if term.requires_grad}
    assert named == {"loss", "identity", "triplet"} | expected
    for term in named:
        assert into_backbone(terms[term], method).norm() > 1e-7, term


def group(method: PseudoLabel, groups: list[int]) -> None:
    method.groups.copy_(torch.tensor(groups))
    method.found.set(max(groups) + 1)
    centroids = torch.randn(method.clusters, method.centroids.shape[1])
    method.centroids = torch.nn.functional.normalize(centroids, dim=1)


@pytest.mark.parametrize("level", ["frame", "video", "mixture"])
def test_domain_gradients_arrive_reversed(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch], level: str
) -> None:
    method = build(tiny, "synthetic_to_real", hidden=8)
    assert isinstance(method, SyntheticToReal)
    method.confusion.eval()  # no dropout
    source, target = both_domains(method.student, *batches)
    torch.manual_seed(4)
    reversed_ = method.confusion(source, target, 0.3)[f"domain_{level}"]
    # The same without the ramp's reversal: a strength of -1 leaves gradients as they are.
    torch.manual_seed(4)  # the same videos are stitched
    plain = method.confusion(source, target, -1.0)[f"domain_{level}"]
    torch.testing.assert_close(reversed_, plain)
    gradient = into_backbone(plain, method)
    torch.testing.assert_close(into_backbone(reversed_, method), -0.3 * gradient)


def test_domains_are_not_confused_before_the_ramp_starts(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch]
) -> None:
    method = build(tiny, "synthetic_to_real", hidden=8)
    terms = method.losses(*batches, progress=0.0)
    assert reversal_strength(0.0) == 0
    assert into_backbone(terms["domain_frame"], method).norm() == 0
    assert "cluster_agreement" not in terms  # sets in later


def test_the_controls_ignore_target_gradients(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch]
) -> None:
    source_only = build(tiny, "source_only").losses(batches[0], None, 0.5)
    adabn = build(tiny, "adabn").losses(*batches, progress=0.5)
    torch.testing.assert_close(source_only["loss"], adabn["loss"])


def test_target_statistics_are_the_ones_remembered(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch]
) -> None:
    for method in (build(tiny, "adabn"), build(tiny, "synthetic_to_real", hidden=8)):
        norm = method.student.backbone[1]  # type: ignore[union-attr,index]
        with torch.no_grad():
            images = batches[1].clips.flatten(0, 1)
            mean = method.student.backbone[0](images).mean((0, 2, 3))  # type: ignore[union-attr,index]
        method.losses(*batches, progress=0.5)
        torch.testing.assert_close(norm.running_mean, 0.1 * mean)
        assert norm.track_running_stats


def test_fewer_target_clips_than_clusters_are_enough(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch]
) -> None:
    method = build(tiny, "synthetic_to_real", hidden=8, clusters=16)
    for _ in range(3):
        terms = method.losses(batches[0], unlabelled(batches[1].clips[:2]), progress=0.9)
        assert terms["loss"].isfinite()
