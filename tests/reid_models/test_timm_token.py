"""One token for a frame: a ViT's class token, or what SigLIP's attention pools."""

from __future__ import annotations

from pathlib import Path

import pytest
import timm
import torch
from reid_models import ModelError, build
from reid_models.timm_backbone import timm_backbone

SIZE = (64, 32)


def test_it_is_the_class_token_after_the_last_norm() -> None:
    backbone = timm_backbone("test_vit", SIZE, token=True).eval()
    images = torch.randn(2, 3, *SIZE)
    with torch.inference_mode():
        tokens = backbone.network((images - backbone.mean) / backbone.std)
        found = backbone(images)
    assert found.shape == (2, 64, 1, 1)
    torch.testing.assert_close(found[:, :, 0, 0], tokens[:, 0])
    assert not torch.allclose(tokens[:, 0], tokens[:, 1:].mean(1))


def test_it_is_what_a_network_of_timm_gives_to_its_classifier() -> None:
    """CLIP's and DINO's way (test_vit), and SigLIP's attention pooling (test_vit3)."""
    for name in ("test_vit", "test_vit3"):
        published = timm.create_model(name, img_size=SIZE, num_classes=0).eval()
        backbone = timm_backbone(name, SIZE, token=True).eval()
        backbone.network.load_state_dict(published.state_dict())
        pixels = torch.randn(2, 3, *SIZE)
        with torch.inference_mode():
            wanted = published((pixels - backbone.mean) / backbone.std)
            torch.testing.assert_close(backbone(pixels)[:, :, 0, 0], wanted)


@pytest.mark.parametrize(
    ("name", "channels"),
    [
        ("vit_base_patch16_clip_224.openai", 768),
        ("vit_base_patch16_siglip_224", 768),
        ("vit_small_patch14_dinov2", 384),
        ("vit_small_patch14_reg4_dinov2", 384),  # register tokens after the class token
        ("vit_small_patch16_dinov3", 384),
        ("eva02_tiny_patch14_224", 192),
        ("eva02_base_patch16_clip_224", 768),
    ],
)
def test_foundation_models_give_one(name: str, channels: int) -> None:
    with torch.device("meta"):
        model = build(f"timm/{name}", 3, size=(256, 128), pooling="token", temporal="transformer")
        features = model(torch.zeros(2, 2, 3, 256, 128))
    assert features.frames.shape == (2, 2, channels)


@pytest.mark.parametrize("name", ["test_vit", "test_vit3"])
def test_all_weights_learn(name: str) -> None:
    model = build(f"timm/{name}", 2, size=SIZE, pooling="token")
    logits = model(torch.randn(2, 2, 3, *SIZE)).logits
    torch.nn.functional.cross_entropy(logits, torch.tensor([0, 1])).backward()
    assert [n for n, p in model.named_parameters() if p.requires_grad and p.grad is None] == []


@pytest.mark.parametrize("pooling", ["average", "token"])
def test_weights_load_where_the_last_norm_follows_timms_pooling(
    tmp_path: Path, pooling: str
) -> None:
    """EVA-02's and BEiT's files call it fc_norm, whichever token is used."""
    published = timm.create_model("eva02_tiny_patch14_224").state_dict()
    published["fc_norm.bias"] += 3.0
    torch.save(published, tmp_path / "eva.pth")
    model = build(
        "timm/eva02_tiny_patch14_224", 3, tmp_path / "eva.pth", size=SIZE, pooling=pooling
    )
    frames = model.eval()(torch.randn(1, 1, 3, *SIZE)).frames
    assert float(frames.detach().mean()) == pytest.approx(3.0, abs=0.5)


@pytest.mark.parametrize("name", ["test_vit2", "test_resnet"])
def test_a_model_without_either_is_refused(name: str) -> None:
    with pytest.raises(ModelError, match=rf"Expected timm/{name} to have a class token"):
        build(f"timm/{name}", 3, size=SIZE, pooling="token")


def test_a_convolutional_network_is_refused() -> None:
    with pytest.raises(ModelError, match="found resnet50, which has no class token"):
        build("resnet50", 3, pooling="token")
