"""Models and files that are refused: nothing of them is kept."""

from __future__ import annotations

from pathlib import Path

import onnx
import onnxruntime
import pytest
import torch

from tests.uda.onnx_export.saving import save
from uda import onnx_export
from uda.config import Config
from uda.errors import ConfigError, UdaError
from uda.runs import checkpoint


@pytest.mark.usefixtures("translated")
def test_a_runtime_that_is_too_old_for_the_file(
    slight: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("Unsupported model IR version: 14, max supported IR version: 9\nmore")

    monkeypatch.setattr(onnxruntime, "InferenceSession", refuse)
    with pytest.raises(UdaError, match=r"IR version: 9 Ask for a lower --opset and --ir-version"):
        onnx_export.export(slight, slight.parent / "model.onnx")
    assert list(slight.parent.iterdir()) == [slight]


@pytest.mark.usefixtures("translated")
def test_a_file_that_onnx_finds_invalid_is_not_kept(
    slight: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise onnx.checker.ValidationError("Unrecognized attribute")

    monkeypatch.setattr(onnx.checker, "check_model", refuse)
    with pytest.raises(UdaError, match=r"finds invalid \(Unrecognized attribute\)"):
        onnx_export.export(slight, slight.parent / "model.onnx")
    assert list(slight.parent.iterdir()) == [slight]


@pytest.mark.usefixtures("translated")
def test_a_file_that_answers_otherwise_is_not_kept(
    slight: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(onnx_export, "largest_difference", lambda *_: float("inf"))
    with pytest.raises(UdaError, match="nothing was kept"):
        onnx_export.export(slight, tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == [slight.parent]


def test_weights_beyond_one_file(slight: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onnx_export, "LARGEST", 1000)
    with pytest.raises(UdaError, match="GiB of weights"):
        onnx_export.export(slight, slight.parent / "model.onnx")


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
