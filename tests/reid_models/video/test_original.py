"""State dicts with the authors' names and shapes arrive where they belong."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import torch
from reid_models import ModelError, build
from reid_models.video import VIDEO, VideoResNet50, load_original
from torch.nn import functional as F
from torchvision.models import resnet50

State = dict[str, torch.Tensor]
Shapes = Mapping[str, tuple[int, ...]]
IDENTITIES = 6


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)


def norm(name: str, channels: int) -> Shapes:
    """A batch normalisation's tensors, as old versions of PyTorch saved them: without a count."""
    return {f"{name}.{part}": (channels,) for part in PARTS}


PARTS = ("weight", "bias", "running_mean", "running_var")


def filled(shapes: Shapes) -> State:
    return {key: torch.rand(shape) for key, shape in shapes.items()}


@pytest.fixture(scope="module")
def image_weights() -> State:
    return {k: v for k, v in resnet50().state_dict().items() if not k.startswith("fc.")}


def inflated(image: State, inserted: Mapping[tuple[str, int], Shapes]) -> State:
    """Kernels of 1 x k x k, and inserted modules among the blocks, where they shift the rest."""
    state: State = {}
    for key, value in image.items():
        stage, number, *rest = key.split(".")
        if stage.startswith("layer"):
            shift = sum(place < (stage, int(number)) for place in inserted if place[0] == stage)
            key = ".".join([stage, str(int(number) + shift), *rest])
        state[key] = value.unsqueeze(2) if value.ndim == 4 else value
    for (stage, block), shapes in inserted.items():
        position = block + 1 + sum(p < (stage, block) for p in inserted if p[0] == stage)
        state |= filled({f"{stage}.{position}.{key}": shape for key, shape in shapes.items()})
    return state


def with_head(state: State) -> State:
    head = {"classifier.weight": (IDENTITIES, 2048), "classifier.bias": (IDENTITIES,)}
    return state | filled(norm("bn", 2048)) | filled(head)


def integration() -> Shapes:
    shapes: dict[str, tuple[int, ...]] = {}
    sizes = {"chl": (512, 32, (1, 1, 1)), "thw": (2048, 128, (1, 1))}
    for name, (wide, narrow, kernel) in sizes.items():
        shapes |= {f"{name}_reduction.0.weight": (narrow, wide, *kernel)}
        shapes |= {f"{name}_reduction.0.bias": (narrow,)}
        shapes |= norm(f"{name}_reduction.1", narrow)
        shapes |= {f"{name}_expansion.0.weight": (wide, narrow, *kernel)}
        shapes |= {f"{name}_expansion.0.bias": (wide,)}
    return shapes


def transition() -> Shapes:
    return {
        "kernel.0.weight": (9, 1024, 1, 1, 1),
        "kernel.0.bias": (9,),
        **norm("kernel.1", 9),
        "se.1.weight": (256, 1024, 1, 1, 1),
        "se.1.bias": (256,),
        "se.3.weight": (1024, 256, 1, 1, 1),
        "se.3.bias": (1024,),
    }


def sinet_state(image: State) -> State:
    """With the biases that inflation gives every convolution there."""
    places: dict[tuple[str, int], Shapes] = {("layer2", b): integration() for b in (1, 3)}
    places |= {("layer3", b): transition() for b in (1, 3, 5)}
    state = with_head(inflated(image, places))
    convolutions = [k for k, v in state.items() if v.ndim == 5 and f"{k[:-6]}bias" not in state]
    state |= {f"{k[:-6]}bias": torch.randn(state[k].shape[0]) for k in convolutions}
    return state | filled({"projection.weight": (2048, 2048, 1), "projection.bias": (2048,)})


def appearance(width: int) -> Shapes:
    inner = width // 16
    mappings = ("semantic_mapping", "x_mapping", "n_mapping")
    shapes: Shapes = {f"APM.{name}.weight": (inner, width, 1, 1, 1) for name in mappings}
    return {
        **shapes,
        "APM.contrastive_att_net.0.weight": (1, inner, 1, 1, 1),
        "temporal_conv3d.weight": (width, width, 3, 1, 1),
    }


def non_local(width: int) -> Shapes:
    shapes: dict[str, tuple[int, ...]] = {}
    for name in ("g.0", "theta", "phi.0"):
        shapes |= {f"{name}.weight": (width // 2, width, 1, 1, 1), f"{name}.bias": (width // 2,)}
    shapes |= {"W.0.weight": (width, width // 2, 1, 1, 1), "W.0.bias": (width,)}
    return shapes | norm("W.1", width)


def ap3d_state(image: State, blocks: Mapping[tuple[str, int], Shapes]) -> State:
    state = with_head(inflated(image, blocks))
    for stage, block, width in [
        ("layer2", 0, 128), ("layer2", 2, 128),
        ("layer3", 0, 256), ("layer3", 2, 256), ("layer3", 4, 256),
    ]:  # fmt: skip
        shift = sum(place < (stage, block) for place in blocks if place[0] == stage)
        conv = f"{stage}.{block + shift}.conv2"
        state[f"{conv}.spatial_conv3d.weight"] = state.pop(f"{conv}.weight")
        state |= filled({f"{conv}.{key}": shape for key, shape in appearance(width).items()})
    return state


def ap3d_nl_state(image: State) -> State:
    places = {("layer2", b): non_local(512) for b in (1, 3)}
    return ap3d_state(image, places | {("layer3", b): non_local(1024) for b in (1, 3, 5)})


def tclnet_state(image: State) -> State:
    boosting = {"W.0.weight": (512, 512, 1, 1), "W.0.bias": (512,), **norm("W.1", 512)}
    state = inflated(image, {("layer2", 3): boosting})
    for key in [key for key in state if key.startswith("layer4.")]:
        value = state.pop(key)
        value = value.squeeze(2) if value.ndim == 5 else value
        _, number, tail = key.split(".", 2)
        if number == "2":
            state[f"TSE_Module.branch.0.{tail}"] = value
            state[f"TSE_Module.branch.1.{tail}"] = value + 1
        else:
            state[f"TSE_Module.layer4.{number}.{tail}"] = value
    shapes: dict[str, tuple[int, ...]] = {
        "TSE_Module.conv_reduce.weight": (1024, 2048, 1, 1),
        "TSE_Module.conv_erase.0.weight": (1024, 1024, 1, 1),
        "TSE_Module.conv_erase.0.bias": (1024,),
        **norm("TSE_Module.conv_erase.1", 1024),
    }
    for branch in range(2):
        shapes |= norm(f"bn.{branch}", 2048)
        shapes |= {f"classifier.{branch}.weight": (IDENTITIES, 2048)}
        shapes |= {f"classifier.{branch}.bias": (IDENTITIES,)}
    return state | filled(shapes)


def convolved(name: str, incoming: int, outgoing: int, kernel: int = 1, first: int = 0) -> Shapes:
    weight = {f"{name}.{first}.weight": (outgoing, incoming, kernel, kernel)}
    return weight | norm(f"{name}.{first + 1}", outgoing)


def psta_state(image: State) -> State:
    state = {f"base.{key}": value for key, value in image.items()}
    shapes = dict(convolved("down_channel", 2048, 1024))
    for level in (f"layer{number}" for number in (1, 2, 3)):
        for name in ("TRAG.gamma_temporal", "TRAG.beta_temporal"):
            shapes |= convolved(f"{level}.{name}", 1024, 128)
        for name in ("SRAG.alphi_appearance", "SRAG.delta_appearance"):
            shapes |= convolved(f"{level}.{name}", 1024, 128)
        for name in ("TRAG.gg_temporal", "TRAG.tte_para", "SRAG.gg_spatial", "SRAG.spa_para"):
            shapes |= convolved(f"{level}.{name}", 256, 128)
        shapes |= convolved(f"{level}.TRAG.te_para", 256, 1)
        shapes |= convolved(f"{level}.SRAG.spa_para", 128, 1, first=3)
        shapes |= {f"{level}.TRAG.theta_channel.0.weight": (128, 1024, 1)}
        for name, incoming in (("TRAG.channel_para", 256), ("SRAG.app_channel", 1024)):
            shapes |= {
                f"{level}.{name}.0.weight": (128, incoming),
                f"{level}.{name}.0.bias": (128,),
            }
            shapes |= {f"{level}.{name}.2.weight": (1024, 128), f"{level}.{name}.2.bias": (1024,)}
        shapes |= convolved(f"{level}.Embeding", 1024, 256)
        shapes |= convolved(f"{level}.Embeding", 256, 128, first=3)
        shapes |= convolved(f"{level}.conv_block", 1024, 256)
        shapes |= convolved(f"{level}.conv_block", 256, 256, 3, first=3)
        shapes |= convolved(f"{level}.conv_block", 256, 1024, first=6)
    for level_number in range(3):
        shapes |= norm(f"bottleneck.{level_number}", 1024)
        shapes |= {f"classifier.{level_number}.weight": (IDENTITIES, 1024)}
        shapes |= {f"classifier.{level_number}.bias": (IDENTITIES,)}
    return state | filled(shapes)


def parallel(state: State) -> State:
    """As ``nn.DataParallel`` saves it."""
    return {f"module.{key}": value for key, value in state.items()}


def loaded(name: str, state: Mapping[str, object], classes: int | None = IDENTITIES) -> tuple:
    model = VIDEO[name].make(classes).eval()
    return model, load_original(model, VIDEO[name], state)


def assert_arrived(model: VideoResNet50, state: State, pairs: Mapping[str, str]) -> None:
    ours = model.state_dict()
    for theirs, here in pairs.items():
        assert torch.equal(ours[here], state[theirs].reshape(ours[here].shape)), here


def assert_backbone(model: VideoResNet50, image: State) -> None:
    for key, value in model.backbone.state_dict().items():
        assert torch.equal(value, image[key]), key


def test_the_baseline(image_weights: State) -> None:
    state = with_head(inflated(image_weights, {}))
    model, left_out = loaded("c2d", {"state_dict": parallel(state), "epoch": 240})
    assert left_out == []
    assert_backbone(model, image_weights)
    assert_arrived(
        model, state, {"bn.bias": "head.norm.bias", "classifier.bias": "head.classifier.bias"}
    )


def test_sinet(image_weights: State) -> None:
    state = sinet_state(image_weights)
    model, left_out = loaded("sinet", state)
    assert sorted(left_out) == ["projection.bias", "projection.weight"]
    for key, value in model.backbone.state_dict().items():
        if not key.endswith("running_mean"):
            assert torch.equal(value, image_weights[key]), key
    pairs = {}
    for theirs, here in (("layer2.2", "layer2_1"), ("layer2.5", "layer2_3")):
        for part in integration():
            pairs[f"{theirs}.{part}"] = f"inserted.{here}.module.{part}"
    for theirs, here in (
        ("layer3.2", "layer3_1"),
        ("layer3.5", "layer3_3"),
        ("layer3.8", "layer3_5"),
    ):
        for part in transition():
            pairs[f"{theirs}.{part}"] = f"inserted.{here}.module.{part}"
    assert_arrived(model, state, pairs)


def test_biases_of_inflated_convolutions_leave_outputs_as_they_were(image_weights: State) -> None:
    state = sinet_state(image_weights)
    model, _ = loaded("sinet", state)
    x = torch.randn(2, 3, 16, 16)
    kernel, bias = state["conv1.weight"].squeeze(2), state["conv1.bias"]
    theirs = F.conv2d(x, kernel, bias, stride=2, padding=3)
    theirs = F.batch_norm(
        theirs,
        *(state[f"bn1.{part}"] for part in ("running_mean", "running_var", "weight", "bias")),
    )
    with torch.no_grad():
        ours = model.backbone.bn1(model.backbone.conv1(x))
    torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    shift = model.backbone.layer3[0].downsample[1].running_mean
    torch.testing.assert_close(shift, -state["layer3.0.downsample.0.bias"])


@pytest.mark.parametrize(("name", "integrates", "breaks"), [("sbnet", 0, 1), ("idnet", 1, 0)])
def test_the_halves_of_sinet(name: str, integrates: int, breaks: int, image_weights: State) -> None:
    places: dict[tuple[str, int], Shapes] = {}
    if integrates:
        places |= {("layer2", b): integration() for b in (1, 3)}
    if breaks:
        places |= {("layer3", b): transition() for b in (1, 3, 5)}
    model, left_out = loaded(name, with_head(inflated(image_weights, places)))
    assert left_out == []
    assert_backbone(model, image_weights)


def test_ap3d(image_weights: State) -> None:
    state = ap3d_state(image_weights, {})
    model, left_out = loaded("ap3d", parallel(state))
    assert left_out == []
    assert_backbone(model, image_weights)
    ours = "inside.layer3_4.appearance"
    assert_arrived(
        model,
        state,
        {
            "layer3.4.conv2.APM.semantic_mapping.weight": f"{ours}.semantic.weight",
            "layer3.4.conv2.APM.x_mapping.weight": f"{ours}.own.weight",
            "layer3.4.conv2.APM.n_mapping.weight": f"{ours}.neighbour.weight",
            "layer3.4.conv2.APM.contrastive_att_net.0.weight": f"{ours}.contrast.weight",
            "layer2.2.conv2.temporal_conv3d.weight": "inside.layer2_2.temporal.weight",
        },
    )


def test_ap3d_with_non_local_blocks(image_weights: State) -> None:
    state = ap3d_nl_state(image_weights)
    model, left_out = loaded("ap3d_nl", state)
    assert left_out == []
    assert_backbone(model, image_weights)
    ours = "inserted.layer3_3"
    assert_arrived(
        model,
        state,
        {
            "layer3.5.g.0.weight": f"{ours}.g.weight",
            "layer3.5.phi.0.weight": f"{ours}.phi.weight",
            "layer3.5.theta.weight": f"{ours}.theta.weight",
            "layer3.5.W.1.running_var": f"{ours}.W.1.running_var",
            "layer3.6.conv2.temporal_conv3d.weight": "inside.layer3_4.temporal.weight",
        },
    )


def test_tclnet(image_weights: State) -> None:
    state = tclnet_state(image_weights)
    model, left_out = loaded("tclnet", {"state_dict": state})
    assert left_out == []
    assert_backbone(model, image_weights)
    assert_arrived(
        model,
        state,
        {
            "TSE_Module.branch.0.conv2.weight": "backbone.layer4.2.conv2.weight",
            "TSE_Module.branch.1.conv2.weight": "second_block.conv2.weight",
            "TSE_Module.conv_reduce.weight": "erasing.reduction.weight",
            "TSE_Module.conv_erase.0.weight": "erasing.mapping.weight",
            "TSE_Module.conv_erase.1.bias": "erasing.norm.bias",
            "layer2.4.W.0.weight": "inserted.layer2_3.mapping.weight",
            "layer2.4.W.1.weight": "inserted.layer2_3.norm.weight",
            "bn.1.running_mean": "second_head.norm.running_mean",
            "classifier.0.weight": "head.classifier.weight",
        },
    )


def test_psta(image_weights: State) -> None:
    state = psta_state(image_weights)
    model, left_out = loaded("psta", parallel(state))
    assert left_out == []
    assert_backbone(model, image_weights)
    ours = "levels.1"
    assert_arrived(
        model,
        state,
        {
            "layer2.TRAG.gamma_temporal.0.weight": f"{ours}.temporal.query.0.weight",
            "layer2.TRAG.beta_temporal.0.weight": f"{ours}.temporal.key.0.weight",
            "layer2.TRAG.gg_temporal.0.weight": f"{ours}.temporal.relations.0.weight",
            "layer2.TRAG.tte_para.0.weight": f"{ours}.temporal.pair.0.weight",
            "layer2.TRAG.te_para.0.weight": f"{ours}.temporal.position_weight.0.weight",
            "layer2.TRAG.theta_channel.0.weight": f"{ours}.temporal.reduction.weight",
            "layer2.TRAG.channel_para.2.weight": f"{ours}.temporal.channel_weight.2.weight",
            "layer2.SRAG.alphi_appearance.0.weight": f"{ours}.spatial.query.0.weight",
            "layer2.SRAG.delta_appearance.0.weight": f"{ours}.spatial.key.0.weight",
            "layer2.SRAG.gg_spatial.1.bias": f"{ours}.spatial.relations.1.bias",
            "layer2.SRAG.spa_para.0.weight": f"{ours}.spatial.position_weight.0.0.weight",
            "layer2.SRAG.spa_para.4.weight": f"{ours}.spatial.position_weight.1.1.weight",
            "layer2.SRAG.app_channel.0.bias": f"{ours}.spatial.channel_weight.0.bias",
            "layer2.Embeding.3.weight": f"{ours}.embedding.1.0.weight",
            "layer2.conv_block.7.running_var": f"{ours}.bottleneck.2.1.running_var",
            "down_channel.1.weight": "reduction.1.weight",
            "bottleneck.2.weight": "head.norm.weight",
            "bottleneck.1.weight": "lower_heads.1.norm.weight",
            "classifier.0.bias": "lower_heads.0.classifier.bias",
        },
    )


def test_a_classifier_for_other_people_is_left_out(image_weights: State) -> None:
    state = with_head(inflated(image_weights, {}))
    for classes in (None, IDENTITIES + 1):
        _, left_out = loaded("c2d", state, classes)
        assert left_out == ["classifier.weight", "classifier.bias"]


def test_what_does_not_fit_is_named_and_changes_nothing(image_weights: State) -> None:
    model = VIDEO["c2d"].make(None)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    whole = inflated(image_weights, {}) | filled(norm("bn", 2048))
    for change, message in [
        ({"layer1.0.conv2.weight": torch.ones(64, 64, 3, 3, 3)}, r"layer1\.0\.conv2.* \(64, 64, 3"),
        ({"layer2.4.kernel.0.weight": torch.ones(9)}, r"layer2\.4\.kernel.*no such tensor"),
    ]:
        with pytest.raises(ModelError, match=message):
            load_original(model, VIDEO["c2d"], whole | change)
    del whole["layer4.2.conv3.weight"]
    with pytest.raises(
        ModelError, match=r"1 of its .* missing .*backbone\.layer4\.2\.conv3\.weight"
    ):
        load_original(model, VIDEO["c2d"], whole)
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key])


@pytest.mark.parametrize("kind", ["the authors'", "torchvision's"])
def test_a_file_of_either_kind_is_a_start(image_weights: State, tmp_path: Path, kind: str) -> None:
    """`--pretrained FILE`: the whole model of the authors, or its backbone alone."""
    path = tmp_path / "weights.pth"
    whole = kind == "the authors'"
    torch.save({"state_dict": sinet_state(image_weights)} if whole else image_weights, path)
    torch.manual_seed(3)
    fresh = build("sinet", IDENTITIES)
    torch.manual_seed(3)
    model = build("sinet", IDENTITIES, path)
    name = "backbone.layer3.2.conv1.weight"
    torch.testing.assert_close(model.state_dict()[name], image_weights["layer3.2.conv1.weight"])
    inserted = [key for key in fresh.state_dict() if key.startswith("inserted.")]
    same = all(torch.equal(model.state_dict()[key], fresh.state_dict()[key]) for key in inserted)
    assert same is not whole


def test_a_file_of_another_video_model_is_refused(image_weights: State, tmp_path: Path) -> None:
    torch.save(sinet_state(image_weights), tmp_path / "sinet.pth")
    with pytest.raises(ModelError, match=r"sinet\.pth"):
        build("ap3d", IDENTITIES, tmp_path / "sinet.pth")
