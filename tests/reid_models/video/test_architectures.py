"""What every video model promises: sizes, shapes, gradients, and clips of any length."""

from __future__ import annotations

import copy
import functools
from pathlib import Path

import pytest
import torch
from reid_models import ModelError, build
from reid_models.video import VIDEO, VideoResNet50
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode
from torchvision.models import resnet50

each_model = pytest.mark.parametrize("name", VIDEO)
SMALL = (64, 32)


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@functools.cache
def classifier(name: str) -> VideoResNet50:
    """A model for five identities, in whatever mode the last test left it."""
    torch.manual_seed(0)
    return VIDEO[name].make(5)


@each_model
def test_sizes_are_the_published_ones(name: str) -> None:
    """Convolutions and matrix products, each multiply-addition counted once."""
    architecture = VIDEO[name]
    with torch.device("meta"):
        model = architecture.make(None).eval()
        clip = torch.zeros(1, architecture.clip_length, 3, *architecture.input_size)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        features = model(clip)
    parameters, multiply_adds = architecture.published
    counted = sum(p.numel() for p in model.parameters()) / 1e6
    assert counted == pytest.approx(parameters, rel=0.002)
    assert counter.get_total_flops() / 2e9 == pytest.approx(multiply_adds, rel=0.006)
    assert model.input_size == architecture.input_size
    assert features.logits is None, "without classes there are no scores"
    assert all(logits is None for _, logits in features.auxiliary)


@each_model
@pytest.mark.parametrize("length", [1, 4, 5])  # of less than a group of frames, one, and more
def test_clips_of_any_length_have_features(name: str, length: int) -> None:
    model = classifier(name).eval()
    with torch.inference_mode():
        features = model(torch.randn(2, length, 3, *SMALL))
    assert features.frames.shape == (2, length, model.frame_size)
    assert features.video.shape == features.embedding.shape == (2, model.feature_size)
    assert features.logits is not None
    assert features.logits.shape == (2, 5)
    for video, logits in features.auxiliary:
        assert video.shape[0] == 2
        assert video.ndim == 2
        assert logits is not None
        assert logits.shape == (2, 5)
    for part in (features.frames, features.video, features.embedding, features.logits):
        assert part.isfinite().all()


@each_model
def test_other_clips_of_a_batch_change_nothing(name: str) -> None:
    model = classifier(name).eval()
    clips = torch.randn(3, 5, 3, *SMALL)
    with torch.inference_mode():
        together = model(clips)
        again = model(clips)
        alone = model(clips[1:2])
    assert torch.equal(together.embedding, again.embedding)
    # An untrained PSTA's numbers are huge, and what rounding does to them is as they are.
    for mine, single in ((together.embedding, alone.embedding), (together.frames, alone.frames)):
        apart = (mine - single).flatten(1).norm(dim=1) / single.norm()
        assert apart[1] < 1e-4
        assert apart[[0, 2]].min() > 1e-2


@each_model
@pytest.mark.parametrize("length", [1, 4])
def test_every_trainable_parameter_gets_a_gradient(name: str, length: int) -> None:
    """Also for single frames: distributed training stops at a parameter that is not in use."""
    model = copy.deepcopy(classifier(name)).train()
    for parameter in model.parameters():
        # What starts at zero shuts out what stands before it, at the start only.
        if parameter.requires_grad and not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    features = model(torch.randn(4, length, 3, *SMALL))
    identities = torch.tensor([0, 3, 0, 2])
    pairs = [(features.video, features.logits), *features.auxiliary]
    loss = torch.zeros(())
    for video, logits in pairs:
        assert logits is not None
        loss = loss + F.cross_entropy(logits, identities) + video.square().mean()
    loss.backward()
    trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
    assert [n for n, p in trained if p.grad is None] == []
    assert all(p.grad.isfinite().all() for _, p in trained if p.grad is not None)
    if length > 1:
        weights = [(n, p.grad) for n, p in trained if p.ndim > 1 and p.grad is not None]
        assert [n for n, gradient in weights if not gradient.any()] == []


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file as torchvision publishes it."""
    path = tmp_path_factory.mktemp("weights") / "image.pth"
    torch.save(resnet50().state_dict(), path)
    return path


@each_model
def test_image_weights_load_into_the_backbone(name: str, published: Path) -> None:
    backbone = build(name, None, published).backbone
    published_state = torch.load(published, weights_only=True)
    assert set(backbone.state_dict()) == {k for k in published_state if not k.startswith("fc.")}
    for key, value in backbone.state_dict().items():
        assert torch.equal(value, published_state[key])


@pytest.mark.parametrize("name", ["ap3d", "ap3d_nl", "idnet"])
def test_added_modules_start_as_the_identity(name: str) -> None:
    model = classifier(name).eval()
    plain = classifier("c2d").eval()
    plain.backbone.load_state_dict(model.backbone.state_dict())
    clips = torch.randn(2, 4, 3, *SMALL)
    pool = plain.backbone.get_submodule("maxpool")
    padding = pool.padding
    with torch.inference_mode():
        pool.padding = model.backbone.get_submodule("maxpool").padding
        expected = plain(clips).frames
        pool.padding = padding
        torch.testing.assert_close(model(clips).frames, expected, atol=1e-4, rtol=1e-4)


def test_the_baseline_takes_the_maximum_over_space_and_the_mean_over_time() -> None:
    model = classifier("c2d").eval()
    clips = torch.randn(2, 3, 3, *SMALL)
    with torch.inference_mode():
        features = model(clips)
        for frame in range(3):
            expected = model.backbone(clips[:, frame]).amax((2, 3))
            torch.testing.assert_close(features.frames[:, frame], expected, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(features.video, features.frames.mean(1))


def test_an_unknown_model_is_answered_with_the_nearest_video_model() -> None:
    with pytest.raises(ModelError, match="Did you mean tclnet"):
        build("tlcnet", None)
