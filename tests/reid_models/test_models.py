"""Models: shapes, gradients, and weights that load or say why not."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_models import MODELS, ClipModel, Features, ModelError, build
from reid_models.heads import BNNeck
from reid_models.image_architectures import IMAGE
from reid_models.image_model import ImageModel
from reid_models.resnet50 import resnet50_backbone
from torchvision.models import resnet50

CLIPS = (2, 3, 3, 64, 32)
"""B, T, C, H, W."""


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


@pytest.fixture(scope="module", params=IMAGE)
def model(request: pytest.FixtureRequest) -> ClipModel:
    """Each image model; video models are in video/test_architectures.py."""
    return build(request.param, num_classes=5, size=CLIPS[-2:])


def test_features_have_the_promised_shapes(model: ClipModel) -> None:
    features = model.train()(torch.randn(CLIPS))
    assert isinstance(features, Features)
    assert features.frames.shape == (2, 3, model.frame_size)
    assert features.video.shape == features.embedding.shape == (2, model.feature_size)
    assert features.logits is not None
    assert features.logits.shape == (2, 5)
    assert features.maps is not None
    assert features.maps.shape[:2] == (2, 3)
    assert features.part(1, 2).maps is not None
    turned = features.turned().maps
    assert turned is not None
    assert torch.equal(turned.flip(-1), features.maps)


def test_every_trainable_parameter_gets_a_gradient(model: ClipModel) -> None:
    features = model.train()(torch.randn(CLIPS))
    loss = features.video.square().mean()
    for logits in (features.logits, *(logits for _, logits in features.auxiliary)):
        loss = loss + torch.nn.functional.cross_entropy(logits, torch.tensor([0, 3]))
    loss.backward()
    without = [n for n, p in model.named_parameters() if p.requires_grad and p.grad is None]
    assert without == []
    fixed = ["head.norm.bias"] if hasattr(model.head, "norm") else []
    assert [n for n, p in model.named_parameters() if not p.requires_grad] == fixed
    model.zero_grad()


def test_frames_are_seen_one_by_one_and_averaged(model: ClipModel) -> None:
    model.eval()
    clips = torch.randn(CLIPS)
    with torch.inference_mode():
        features = model(clips)
        single = torch.stack([model(clips[:, t : t + 1]).frames[:, 0] for t in range(3)], 1)
        mean = features.frames.mean(1)
        if isinstance(model.fc, torch.nn.Module):
            mean = model.fc(mean)
    torch.testing.assert_close(features.video, mean)
    torch.testing.assert_close(features.frames, single, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", MODELS)
def test_by_itself_a_model_is_for_the_size_it_was_published_with(name: str) -> None:
    with torch.device("meta"):
        model = build(name, None).eval()
    assert model.input_size == MODELS[name].input_size
    assert model(torch.zeros(1, 2, 3, *model.input_size, device="meta")).logits is None


@pytest.mark.parametrize("name", MODELS)
def test_every_model_says_what_it_is(name: str) -> None:
    assert MODELS[name].title
    assert MODELS[name].paper


def test_stripes_are_pooled_apart() -> None:
    """What is in the lower half of a picture does not reach the upper half's features."""
    model = ImageModel(torch.nn.Identity(), 3, None, (8, 4), stripes=2).eval()
    clips = torch.zeros(1, 1, 3, 8, 4)
    clips[..., 4:, :] = 5.0
    frames = model(clips).frames[0, 0].view(3, 2)
    assert (frames[:, 0] == 0).all()
    assert (frames[:, 1] == 5).all()


def test_the_last_stage_keeps_its_resolution() -> None:
    images = torch.randn(1, 3, 64, 32)
    assert resnet50_backbone(1).eval()(images).shape == (1, 2048, 4, 2)
    assert resnet50_backbone(2).eval()(images).shape == (1, 2048, 2, 1)


def test_resnet50_computes_what_torchvision_does() -> None:
    reference = resnet50().eval()
    backbone = resnet50_backbone(last_stride=2).eval()
    backbone.load_state_dict(reference.state_dict(), strict=False)
    reference.fc = torch.nn.Identity()  # type: ignore[assignment]
    images = torch.randn(1, 3, 64, 32)
    with torch.inference_mode():
        torch.testing.assert_close(backbone(images).mean((2, 3)), reference(images))


def test_the_slim_model_forgets_contrast() -> None:
    backbone = build("slim_resnet18", None).backbone
    first = backbone[4].bn1
    x = torch.randn(2, 32, 8, 4)
    changed = x * 1.7 + 0.4
    half = first.sizes[0]
    torch.testing.assert_close(first(changed)[:, :half], first(x)[:, :half], atol=1e-4, rtol=1e-4)


def test_the_neck_classifies_without_biases() -> None:
    neck = BNNeck(8, 3)
    embedding, scores = neck(torch.randn(6, 8))
    torch.testing.assert_close(embedding.mean(0), torch.zeros(8), atol=1e-6, rtol=0)
    assert neck.classifier is not None
    assert neck.classifier.bias is None
    assert not neck.norm.bias.requires_grad
    assert scores is not None
    torch.testing.assert_close(scores, embedding @ neck.classifier.weight.T)


def test_weights_load_from_torchvision_files_and_own_checkpoints(tmp_path: Path) -> None:
    published = resnet50()
    torch.save(published.state_dict(), tmp_path / "published.pth")
    model = build("resnet50", 7, tmp_path / "published.pth")
    assert torch.equal(model.backbone.conv1.weight, published.conv1.weight)  # type: ignore[union-attr]
    torch.save({"model": model.state_dict(), "epoch": 3}, tmp_path / "own.pt")
    again = build("resnet50", 2, str(tmp_path / "own.pt"))
    for name, value in model.backbone.state_dict().items():
        assert torch.equal(again.backbone.state_dict()[name], value)


def test_weights_of_another_model_are_refused(tmp_path: Path) -> None:
    torch.save(build("slim_resnet18", None).state_dict(), tmp_path / "slim.pt")
    with pytest.raises(ModelError, match=r"tensors are missing .* \(first: conv1\.weight\)"):
        build("resnet50", None, tmp_path / "slim.pt")


def test_files_that_hold_no_weights_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.pt, found no such file"):
        build("slim_resnet18", None, tmp_path / "gone.pt")
    (tmp_path / "text.pt").write_text("not weights")
    with pytest.raises(ModelError, match="cannot be read as such"):
        build("slim_resnet18", None, tmp_path / "text.pt")
    torch.save([1, 2], tmp_path / "list.pt")
    with pytest.raises(ModelError, match=r"Expected a state dict .* found list"):
        build("slim_resnet18", None, tmp_path / "list.pt")
    torch.save({"model": Path("code")}, tmp_path / "objects.pt")
    with pytest.raises(ModelError, match="cannot be read as such"):
        build("slim_resnet18", None, tmp_path / "objects.pt")


def test_imagenet_weights_that_cannot_be_had_say_what_else_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))

    def unreachable(*_: object, **__: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr("torch.hub.download_url_to_file", unreachable)
    with pytest.raises(ModelError, match=r"network is unreachable.*--pretrained none"):
        build("resnet50", None, "imagenet")
    with pytest.raises(ModelError, match="no ImageNet weights for slim_resnet18"):
        build("slim_resnet18", None, "imagenet")


def test_an_unknown_model_is_answered_with_the_nearest() -> None:
    with pytest.raises(ModelError, match="Did you mean resnet50"):
        build("resnet5", None)
