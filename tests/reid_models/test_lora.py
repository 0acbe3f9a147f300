"""Low-rank adaptation: the start, what learns, and the same answers once merged."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_models import ClipModel, ModelError, build
from reid_models.lora import Lora, LowRank, from_plain, merge, merged

SIZE = (64, 32)


def vit(lora: Lora | None = None, name: str = "timm/test_vit") -> ClipModel:
    torch.manual_seed(0)
    return build(name, 3, size=SIZE, pooling="token", lora=lora).eval()


def moved(model: ClipModel) -> ClipModel:
    for module in model.modules():
        if isinstance(module, LowRank):
            torch.nn.init.normal_(module.up, std=0.1)
    return model


def clips() -> torch.Tensor:
    return torch.randn(2, 2, 3, *SIZE, generator=torch.Generator().manual_seed(1))


def test_nothing_changes_at_first() -> None:
    torch.testing.assert_close(vit(Lora(4, 8.0))(clips()).video, vit()(clips()).video)


def test_it_adds_a_scaled_product_of_two_matrices() -> None:
    plain, adapted = vit(), moved(vit(Lora(4, 8.0, ("attn.qkv",))))
    layer = adapted.get_submodule("backbone.network.blocks.2.attn.qkv")
    low_rank = layer.parametrizations["weight"][0]
    before = plain.get_submodule("backbone.network.blocks.2.attn.qkv").weight
    assert (low_rank.up.shape, low_rank.down.shape) == ((192, 4), (4, 64))
    torch.testing.assert_close(layer.weight, before + 2.0 * low_rank.up @ low_rank.down)
    assert not torch.allclose(adapted(clips()).video, plain(clips()).video, atol=1e-3)


@pytest.mark.parametrize(
    ("layers", "each"),
    [(("attn",), 2), (("attn", "mlp"), 4), (("attn.qkv",), 1), (("mlp.fc1", "mlp.fc2"), 2)],
)
def test_layers_are_chosen_by_parts_of_their_names(layers: tuple[str, ...], each: int) -> None:
    model = vit(Lora(4, 8.0, layers))
    blocks = len(model.get_submodule("backbone.network.blocks"))
    assert sum(isinstance(module, LowRank) for module in model.modules()) == each * blocks


def test_of_the_backbone_nothing_else_learns() -> None:
    model = vit(Lora(4, 8.0, ("blocks.5",)))
    learns = {name for name, weight in model.named_parameters() if weight.requires_grad}
    of_backbone = {name for name in learns if name.startswith("backbone.")}
    assert len(of_backbone) == 2 * 4  # qkv, proj, fc1, fc2
    assert all("blocks.5." in name and name.endswith((".up", ".down")) for name in of_backbone)
    assert "head.classifier.weight" in learns


@pytest.mark.parametrize(
    "name", ["timm/test_vit", "timm/eva02_tiny_patch14_224", "timm/vit_small_patch16_dinov3"]
)
def test_merged_it_answers_the_same(name: str) -> None:
    """Some of timm's attentions read the weight of a layer instead of calling it."""
    model = moved(vit(Lora(4, 8.0), name))
    with torch.no_grad():
        wanted, state = model(clips()).embedding, merged(model.state_dict())
        assert not torch.equal(wanted, vit(None, name)(clips()).embedding)
        merge(model)
        torch.testing.assert_close(model(clips()).embedding, wanted)
        plain = vit(None, name)
        plain.load_state_dict(state)  # the same by the state alone
        torch.testing.assert_close(plain(clips()).embedding, wanted)
    assert not [module for module in model.modules() if isinstance(module, LowRank)]


def test_a_file_of_an_adapted_model_is_one_to_start_from(tmp_path: Path) -> None:
    model = moved(vit(Lora(4, 8.0)))
    torch.save({"model": model.state_dict()}, tmp_path / "adapted.pt")  # read with weights_only
    again = build("timm/test_vit", 7, tmp_path / "adapted.pt", size=SIZE, pooling="token").eval()
    torch.testing.assert_close(again(clips()).video, model(clips()).video)


def test_a_plain_state_goes_into_an_adapted_model() -> None:
    plain, adapted = vit(), vit(Lora(2, 8.0))
    torch.nn.init.normal_(plain.get_parameter("backbone.network.blocks.0.attn.qkv.weight"))
    adapted.load_state_dict(from_plain(adapted, plain.state_dict()))
    torch.testing.assert_close(adapted(clips()).video, plain(clips()).video)


def test_what_cannot_be_adapted_is_refused() -> None:
    with pytest.raises(ModelError, match=r"Expected a transformer for model\.lora_rank=4"):
        build("resnet50", 3, lora=Lora(4, 8.0))
    with pytest.raises(ModelError, match=r"found 'atn', which has none\. Near it: attn"):
        vit(Lora(4, 8.0, ("attn", "atn")))
    with pytest.raises(ModelError, match=r"model\.lora_rank up to 64, the smaller side of .*qkv"):
        vit(Lora(65, 8.0))
    with pytest.raises(ModelError, match=r"frozen=network\.blocks\.2 or model\.lora_rank=4, not"):
        build("timm/test_vit", 3, size=SIZE, frozen="network.blocks.2", lora=Lora(4, 8.0))
