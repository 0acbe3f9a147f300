"""ONNX files answer as the model does, for any number and length of clips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from reid_datasets.transforms import normalise
from reid_models import build
from typer.testing import CliRunner

from uda import onnx_export
from uda.cli import app
from uda.config import Config
from uda.errors import ConfigError, UdaError
from uda.training import checkpoint, restored


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a small model whose batch norms have seen something."""
    settings = Config.model_validate(
        {"model": {"name": "slim_resnet18"}, "data": {"size": (64, 32), "clip_length": 2}}
    )
    return save(settings, tmp_path_factory.mktemp("export") / "last.pt")


def save(settings: Config, path: Path) -> Path:
    chosen = settings.model
    model = build(
        chosen.name,
        5,
        pooling=chosen.pooling,
        temporal=chosen.temporal,
        norm=chosen.norm,
        size=settings.data.size,
    )
    with torch.no_grad():
        for _ in range(3):
            model(2 * torch.randn(4, 2, 3, *settings.data.size) + 0.3)
    state = dict.fromkeys(checkpoint.CONTENTS, None) | {
        "model": model.state_dict(),
        "config": settings.model_dump(mode="json"),
        "source": {"identities": 5},
    }
    checkpoint.save(path, state)
    return path


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint's file as the command writes it: of bytes, for any number of frames."""
    path = tmp_path_factory.mktemp("exported") / "deep" / "model.onnx"
    assert onnx_export.export(trained, path) < 1e-4
    return path


@pytest.fixture
def slight(tiny: str, tmp_path: Path) -> Path:
    """A checkpoint that is written in no time."""
    data = {"size": (32, 16), "clip_length": 2}
    settings = Config.model_validate({"model": {"name": tiny}, "data": data})
    return save(settings, tmp_path / "slight" / "last.pt")


@pytest.mark.parametrize("pixels", ["uint8", "float"])
def test_any_batch_and_any_length(
    trained: Path, exported: Path, tmp_path: Path, pixels: str
) -> None:
    path = exported
    if pixels == "float":
        path = tmp_path / "model.onnx"
        assert onnx_export.export(trained, path, pixels) < 1e-4
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    model, _ = restored.model(trained)
    rng = np.random.default_rng(0)
    for batch, length in ((1, 1), (5, 2), (3, 9)):
        clips = rng.integers(0, 256, (batch, length, 3, 64, 32), dtype=np.uint8)
        ready = normalise(torch.from_numpy(clips)).numpy()
        (found,) = session.run(None, {"clips": clips if pixels == "uint8" else ready})
        with torch.inference_mode():
            wanted = model(torch.from_numpy(ready)).embedding
        wanted = torch.nn.functional.normalize(wanted, dim=1).numpy()
        np.testing.assert_allclose(found, wanted, atol=1e-4)
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    "chosen",
    [
        {"name": "resnet50_ibn_a", "pooling": "gem"},
        {"name": "vit_small", "temporal": "attention"},
    ],
    ids=lambda chosen: chosen["name"],
)
def test_other_backbones_and_poolings(tmp_path: Path, chosen: dict[str, str]) -> None:
    settings = Config.model_validate({"model": chosen, "data": {"size": (64, 32)}})
    trained = save(settings, tmp_path / "last.pt")
    assert onnx_export.export(trained, tmp_path / "model.onnx") < 1e-4


def test_each_clip_of_a_batch_is_answered_by_itself(exported: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    clips = np.random.default_rng(1).integers(0, 256, (5, 3, 3, 64, 32), dtype=np.uint8)
    (together,) = session.run(None, {"clips": clips})
    alone = np.concatenate([session.run(None, {"clips": clip[None]})[0] for clip in clips])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_the_file_says_what_it_is(exported: Path) -> None:
    facts = {entry.key: entry.value for entry in onnx.load(exported).metadata_props}
    assert (facts["model"], facts["height"], facts["width"]) == ("slim_resnet18", "64", "32")
    assert len(facts["checkpoint_sha256"]) == 64
    assert facts["mean"] == "0.485 0.456 0.406"
    assert sorted(p.name for p in exported.parent.iterdir()) == ["model.onnx"]


def test_a_file_that_answers_otherwise_is_not_kept(
    slight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "largest_difference", lambda *_: float("inf"))
    with pytest.raises(UdaError, match="nothing was kept"):
        onnx_export.export(slight, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == [slight.parent]


def test_the_command(slight: Path, tmp_path: Path) -> None:
    told = ["export", "--checkpoint", str(slight), "--output", str(tmp_path / "m.onnx")]
    done = CliRunner().invoke(app, told)
    assert done.exit_code == 0, done.output
    assert "differs from the model by at most" in done.output
    refused = CliRunner().invoke(app, [*told, "--input", "jpeg"])
    assert refused.exit_code == 2
    with pytest.raises(ConfigError, match="expected one of uint8, float"):
        onnx_export.export(slight, tmp_path / "m.onnx", "jpeg")


def test_the_number_of_frames_can_be_fixed(slight: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    assert onnx_export.export(slight, path, clip_length=3) < 1e-4
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert given.shape[1:] == [3, 3, 32, 16]
    session.run(None, {"clips": np.zeros((4, 3, 3, 32, 16), np.uint8)})


def test_a_model_that_needs_a_fixed_number_says_so(
    trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As torch does for sinet, tclnet and psta, which would take minutes here."""

    def refuse(*_: object, **__: object) -> None:
        raise torch.onnx.OnnxExporterError("guards")

    monkeypatch.setattr(torch.onnx, "export", refuse)
    with pytest.raises(UdaError, match="--clip-length 2 as in training"):
        onnx_export.export(trained, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_cameras_own_statistics_cannot_be_exported(tmp_path: Path) -> None:
    settings = Config.model_validate(
        {"model": {"name": "slim_resnet18", "norm": "cbn"}, "data": {"size": (64, 32)}}
    )
    state = checkpoint.load(save(settings, tmp_path / "last.pt"))
    assert state["config"]["model"]["norm"] == "cbn"
    with pytest.raises(ConfigError, match="each camera's own clips"):
        onnx_export.export(tmp_path / "last.pt", tmp_path / "model.onnx")
