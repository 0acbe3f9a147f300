"""Checkpoints, and the file of one of them."""

from __future__ import annotations

from pathlib import Path

import onnx
import pytest

from tests.uda.onnx_export.saving import save
from uda import onnx_export
from uda.config import Config


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of a small model whose batch norms have seen something."""
    settings = Config.model_validate(
        {"model": {"name": "slim_resnet18"}, "data": {"size": (64, 32), "clip_length": 2}}
    )
    return save(settings, tmp_path_factory.mktemp("export") / "last.pt")


@pytest.fixture(scope="session")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The checkpoint's file as the command writes it: of bytes, for any number of frames."""
    path = tmp_path_factory.mktemp("exported") / "deep" / "model.onnx"
    assert onnx_export.export(trained, path).difference < 1e-4
    return path


@pytest.fixture
def slight(tiny: str, tmp_path: Path) -> Path:
    """A checkpoint that is written in no time."""
    data = {"size": (32, 16), "clip_length": 2}
    settings = Config.model_validate({"model": {"name": tiny}, "data": data})
    return save(settings, tmp_path / "slight" / "last.pt")


@pytest.fixture
def translated(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Torch's part is left out, which takes seconds: it gives another model's graph."""
    monkeypatch.setattr(onnx_export, "_translated", lambda *_: onnx.load(exported))
