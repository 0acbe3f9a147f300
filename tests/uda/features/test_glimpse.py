"""What clusters and pictures see of a target: one clip of each tracklet."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import load
from reid_datasets.clips import ClipDataset
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.transforms import TestTransform, normalise
from reid_models import build
from reid_models.domain_norm import DomainBatchNorm, from_plain

from tests.uda.miniature import settings
from uda.features import glimpse as glimpsing
from uda.features.glimpse import _by_camera, _spread, glimpse
from uda.features.statistics import estimate_statistics, statistics_restored


@pytest.mark.parametrize("count", [1, 3, 5])
def test_no_clip_is_left_alone_with_norms_by_camera(
    miniatures: tuple[Path, Path], count: int
) -> None:
    """A batch of one clip has no statistics; with batches of two one would be left over."""
    tracklets = [t.unlabelled() for t in load("mars", miniatures[1]).train[:count]]
    model = build("slim_resnet18", None, norm="cbn")
    how = settings("source_only", "evaluation.batch=2", "data.size=64x32")
    found, pictures = glimpse(model, tracklets, how, device=torch.device("cpu"), domain="target")
    assert found.shape == (count, 1024)
    assert len(pictures) == count
    torch.testing.assert_close(found.norm(dim=1), torch.ones(count))


def test_batches_are_of_one_camera_but_for_lone_clips() -> None:
    def batches(cameras: list[int], at_once: int) -> list[list[int]]:
        return [some for own in _by_camera(cameras) for some in _spread(own, at_once)]

    assert batches([3, 1, 3, 3, 1, 3, 3], 3) == [[0, 3, 6], [2, 5], [1, 4]]
    assert batches([1, 2, 3], 2) == [[0, 1, 2]]
    assert batches([1, 1, 2], 8) == [[0, 1, 2]]  # a lone one joins others
    assert batches([7], 8) == [[0]]
    for cameras in ([1] * 9 + [2] * 5 + [3], [1, 2] * 8):
        found = batches(cameras, 4)
        assert sorted(clip for some in found for clip in some) == list(range(len(cameras)))
        assert all(2 <= len(some) <= 5 for some in found)


def test_a_model_tested_by_camera_is_clustered_by_camera(miniatures: tuple[Path, Path]) -> None:
    """As norms by camera do it with the same weights, which stay as they are."""
    tracklets = [t.unlabelled() for t in load("mars", miniatures[1]).train[:6]]
    model = build("slim_resnet18", None)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = {
        whose: glimpse(
            model,
            tracklets,
            settings("source_only", "data.size=64x32", f"evaluation.statistics={whose}"),
            device=torch.device("cpu"),
            domain="target",
        )[0]
        for whose in ("running", "camera")
    }
    after = model.state_dict()
    assert all(value.equal(after[name]) for name, value in before.items())
    by_camera = build("slim_resnet18", None, norm="cbn")
    by_camera.load_state_dict(from_plain(by_camera, before))
    expected, _ = glimpse(
        by_camera,
        tracklets,
        settings("source_only", "data.size=64x32"),
        device=torch.device("cpu"),
        domain="target",
    )
    torch.testing.assert_close(found["camera"], expected)
    assert not torch.allclose(found["camera"], found["running"], atol=1e-3)


def test_a_part_of_a_cameras_statistics_are_those_of_all_clips(
    miniatures: tuple[Path, Path],
) -> None:
    """From the target's alone to each camera's alone; the model stays as it is."""
    tracklets = [t.unlabelled() for t in load("mars", miniatures[1]).train]
    assert len({t.camera_id for t in tracklets}) > 1
    for norm in ("bn", "cbn"):
        torch.manual_seed(0)
        model = build("slim_resnet18", None, norm=norm)
        before = {name: value.clone() for name, value in model.state_dict().items()}

        def seen(share: float, model: torch.nn.Module = model) -> torch.Tensor:
            words = ("data.size=64x32", "evaluation.statistics=camera", "evaluation.batch=64")
            how = settings("source_only", *words, f"evaluation.camera_share={share}")
            return glimpse(model, tracklets, how, device=torch.device("cpu"), domain="target")[0]

        camera, half, target = seen(1), seen(0.5), seen(1e-6)
        by_target = _in_one_batch(model, tracklets)
        torch.testing.assert_close(target, by_target, atol=2e-3, rtol=0)
        for one, other in ((camera, half), (half, target)):
            assert (one - other).abs().max() > 0.01
        for name, value in model.state_dict().items():
            assert torch.equal(value, before[name])


def test_clips_are_decoded_once_and_the_room_for_them_changes_nothing(
    miniatures: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    tracklets = [t.unlabelled() for t in load("mars", miniatures[1]).train]
    model = build("slim_resnet18", None)
    half = ("evaluation.statistics=camera", "evaluation.camera_share=0.5", "evaluation.batch=4")
    how = settings("source_only", "data.size=64x32", *half)
    decoded: list[int] = []
    clip_of = ClipDataset.__getitem__
    monkeypatch.setattr(
        ClipDataset, "__getitem__", lambda self, i: decoded.append(i) or clip_of(self, i)
    )
    clip = 2 * 3 * 64 * 32  # bytes
    found = {}
    for room, times in ((glimpsing.ROOM, 1), (0, 2), (5 * clip, None)):
        monkeypatch.setattr(glimpsing, "ROOM", room)
        decoded.clear()
        found[room] = glimpse(model, tracklets, how, device=torch.device("cpu"), domain="target")
        wanted = 2 * len(tracklets) - 5 if times is None else times * len(tracklets)
        assert len(decoded) == wanted
    for features, pictures in found.values():
        assert torch.equal(features, found[0][0])
        assert torch.equal(pictures, found[0][1])


def test_target_clips_pass_the_targets_norms_alone(miniatures: tuple[Path, Path]) -> None:
    """Of a model that keeps domains apart, whoever clusters with it."""
    tracklets = [t.unlabelled() for t in load("mars", miniatures[1]).train[:4]]
    model = build("slim_resnet18", None, norm="dsbn")

    def seen(domain: str, whose: str) -> torch.Tensor:
        words = ("data.size=64x32", f"evaluation.statistics={whose}", "evaluation.camera_share=0.5")
        how = settings("source_only", *words)
        return glimpse(model, tracklets, how, device=torch.device("cpu"), domain=domain)[0]  # type: ignore[arg-type]

    cases = [(domain, whose) for domain in ("source", "target") for whose in ("running", "camera")]
    before = {case: seen(*case) for case in cases}
    generator = torch.Generator().manual_seed(0)
    for norm in model.modules():
        if isinstance(norm, DomainBatchNorm):
            with torch.no_grad():
                norm.source.weight.copy_(torch.rand(norm.source.weight.shape, generator=generator))
    for domain, whose in cases:
        same = torch.equal(seen(domain, whose), before[domain, whose])
        assert same == (domain == "target"), (domain, whose)


@torch.no_grad()
def _in_one_batch(model: torch.nn.Module, tracklets: list[UnlabelledTracklet]) -> torch.Tensor:
    """Features under the statistics of one clip of each tracklet."""
    how = settings("source_only", "data.size=64x32")
    transform = TestTransform(how.data.size, how.data.resize)
    clips = ClipDataset(tracklets, how.data.clip_length, transform, seed=0)
    batch = normalise(torch.stack([clips[i][0] for i in range(len(clips))]))
    with statistics_restored(model):
        estimate_statistics(model, [batch])
        found = model.eval()(batch).embedding
    return torch.nn.functional.normalize(found, dim=1)
