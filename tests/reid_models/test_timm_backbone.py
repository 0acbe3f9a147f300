"""timm's models as backbones: maps, sizes, statistics, weights, and names that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
import timm
import torch
from reid_models import ModelError, build
from reid_models.timm_backbone import TimmBackbone, timm_backbone
from safetensors.torch import save_file

SIZE = (64, 32)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("test_resnet", (96, 2, 1)),
        ("test_vit", (64, 4, 2)),  # tokens, one of them for the class
        ("test_vit4", (96, 4, 2)),  # and registers
        ("swin_tiny_patch4_window7_224", (768, 2, 1)),  # channels last
        ("resmlp_12_224", (384, 4, 2)),  # tokens whose grid it does not tell
        ("volo_d1_224", (384, 4, 2)),  # nor that one of them is for the class
        ("pit_ti_224", (256, 1, 1)),  # the class token alone
    ],
)
def test_everything_becomes_maps(name: str, shape: tuple[int, int, int]) -> None:
    with torch.device("meta"):
        backbone = timm_backbone(name, SIZE)
        maps = backbone(torch.zeros(2, 3, *SIZE))
    assert backbone.channels == maps.shape[1]
    assert maps.shape == (2, *shape)


@pytest.mark.parametrize("name", ["timm/test_resnet", "timm/test_vit"])
def test_a_model_of_timm_is_a_model_like_others(name: str) -> None:
    model = build(name, 3, size=SIZE, pooling="gem", temporal="attention")
    features = model(torch.randn(2, 2, 3, *SIZE))
    assert features.frames.shape == (2, 2, model.frame_size)
    torch.nn.functional.cross_entropy(features.logits, torch.tensor([0, 1])).backward()
    assert [n for n, p in model.named_parameters() if p.requires_grad and p.grad is None] == []


def test_a_transformers_map_has_its_patches_where_they_are() -> None:
    backbone = timm_backbone("test_vit", SIZE).eval()
    images = torch.randn(2, 3, *SIZE)
    with torch.inference_mode():
        maps, tokens = backbone(images), backbone.network((images - backbone.mean) / backbone.std)
    torch.testing.assert_close(maps[:, :, 1, 0], tokens[:, 1 + 2])
    torch.testing.assert_close(maps.mean((2, 3)), tokens[:, 1:].mean(1))


def test_a_class_token_that_a_network_does_not_speak_of_is_no_patch() -> None:
    with torch.device("meta"):
        network = timm.create_model("volo_d1_224", num_classes=0, global_pool="", img_size=SIZE)
    tokens = torch.arange(9.0)[None, :, None].expand(1, 9, 384)
    backbone, of_class = (TimmBackbone(network, "volo", SIZE, token) for token in (False, True))
    network.register_forward_hook(lambda *_: tokens)
    backbone.renormalises = of_class.renormalises = False
    images = torch.zeros(1, 3, *SIZE, device="meta")
    assert backbone(images)[0, 0].tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert of_class(images)[0, 0].item() == 0


def test_images_reach_the_network_as_its_weights_expect_them() -> None:
    """timm's ViT was trained with a mean and deviation of a half; clips come with ImageNet's."""
    backbone = timm_backbone("test_vit", SIZE)
    assert backbone.network.pretrained_cfg["mean"] == (0.5, 0.5, 0.5)
    seen = []
    backbone.network.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    pixels = torch.rand(1, 3, *SIZE)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    backbone((pixels - mean) / std)
    torch.testing.assert_close(seen[0], (pixels - 0.5) / 0.5, atol=1e-5, rtol=1e-5)
    assert not timm_backbone("resnet18.tv_in1k", SIZE).renormalises


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_timms_own_files_load_and_their_positions_are_resampled(
    tmp_path: Path, suffix: str
) -> None:
    published = timm.create_model("test_vit").state_dict()  # 160x160 pixels, 1000 classes
    path = tmp_path / f"published.{suffix}"
    if suffix == "pth":
        torch.save(published, path)
    else:
        save_file(published, path)
    network = timm_backbone("test_vit", SIZE, path).network
    weight = network.get_parameter("blocks.0.attn.qkv.weight")
    assert torch.equal(weight, published["blocks.0.attn.qkv.weight"])
    assert network.get_parameter("pos_embed").shape == (1, 1 + 4 * 2, 64)


def test_own_checkpoints_load_as_they_are(tmp_path: Path) -> None:
    model = build("timm/test_vit", 3, size=SIZE)
    torch.save({"model": model.state_dict()}, tmp_path / "own.pt")
    again = build("timm/test_vit", 7, tmp_path / "own.pt", size=SIZE)
    for name, value in model.state_dict().items():
        if name.startswith("backbone."):
            assert torch.equal(again.state_dict()[name], value)
    with pytest.raises(ModelError, match="another shape"):
        build("timm/test_vit", 7, tmp_path / "own.pt", size=(32, 32))


def test_files_of_another_model_are_refused(tmp_path: Path) -> None:
    torch.save(timm.create_model("test_resnet").state_dict(), tmp_path / "other.pth")
    with pytest.raises(ModelError, match=r"other\.pth, but \d+ of its \d+ tensors are missing"):
        build("timm/test_vit", 3, tmp_path / "other.pth", size=SIZE)
    (tmp_path / "broken.safetensors").write_bytes(b"no header")
    with pytest.raises(ModelError, match="cannot be read as such"):
        build("timm/test_vit", 3, tmp_path / "broken.safetensors", size=SIZE)


def test_weights_that_cannot_be_downloaded(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("network is unreachable")

    monkeypatch.setattr("timm.models._builder.load_state_dict_from_hf", unreachable)
    with pytest.raises(ModelError, match=r"timm/test_vit .*network is unreachable.*FILE"):
        build("timm/test_vit", 3, "imagenet", size=SIZE)
    with pytest.raises(ModelError, match="ImageNet weights for timm/vit_small_patch16_224"):
        build("vit_small", 3, "imagenet", size=SIZE)


def test_unknown_names_are_answered_with_the_nearest() -> None:
    with pytest.raises(ModelError, match=r"found 'convnext_tinny'.*timm/convnext_tiny"):
        build("timm/convnext_tinny", 3)
    with pytest.raises(
        ModelError, match=r"weights timm has for test_vit \(r160_in1k\).*'imagenet'"
    ):
        build("timm/test_vit.imagenet", 3)


def test_models_that_give_no_maps_are_refused() -> None:
    with pytest.raises(ModelError, match=r"efficientformer_l1 to take images of 64x32 pixels"):
        build("timm/efficientformer_l1", 3, size=SIZE)
    with pytest.raises(ModelError, match=r"maps \(N, D, h, w\) or tokens .* found \(1, 4\)"):
        TimmBackbone(
            torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(24, 4)), "flat", (4, 2)
        )
