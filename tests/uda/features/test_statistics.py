"""Batch-norm statistics from unlabelled clips, and what is tested with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from reid_datasets.benchmarks import load
from reid_models import build
from torch import nn

from tests.mars_tree import write_mars_tree
from uda.features.extraction import Extraction, Statistics, extract, pixels
from uda.features.statistics import estimate_statistics, statistics_restored

HOW = Extraction(size=(32, 16), clip_length=2, frames=2)


def model() -> nn.Sequential:
    return nn.Sequential(nn.Flatten(0, 1), nn.BatchNorm2d(3), nn.Dropout(0.5))


def test_statistics_are_the_average_over_batches() -> None:
    net = model().eval()
    batches = [torch.randn(4, 2, 3, 8, 4) + i for i in range(3)]
    assert estimate_statistics(net, batches) == 3
    means = torch.stack([batch.mean((0, 1, 3, 4)) for batch in batches])
    torch.testing.assert_close(net[1].running_mean, means.mean(0))
    assert net[1].momentum == 0.1
    assert not any(module.training for module in net.modules())


def test_a_small_batch_counts_for_little() -> None:
    """34 clips in batches of 32 make two batches, of 32 and of 2."""
    net = model()
    large, small = torch.randn(32, 2, 3, 8, 4), torch.randn(2, 2, 3, 8, 4) + 9
    short = torch.randn(4, 1, 3, 8, 4) - 5  # as many frames as two clips of two
    assert estimate_statistics(net, [large, small, short]) == 3
    mean = torch.cat([batch.flatten(0, 1) for batch in (large, small, short)]).mean((0, 2, 3))
    torch.testing.assert_close(net[1].running_mean, mean)


def test_a_norm_may_be_passed_several_times_or_by_some_batches_alone() -> None:
    """Layers that frames share, and those of which a batch takes one or the other."""

    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.rare = nn.BatchNorm2d(3), nn.BatchNorm2d(3)

        def forward(self, clips: torch.Tensor) -> None:
            for frame in range(clips.shape[1]):
                self.norm(clips[:, frame])
            if clips.mean() > 3:
                self.rare(clips[:, 0])

    net = Shared()
    batches = [torch.randn(4, 2, 3, 8, 4), torch.randn(2, 2, 3, 8, 4) + 9]
    estimate_statistics(net, batches)
    mean = torch.cat([batch.flatten(0, 1) for batch in batches]).mean((0, 2, 3))
    torch.testing.assert_close(net.norm.running_mean, mean)
    torch.testing.assert_close(net.rare.running_mean, batches[1][:, 0].mean((0, 2, 3)))
    assert int(net.norm.num_batches_tracked) == 4


def test_they_are_mixed_with_those_that_the_norms_had() -> None:
    net = model()
    for _ in range(3):
        net(torch.randn(4, 2, 3, 8, 4) + 5)
    before = net[1].running_mean.clone(), net[1].running_var.clone()
    batch = torch.randn(4, 2, 3, 8, 4)
    estimate_statistics(net, [batch], 0.25)
    pixels = batch.flatten(0, 1)
    own = pixels.mean((0, 2, 3)), pixels.var((0, 2, 3))
    for found, new, old in zip((net[1].running_mean, net[1].running_var), own, before, strict=True):
        torch.testing.assert_close(found, 0.25 * new + 0.75 * old)


def test_one_clip_leaves_them_as_they_were() -> None:
    net = model()
    net(torch.randn(4, 2, 3, 8, 4))
    before = net[1].running_mean.clone()
    assert estimate_statistics(net, [torch.randn(1, 2, 3, 8, 4)]) == 0
    assert torch.equal(net[1].running_mean, before)
    assert net.training


def test_they_can_be_restored() -> None:
    net = model()
    before = {name: value.clone() for name, value in net.named_buffers()}
    with statistics_restored(net):
        estimate_statistics(net, [torch.randn(4, 2, 3, 8, 4)])
        assert not torch.equal(net[1].running_mean, before["1.running_mean"])
    for name, value in net.named_buffers():
        assert torch.equal(value, before[name])


def test_features_of_a_camera_do_not_depend_on_other_cameras(tmp_path: Path) -> None:
    """Under camera-based batch norm a camera's tracklets are seen under its own statistics."""
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    torch.manual_seed(0)
    net = build("slim_resnet18", None, norm="cbn")
    kept = {name: value.clone() for name, value in net.named_buffers()}
    whole = extract(net, tracklets, HOW, device="cpu")
    cameras = np.array([tracklet.camera_id for tracklet in tracklets])
    assert len(set(cameras)) > 1
    for camera in set(cameras):
        own = [t for t in tracklets if t.camera_id == camera]
        np.testing.assert_allclose(
            whole[cameras == camera], extract(net, own, HOW, device="cpu"), atol=1e-5
        )
    plain = build("slim_resnet18", None)
    plain.load_state_dict({k.replace(".norm.", "."): v for k, v in net.state_dict().items()}, False)
    assert np.abs(whole - extract(plain, tracklets, HOW, device="cpu")).max() > 0.01
    for name, value in net.named_buffers():
        assert torch.equal(value, kept[name]), name


def test_any_model_can_be_tested_with_each_cameras_statistics(tmp_path: Path) -> None:
    """Weights trained with ordinary batch norm, tested as camera-based ones are."""
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    torch.manual_seed(0)
    plain = build("slim_resnet18", None)
    torch.manual_seed(0)
    by_camera = build("slim_resnet18", None, norm="cbn")
    how = replace(HOW, statistics="camera")
    reported: list[tuple[int, int]] = []
    found = extract(plain, tracklets, how, device="cpu", progress=lambda *now: reported.append(now))
    np.testing.assert_allclose(found, extract(by_camera, tracklets, HOW, device="cpu"), atol=1e-5)
    assert np.abs(found - extract(plain, tracklets, HOW, device="cpu")).max() > 0.01
    assert reported[-1] == (len(tracklets), len(tracklets))
    assert how.describe() == "2 frames, batch norm by camera"


def test_a_part_of_a_cameras_statistics_are_the_targets(tmp_path: Path) -> None:
    """Each camera's tracklets under the mean of its statistics and those of all."""
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    torch.manual_seed(0)
    net = build("slim_resnet18", None)
    kept = {name: value.clone() for name, value in net.named_buffers()}
    half = replace(HOW, statistics="camera", camera_share=0.5)
    found = extract(net, tracklets, half, device="cpu")
    for name, value in net.named_buffers():
        assert torch.equal(value, kept[name]), name
    cameras = np.array([tracklet.camera_id for tracklet in tracklets])
    for camera in set(cameras):
        own = [t for t in tracklets if t.camera_id == camera]
        states = []
        for seen in (own, tracklets):
            with statistics_restored(net):
                estimate_statistics(net, pixels(seen, HOW, "cpu"))
                states.append({name: value.clone() for name, value in net.named_buffers()})
        with statistics_restored(net):
            for name, value in net.named_buffers():
                if value.is_floating_point():
                    value.copy_((states[0][name] + states[1][name]) / 2)
            by_hand = extract(net, own, HOW, device="cpu")
        np.testing.assert_allclose(found[cameras == camera], by_hand, atol=1e-5)
    assert half.describe() == "2 frames, batch norm by camera (0.5, the rest of the target)"


def test_batches_mix_the_clips_of_many_tracklets(tmp_path: Path) -> None:
    """One after another, eight clips of two frames would be of two or three people."""
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    how = Extraction(size=(32, 16), clip_length=2, batch=8)
    owners = {
        clip.numpy().tobytes(): number
        for number, tracklet in enumerate(tracklets)
        for batch in pixels([tracklet], how, "cpu")
        for clip in batch
    }
    batches = list(pixels(tracklets, how, "cpu"))
    found = [[owners[clip.numpy().tobytes()] for clip in batch] for batch in batches]
    assert sum(map(len, found)) == len(owners) == 46
    assert np.mean([len(set(batch)) for batch in found if len(batch) == 8]) > 5
    again = list(pixels(tracklets, how, "cpu"))
    assert all(torch.equal(a, b) for a, b in zip(batches, again, strict=True))


@pytest.mark.parametrize("whose", ["target", "camera"])
def test_batches_of_one_clip_take_statistics_all_the_same(
    tmp_path: Path, whose: Statistics, caplog: pytest.LogCaptureFixture
) -> None:
    """Two clips at least say something of spread: scores are under the statistics they name."""
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    caplog.clear()
    torch.manual_seed(0)
    net = build("slim_resnet18", None)
    plain = extract(net, tracklets, HOW, device="cpu")
    how = replace(HOW, statistics=whose, batch=1)
    found = extract(net, tracklets, how, device="cpu")
    assert np.abs(found - plain).max() > 0.01
    two = extract(net, tracklets, replace(how, batch=2), device="cpu")
    np.testing.assert_allclose(found, two, atol=1e-5)
    assert not caplog.text
    alone = extract(net, tracklets[:1], how, device="cpu")
    np.testing.assert_allclose(alone, plain[:1], atol=1e-5)
    assert "keep the statistics of training: 1 tracklet gave no two clips" in caplog.text


def test_mirrored_clips_have_their_part_where_they_are_averaged(tmp_path: Path) -> None:
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    how = Extraction(size=(32, 16), clip_length=2)
    plain = torch.cat([batch for batch in pixels(tracklets, how, "cpu") if batch.shape[1] == 2])
    flipped = torch.cat(
        [b for b in pixels(tracklets, replace(how, flip=True), "cpu") if b.shape[1] == 2]
    )
    same = (plain == flipped).flatten(1).all(1)
    mirrored = (plain == flipped.flip(-1)).flatten(1).all(1)
    assert (same | mirrored).all()
    assert 0.2 < mirrored.float().mean() < 0.8


def test_a_camera_without_training_clips_has_the_statistics_of_all(tmp_path: Path) -> None:
    """And only then are those estimated."""
    tracklets = load("mars", write_mars_tree(tmp_path / "mars")).train
    first = tracklets[0].camera_id
    here = [t for t in tracklets if t.camera_id == first]
    away = [t for t in tracklets if t.camera_id != first]
    torch.manual_seed(0)
    net = build("slim_resnet18", None)
    by_camera = replace(HOW, statistics="camera", estimated_on="train")
    of_all = replace(by_camera, statistics="target")
    found = extract(net, here, by_camera, device="cpu", unlabelled=away)
    np.testing.assert_allclose(
        found, extract(net, here, of_all, device="cpu", unlabelled=away), atol=1e-6
    )
    own = extract(net, here, by_camera, device="cpu", unlabelled=tracklets)
    assert np.abs(own - found).max() > 1e-3
    with pytest.MonkeyPatch.context() as patch:
        asked: list[int] = []
        patch.setattr(
            "uda.features.extraction.pixels",
            lambda seen, how, device: asked.append(len(seen)) or pixels(seen, how, device),
        )
        extract(net, here, by_camera, device="cpu", unlabelled=tracklets)
    assert asked == [len(here)]
