"""Each backbone is the one of its paper: size, cost, structure, and names that weights load by."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_models import MODELS, ModelError, build
from reid_models.cost import cost
from reid_models.densenet121 import from_torchvision_file
from reid_models.image_architectures import IMAGE
from reid_models.normalisation import InstanceBatchNorm
from reid_models.osnet import AggregationGate, OmniScaleBlock, OSNet
from reid_models.resnet50 import (
    InstanceBottleneck,
    resnet50_ibn_a_backbone,
    resnet50_ibn_b_layer3_backbone,
)
from torch import nn
from torchvision.models import DenseNet121_Weights, MobileNet_V2_Weights, densenet121, resnet50
from torchvision.models.resnet import Bottleneck

TOLERANCE = 0.02


@pytest.mark.parametrize("name", [name for name in IMAGE if IMAGE[name].published])
def test_parameters_and_operations_are_the_published_ones(name: str) -> None:
    published = IMAGE[name].published
    with torch.device("meta"):
        model = build(name, None)
    assert cost(model, 1, model.input_size) == pytest.approx(published, rel=TOLERANCE)


@pytest.mark.parametrize(
    ("name", "meta"),
    [
        ("densenet121", DenseNet121_Weights.IMAGENET1K_V1.meta),
        ("mobilenet_v2", MobileNet_V2_Weights.IMAGENET1K_V1.meta),
    ],
)
def test_with_a_classifier_they_are_those_torchvision_publishes(
    name: str, meta: dict[str, Any]
) -> None:
    with torch.device("meta"):
        backbone = build(name, None).backbone
    assert isinstance(backbone, nn.Module)
    classifier = IMAGE[name].channels * 1000  # type: ignore[operator]
    parameters = sum(p.numel() for p in backbone.parameters()) + classifier + 1000
    assert parameters == meta["num_params"]
    with torch.device("meta"):
        counted = cost(build(name, None), 1, (224, 224)).multiply_additions + classifier / 1e9
    assert counted == pytest.approx(meta["_ops"], rel=TOLERANCE)


def test_osnet_counts_what_torchreid_counts() -> None:
    """torchreid says 2,193,616 parameters and 978,878,352 operations.

    It counts a block's gate once for each of the four streams that share it, and biases as
    operations.
    """
    with torch.device("meta"):
        network = OSNet()
    gates = [m for m in network.modules() if isinstance(m, AggregationGate)]
    shared = sum(p.numel() for gate in gates for p in gate.parameters())
    assert sum(p.numel() for p in network.parameters()) + 3 * shared == 2_193_616
    biases = sum(gate.fc1.out_channels + gate.fc2.out_channels for gate in gates)
    counted = cost(_Clips(network), 1, (256, 128)).multiply_additions
    assert round(counted * 1e9) + 4 * biases + 512 == 978_878_352


class _Clips(nn.Module):
    """OSNet to its last layer, for clips."""

    def __init__(self, network: OSNet) -> None:
        super().__init__()
        self.network = network

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        return self.network.project(self.network(clips.flatten(0, 1)).mean((2, 3)))


def test_the_streams_of_a_block_see_different_scales() -> None:
    """One pixel reaches 3, 5, 7 and 9 pixels."""
    torch.manual_seed(0)
    block = OmniScaleBlock(64, 64).eval()
    pixel = torch.zeros(1, 16, 15, 15)
    pixel[..., 7, 7] = 1
    nothing = torch.zeros_like(pixel)
    for stream, width in zip("abcd", (3, 5, 7, 9), strict=True):
        layers = nn.Sequential(*_convolutions(block.get_submodule(f"conv2{stream}")))
        changed = (layers(pixel) - layers(nothing)).abs().sum(1)[0] > 0
        assert changed.any(0).sum() == changed.any(1).sum() == width


def _convolutions(stream: nn.Module) -> list[nn.Module]:
    """Without activations, which hide what a negative weight lets through."""
    return [m for m in stream.modules() if isinstance(m, nn.Conv2d)]


def test_a_gate_scales_channels_by_less_than_one() -> None:
    x = torch.rand(2, 32, 4, 2) + 0.5
    scale = AggregationGate(32)(x) / x
    torch.testing.assert_close(scale, scale[..., :1, :1].expand_as(scale))
    assert ((scale > 0) & (scale < 1)).all()


def torchreid_names() -> dict[str, tuple[int, ...]]:
    """The first block, a transition and the end of torchreid's osnet_x1_0, by name and shape."""
    norm = {"weight", "bias", "running_mean", "running_var"}
    names: dict[str, tuple[int, ...]] = {
        "conv1.conv.weight": (64, 3, 7, 7),
        "conv2.0.conv1.conv.weight": (64, 64, 1, 1),
        "conv2.0.gate.fc1.weight": (4, 64, 1, 1),
        "conv2.0.gate.fc1.bias": (4,),
        "conv2.0.gate.fc2.weight": (64, 4, 1, 1),
        "conv2.0.gate.fc2.bias": (64,),
        "conv2.0.conv3.conv.weight": (256, 64, 1, 1),
        "conv2.0.downsample.conv.weight": (256, 64, 1, 1),
        "conv2.2.0.conv.weight": (256, 256, 1, 1),
        "conv4.1.conv3.conv.weight": (512, 128, 1, 1),
        "conv5.conv.weight": (512, 512, 1, 1),
        "fc.0.weight": (512, 512),
        "fc.0.bias": (512,),
    }
    for layer, size in (("conv1.bn", 64), ("conv2.2.0.bn", 256), ("conv5.bn", 512), ("fc.1", 512)):
        names |= {f"{layer}.{kind}": (size,) for kind in norm}
    for stream, depth in zip("abcd", (1, 2, 3, 4), strict=True):
        for number in range(depth):
            place = f"conv2.0.conv2{stream}" + (f".{number}" if depth > 1 else "")
            names[f"{place}.conv1.weight"] = (64, 64, 1, 1)
            names[f"{place}.conv2.weight"] = (64, 1, 3, 3)
            names |= {f"{place}.bn.{kind}": (64,) for kind in norm}
    return names


def test_osnet_takes_torchreid_files(tmp_path: Path) -> None:
    here = OSNet().state_dict()
    for name, shape in torchreid_names().items():
        assert here[name].shape == shape, name
    first_block = {name for name in here if name.startswith("conv2.0.")}
    counted = {name for name in first_block if "num_batches" not in name}
    asked = {name for name in torchreid_names() if name.startswith("conv2.0.")}
    outer_norms = {f"conv2.0.{layer}.bn" for layer in ("conv1", "conv3", "downsample")}
    assert {name for name in counted - asked if name.rpartition(".")[0] not in outer_norms} == set()
    published = OSNet().state_dict() | {"classifier.weight": torch.zeros(751, 512)}
    torch.save({f"module.{key}": value for key, value in published.items()}, tmp_path / "os.pth")
    loaded = build("osnet_x1_0", None, tmp_path / "os.pth").state_dict()
    for name in here:
        assert torch.equal(loaded[f"backbone.{name}"], published[name])
    with pytest.raises(ModelError, match="no ImageNet weights for osnet_x1_0"):
        build("osnet_x1_0", None, "imagenet")


def ibn_net_state() -> dict[str, torch.Tensor]:
    """A state dict as XingangPan/IBN-Net has it: torchvision's, with `IN` and `BN` in bn1."""
    state = {}
    for name, value in resnet50().state_dict().items():
        match = re.fullmatch(r"(layer[123]\.\d\.bn1)\.(\w+)", name)
        if match is None:
            state[name] = torch.randn_like(value) if value.is_floating_point() else value
            continue
        place, kind = match.groups()
        half = len(value) // 2 if value.ndim else 0
        state[f"{place}.BN.{kind}"] = torch.randn(half) if value.ndim else value
        if kind in ("weight", "bias"):
            state[f"{place}.IN.{kind}"] = torch.randn(half)
    return state


def test_ibn_takes_the_authors_files_and_its_own(tmp_path: Path) -> None:
    published = ibn_net_state()
    torch.save(published, tmp_path / "ibn.pth")
    model = build("resnet50_ibn_a", None, tmp_path / "ibn.pth")
    first = model.get_submodule("backbone.layer2.0.bn1")
    assert isinstance(first, InstanceBatchNorm)
    assert torch.equal(first.instance.weight, published["layer2.0.bn1.IN.weight"])
    assert torch.equal(first.batch.running_var, published["layer2.0.bn1.BN.running_var"])
    torch.save({"model": model.state_dict()}, tmp_path / "own.pt")
    again = build("resnet50_ibn_a", None, tmp_path / "own.pt")
    assert torch.equal(
        again.get_parameter("backbone.layer1.0.bn1.instance.bias"),
        published["layer1.0.bn1.IN.bias"],
    )


def test_ibn_stands_in_the_first_three_layers_only() -> None:
    with torch.device("meta"):
        backbone = resnet50_ibn_a_backbone()
    places = [n for n, m in backbone.named_modules() if isinstance(m, InstanceBatchNorm)]
    assert [sum(p.startswith(f"layer{i}.") for p in places) for i in (1, 2, 3, 4)] == [3, 4, 6, 0]
    assert all(place.endswith(".bn1") for place in places)


def test_ibn_b_ends_at_the_third_layer_and_takes_the_authors_files(tmp_path: Path) -> None:
    published = {name: torch.randn(v.shape) for name, v in resnet50().state_dict().items()}
    published = {name: v for name, v in published.items() if not name.startswith("bn1.running")}
    for place, width in (("layer1.2", 256), ("layer2.3", 512)):
        published |= {f"{place}.IN.{kind}": torch.randn(width) for kind in ("weight", "bias")}
    torch.save(published, tmp_path / "ibn_b.pth")
    model = build("resnet50_ibn_b_layer3", None, tmp_path / "ibn_b.pth").eval()
    for place in ("layer1.2", "layer2.3"):
        norm = model.get_submodule(f"backbone.{place}.instance")
        assert torch.equal(norm.weight, published[f"{place}.IN.weight"])
    with torch.device("meta"):
        backbone = resnet50_ibn_b_layer3_backbone()
    assert backbone(torch.empty(1, 3, 384, 128, device="meta")).shape == (1, 1024, 24, 8)
    by_instance = [n for n, m in backbone.named_modules() if isinstance(m, nn.InstanceNorm2d)]
    assert by_instance == ["bn1", "layer1.2.instance", "layer2.3.instance"]


def test_the_sum_of_a_bottleneck_is_normalised_by_instance() -> None:
    torch.manual_seed(0)
    block = InstanceBottleneck(16).eval()
    x = torch.randn(2, 64, 6, 4)
    plain = Bottleneck(64, 16).eval()
    plain.load_state_dict(block.state_dict(), strict=False)
    sums: list[torch.Tensor] = []
    plain.bn3.register_forward_hook(lambda module, given, out: sums.append(out.clone()))
    plain(x)
    total = sums[0] + x
    spread = total.var((2, 3), unbiased=False, keepdim=True)
    wanted = (total - total.mean((2, 3), keepdim=True)) / (spread + 1e-5).sqrt()
    torch.testing.assert_close(block(x), wanted.relu())


def test_densenet_takes_the_published_names(tmp_path: Path) -> None:
    reference = densenet121().eval()
    old = {
        re.sub(r"(denselayer\d+\.(?:norm|conv))(\d)", r"\1.\2", name): value
        for name, value in reference.state_dict().items()
    }
    assert "features.denseblock1.denselayer1.norm.1.weight" in old
    assert {from_torchvision_file(name) for name in old} == reference.state_dict().keys()
    torch.save(old, tmp_path / "densenet.pth")
    model = build("densenet121", None, tmp_path / "densenet.pth").eval()
    reference.classifier = nn.Identity()  # type: ignore[assignment]
    images = torch.randn(1, 3, 64, 32)
    with torch.inference_mode():
        torch.testing.assert_close(model(images[:, None]).frames[:, 0], reference(images))


def test_models_for_clips_pool_in_their_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MODELS, "whole", _Whole())
    assert build("whole", 3, size=(64, 32)) is not None
    with pytest.raises(ModelError, match=r"no model\.pooling.* for whole.*found 'gem'.*resnet50"):
        build("whole", 3, pooling="gem")
    with pytest.raises(ModelError, match="found 'attention'"):
        build("whole", 3, temporal="attention")


class _Whole:
    title, paper, input_size, clip_length, published = "a clip's", "none", (64, 32), 4, None

    def make(self, num_classes: int | None) -> nn.Module:
        return nn.Linear(2, num_classes or 1)
