"""CAViT: what its released code computes, on a small one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import timm
import torch
from reid_models import ModelError, build
from reid_models.building import MODELS
from reid_models.layers import depth_below_head
from reid_models.lora import Lora, LowRank
from reid_models.video import cavit, cavit_weights
from reid_models.video.cavit import Cavit, CavitBackbone
from timm.models import VisionTransformer
from torch.nn import functional as F

SMALL = (64, 48)


def small(layers: int = 2, classes: int | None = 3) -> Cavit:
    torch.manual_seed(0)
    return Cavit(classes, width=24, heads=2, layers=layers).eval()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> str:
    """A small one under a name of its own."""
    make = partial(Cavit, width=64, heads=4, layers=2)
    monkeypatch.setitem(MODELS, "cavit_small", replace(cavit.ARCHITECTURE, make=make))
    return "cavit_small"


def test_sizes_are_those_of_the_released_code() -> None:
    """Its ViT-B has blocks of 7.09 million weights; patches overlap by 4 pixels."""
    with torch.device("meta"):
        backbone = Cavit(None).backbone
    block = 4 * 768**2 + 4 * 768 + 8 * 768**2 + 5 * 768 + 4 * 768
    tokens, pixels = (21 * 10, 9 * 10, 21 * 4), (16 * 16, 32 * 16, 16 * 32)
    wanted = 3 * 10 * block + sum(tokens) * 768 + 2 * 768
    wanted += sum(2 * (3 * area * 768 + 768) for area in pixels)
    assert sum(weight.numel() for weight in backbone.parameters()) == wanted
    assert tuple(branch.position.shape[1] for branch in backbone.branches) == tokens


def by_hand(model: Cavit, clip: torch.Tensor) -> torch.Tensor:
    """Features (T, D) of a clip (T, 3, 256, 128), frame by frame as the authors' code does."""
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    clip = (clip * std.view(3, 1, 1) + mean.view(3, 1, 1) - 0.5) / 0.5
    frames: list[list[torch.Tensor]] = [[] for _ in clip]
    for branch in model.backbone.branches:
        tokens = []
        for t, image in enumerate(clip):
            change = clip[t - 1] - image if t else torch.zeros_like(image)
            change = change.flatten(1).softmax(1).view_as(change)
            where = branch.change(change[None]).flatten(2)[0].T.softmax(1)
            tokens.append(branch.patches(image[None]).flatten(2)[0].T + branch.position[0] + where)
        for block in branch.blocks:
            shifted = [*tokens[1:], tokens[0]]
            moved = []
            for own, following in zip(tokens, shifted, strict=True):
                memory = block.norm1(torch.cat([own, following]))
                width = own.shape[1]
                weight, bias = block.attn.qkv.weight, block.attn.qkv.bias
                q = F.linear(block.norm1(own), weight[:width], bias[:width])
                k = F.linear(memory, weight[width : 2 * width], bias[width : 2 * width])
                v = F.linear(memory, weight[2 * width :], bias[2 * width :])
                half = width // 2
                heads = [
                    (q[:, h] @ k[:, h].T / half**0.5).softmax(1) @ v[:, h]
                    for h in (slice(0, half), slice(half, None))
                ]
                x = own + block.attn.proj(torch.cat(heads, 1))
                moved.append(x + block.mlp(block.norm2(x)))
            tokens = moved
        for t, of_frame in enumerate(tokens):
            frames[t].append(of_frame)
    return torch.stack([model.backbone.norm(torch.cat(parts)).mean(0) for parts in frames])


def test_it_computes_what_the_released_code_does() -> None:
    model = small()
    for weight in model.backbone.parameters():
        torch.nn.init.normal_(weight, std=0.2)
    clips = torch.randn(2, 3, 3, 256, 128)
    with torch.no_grad():
        features = model(clips)
        torch.testing.assert_close(features.frames[1], by_hand(model, clips[1]))
        norm = model.head.norm
        torch.nn.init.normal_(norm.running_mean)
        embedding = model(clips).embedding
        wanted = torch.stack([norm(features.frames[:, t]) for t in range(3)], 1).mean(1)
    torch.testing.assert_close(embedding, wanted)


def test_a_frame_sees_the_one_before_and_the_one_after() -> None:
    model, clip = small(layers=1), torch.randn(1, 5, 3, *SMALL)
    for branch in model.backbone.branches:
        torch.nn.init.normal_(branch.change.weight, std=20.0)
    with torch.no_grad():
        before = model(clip).frames[0]
        clip[0, 2] += torch.randn(3, *SMALL)
        moved = (model(clip).frames[0] - before).abs().amax(1)
    assert moved[2] > 1e-4  # itself
    assert moved[1] > 1e-6  # looks at the next frame's keys and values
    assert moved[3] > 1e-6  # its change is from frame 2; frame 2 attends to it in turn
    assert moved[4] == 0
    assert moved[0] == 0


@pytest.mark.parametrize("length", [1, 4, 5])
def test_clips_of_any_length_and_size_have_features(length: int) -> None:
    model = small()
    with torch.no_grad():
        features = model(torch.randn(2, length, 3, *SMALL))
    assert features.frames.shape == (2, length, 24)
    assert features.logits is not None
    assert features.logits.shape == (2, 3)
    assert features.embedding.isfinite().all()


def test_positions_of_other_crops_lie_between_those_of_256x128() -> None:
    branch = small().backbone.branches[0]
    rows = torch.arange(21.0)[:, None].expand(21, 10)
    branch.position.data = rows.reshape(1, 210, 1).expand(1, 210, 24).clone()
    found = branch._positions(7, 3).view(7, 3, 24)
    torch.testing.assert_close(found[:, 0, 0], torch.arange(7) * 3 + 1.0)


def test_all_weights_learn() -> None:
    model = small().train()
    logits = model(torch.randn(4, 2, 3, *SMALL)).logits
    F.cross_entropy(logits, torch.tensor([0, 1, 2, 0])).backward()
    assert [n for n, w in model.named_parameters() if w.requires_grad and w.grad is None] == []


def vit() -> dict[str, torch.Tensor]:
    """Of timm, of the small one's width, with 6 x 6 patches."""
    return VisionTransformer(
        img_size=96, embed_dim=64, depth=3, num_heads=4, num_classes=5
    ).state_dict()


def test_a_vits_weights_start_all_branches(named: str, tmp_path: Path) -> None:
    published = vit()
    torch.save(published, tmp_path / "vit.pth")
    backbone = build(named, 3, tmp_path / "vit.pth").backbone
    assert isinstance(backbone, CavitBackbone)
    for number, shape in enumerate(((16, 16), (32, 16), (16, 32))):
        branch = backbone.branches[number]
        kernel = F.interpolate(published["patch_embed.proj.weight"], shape, mode="bilinear")
        assert torch.equal(branch.patches.weight, kernel)
        assert torch.equal(branch.change.weight, kernel)
        block = published["blocks.1.attn.qkv.weight"]
        assert torch.equal(branch.blocks[1].attn.qkv.weight, block)
        assert torch.equal(branch.blocks[1].mlp.fc1.bias, published["blocks.1.mlp.fc1.bias"])
    grid = published["pos_embed"][:, 1:].transpose(1, 2).unflatten(2, (6, 6))
    upright = F.interpolate(grid, (9, 10), mode="bilinear").flatten(2).transpose(1, 2)
    assert torch.equal(backbone.branches[1].position, upright)
    assert torch.equal(backbone.norm.weight, published["norm.weight"])


def test_names_of_the_released_code_are_known(named: str, tmp_path: Path) -> None:
    model = build(named, 3)
    theirs = {"heads.weight": torch.zeros(3, 64), "backbone.pos_embed_sin": torch.zeros(1, 64)}
    for key, value in model.backbone.state_dict().items():
        parts = key.split(".")
        suffix = "" if parts[0] != "branches" or parts[1] == "0" else str(int(parts[1]) + 1)
        name = key
        if parts[0] == "branches":
            head, rest = parts[2], parts[3:]
            names = {
                "patches": f"patch_embed{suffix}.proj",
                "change": f"pos_embed{suffix}_flow.proj",
                "position": f"pos_embed{suffix}",
                "blocks": f"blocks{suffix}",
            }
            name = ".".join([names[head], *rest])
        theirs[f"backbone.{name}"] = value
    torch.save({"model": theirs}, tmp_path / "authors.pth")
    torch.manual_seed(1)
    again = build(named, 3, tmp_path / "authors.pth")
    for key, value in model.backbone.state_dict().items():
        assert torch.equal(again.backbone.state_dict()[key], value), key
    torch.save(model.state_dict(), tmp_path / "own.pth")
    own = build(named, 5, tmp_path / "own.pth")
    assert torch.equal(own.backbone.norm.weight, model.backbone.norm.weight)


def test_other_weights_are_refused(named: str, tmp_path: Path) -> None:
    torch.save(timm.create_model("test_vit3").state_dict(), tmp_path / "other.pth")
    with pytest.raises(ModelError, match=r"ViT with square images and a class token|are missing"):
        build(named, 3, tmp_path / "other.pth")
    torch.save(timm.create_model("test_resnet").state_dict(), tmp_path / "resnet.pth")
    with pytest.raises(ModelError, match=r"resnet\.pth, but \d+ of its \d+ tensors are missing"):
        build(named, 3, tmp_path / "resnet.pth")
    assert cavit_weights.VIT in timm.list_pretrained("vit_base_patch16_224.*")


def test_rates_by_layer_and_low_rank_parts(named: str) -> None:
    model = build(named, 3, lora=Lora(2, 4.0))
    depths = depth_below_head(model.backbone)
    assert len(depths) == len(list(model.backbone.parameters()))
    found = {name: depths[weight] for name, weight in model.backbone.named_parameters()}
    assert found["branches.2.position"] == found["branches.0.change.weight"] == 3
    assert found["branches.1.blocks.0.norm1.weight"] == 2
    assert found["branches.2.blocks.1.mlp.fc1.weight"] == found["norm.weight"] == 1
    assert sum(isinstance(module, LowRank) for module in model.modules()) == 3 * 2 * 2
