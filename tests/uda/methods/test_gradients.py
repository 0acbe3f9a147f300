"""Every loss moves the backbone, in the direction it should."""

from __future__ import annotations

import pytest
import torch
from reid_models import build as build_model

from uda import config, methods
from uda.losses.adversarial import reversal_strength
from uda.methods.contract import LabelledBatch, Method, UnlabelledBatch
from uda.methods.pseudo_label import PseudoLabel
from uda.methods.synthetic_to_real import SyntheticToReal
from uda.methods.two_domains import both_domains


@pytest.fixture
def batches() -> tuple[LabelledBatch, UnlabelledBatch]:
    generator = torch.Generator().manual_seed(0)
    source = torch.randn(6, 2, 3, 32, 16, generator=generator)
    target = 0.5 + torch.randn(5, 2, 3, 32, 16, generator=generator)
    labels = torch.tensor([0, 0, 1, 1, 2, 2])
    return LabelledBatch(source, labels, torch.zeros(6)), UnlabelledBatch(
        target, torch.arange(5), torch.zeros(5)
    )


def unlabelled(clips: torch.Tensor) -> UnlabelledBatch:
    return UnlabelledBatch(clips, torch.arange(len(clips)), torch.zeros(len(clips)))


def build(settings: config.SourceLosses, model: str) -> Method:
    torch.manual_seed(0)
    student = build_model(model, 3)
    return methods.build(settings, student, 5).train()


def into_backbone(loss: torch.Tensor, method: Method) -> torch.Tensor:
    weights = list(method.student.backbone.parameters())  # type: ignore[union-attr]
    gradients = torch.autograd.grad(loss, weights, retain_graph=True, allow_unused=True)
    return torch.cat([g.flatten() for g in gradients if g is not None])


@pytest.mark.parametrize("statistics", ["target", "joint"])
def test_every_loss_reaches_the_backbone(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch], statistics: str
) -> None:
    settings = config.SyntheticToReal.model_validate({"hidden": 8, "statistics": statistics})
    method = build(settings, tiny)
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
    whole = build(config.SyntheticToReal(hidden=8), tiny).losses(*batches, progress=0.5)
    without = config.SyntheticToReal.model_validate({"hidden": 8, **parts})
    terms = build(without, tiny).losses(*batches, progress=0.5)
    losses = [{n for n, term in each.items() if term.requires_grad} for each in (whole, terms)]
    assert losses[0] - losses[1] == gone
    assert terms["loss"].isfinite()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (config.Dann(hidden=8), {"domain_frame", "domain_video"}),
        (config.MeanTeacher(), {"consistency"}),
        (config.PseudoLabel(), {"pseudo_identity", "pseudo_soft", "pseudo_triplet"}),
    ],
    ids=["dann", "mean_teacher", "pseudo_label"],
)
def test_the_losses_of_the_controls_reach_the_backbone(
    tiny: str,
    batches: tuple[LabelledBatch, UnlabelledBatch],
    settings: config.SourceLosses,
    expected: set[str],
) -> None:
    method = build(settings, tiny)
    if isinstance(method, PseudoLabel):
        group(method, [0, 0, 1, 1, 1])
    with torch.no_grad():  # a teacher equal to the student would have nothing to say
        for weight in method.student.parameters():
            weight.mul_(1.1)
    terms = method.losses(*batches, progress=0.5)
    named = {name for name, term in terms.items() if term.requires_grad}
    assert named == {"loss", "identity", "triplet"} | expected
    for name in named:
        assert into_backbone(terms[name], method).norm() > 1e-7, name


def group(method: PseudoLabel, groups: list[int]) -> None:
    method.groups.copy_(torch.tensor(groups))
    centroids = torch.randn(method.clusters, method.centroids.shape[1])
    method.centroids = torch.nn.functional.normalize(centroids, dim=1)


@pytest.mark.parametrize("level", ["frame", "video", "mixture"])
def test_domain_gradients_arrive_reversed(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch], level: str
) -> None:
    method = build(config.SyntheticToReal(hidden=8), tiny)
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
    method = build(config.SyntheticToReal(hidden=8), tiny)
    terms = method.losses(*batches, progress=0.0)
    assert reversal_strength(0.0) == 0
    assert into_backbone(terms["domain_frame"], method).norm() == 0
    assert "cluster_agreement" not in terms  # sets in later


def test_the_controls_ignore_target_gradients(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch]
) -> None:
    source_only = build(config.SourceOnly(), tiny).losses(batches[0], None, 0.5)
    adabn = build(config.AdaBN(), tiny).losses(*batches, progress=0.5)
    torch.testing.assert_close(source_only["loss"], adabn["loss"])


def test_target_statistics_are_the_ones_remembered(
    tiny: str, batches: tuple[LabelledBatch, UnlabelledBatch]
) -> None:
    for settings in (config.AdaBN(), config.SyntheticToReal(hidden=8)):
        method = build(settings, tiny)
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
    settings = config.SyntheticToReal(hidden=8, clusters=16)
    method = build(settings, tiny)
    for _ in range(3):
        terms = method.losses(
            batches[0],
            UnlabelledBatch(batches[1].clips[:2], torch.arange(2), torch.zeros(2)),
            progress=0.9,
        )
        assert terms["loss"].isfinite()
