"""How far before the head each weight of a backbone lies."""

from __future__ import annotations

import pytest
import torch
from reid_models import build
from reid_models.layers import depth_below_head
from reid_models.lora import Lora


def depths(name: str, **settings: object) -> dict[str, int]:
    with torch.device("meta"):
        backbone = build(name, 3, size=(64, 32), **settings).backbone
    found = depth_below_head(backbone)
    return {name: found[weight] for name, weight in backbone.named_parameters()}


def test_a_vits_layers_are_its_embedding_and_its_blocks() -> None:
    found = depths("vit_small")
    assert found["network.cls_token"] == found["network.pos_embed"] == 13
    assert found["network.patch_embed.proj.weight"] == 13
    assert found["network.blocks.0.attn.qkv.weight"] == found["network.blocks.0.norm1.bias"] == 12
    assert found["network.blocks.11.mlp.fc2.bias"] == found["network.norm.weight"] == 1


def test_register_tokens_are_of_the_first_layer_and_an_attention_pooling_is_the_last() -> None:
    found = depths("timm/test_vit3", pooling="token")
    assert found["network.reg_token"] == found["network.pos_embed"] == 11
    assert found["network.blocks.8.mlp.fc2.weight"] == found["network.norm.weight"] == 2
    assert found["network.attn_pool.q.weight"] == 1
    assert depths("timm/vit_base_patch16_clip_224")["network.norm_pre.weight"] == 13


def test_an_embedding_between_stages_is_as_deep_as_its_stage() -> None:
    found = depths("timm/twins_svt_small")
    embeddings = [found[f"network.patch_embeds.{stage}.proj.weight"] for stage in range(4)]
    assert embeddings[0] == max(found.values())
    for stage in (1, 2, 3):
        assert 0 <= embeddings[stage] - found[f"network.blocks.{stage}.0.attn.proj.weight"] <= 1


def test_low_rank_parts_are_as_deep_as_what_they_adapt() -> None:
    found = depths("timm/test_vit", lora=Lora(2, 2.0))
    (depth,) = {d for name, d in found.items() if "blocks.1.attn.qkv.parametrizations" in name}
    assert depth == found["network.blocks.1.norm1.weight"]


@pytest.mark.parametrize("name", ["resnet50", "resnet50_ibn_a", "sinet", "ap3d"])
def test_a_resnets_layers_are_its_stages(name: str) -> None:
    found = depths(name)
    assert found["conv1.weight"] == found["bn1.weight"] == 5
    assert {name.split(".")[0]: d for name, d in found.items() if name.startswith("layer")} == {
        "layer1": 4,
        "layer2": 3,
        "layer3": 2,
        "layer4": 1,
    }


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("mobilenet_v2", 19),
        ("densenet121", 8),
        ("osnet_x1_0", 6),
        ("slim_resnet18", 9),
        ("timm/convnext_tiny", 19),
        ("timm/caformer_s18", 5),
        ("timm/pit_ti_224", 4),
        ("timm/swin_tiny_patch4_window7_224", 13),
    ],
)
def test_other_backbones_have_layers(name: str, layers: int) -> None:
    found = list(depths(name).values())
    assert set(found) == set(range(1, layers + 1))
    assert found == sorted(found, reverse=True)
