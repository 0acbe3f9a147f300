"""ONNX files answer as the model does, for any number and length of clips."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch
from reid_datasets.transforms import normalise
from reid_models.building import MODELS
from reid_models.video import cavit

from tests.uda.onnx_export.saving import save
from uda import onnx_export
from uda.config import Config
from uda.runs import restored


@pytest.mark.parametrize("pixels", ["uint8", "float"])
def test_any_batch_and_any_length(
    trained: Path, exported: Path, tmp_path: Path, pixels: str
) -> None:
    path = exported
    if pixels == "float":
        path = tmp_path / "model.onnx"
        assert onnx_export.export(trained, path, pixels).difference < 1e-4
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
        {"name": "timm/test_vit3", "pooling": "token", "temporal": "transformer"},
        {"name": "timm/vit_small_patch16_dinov3", "pooling": "token"},
        {"name": "small_cavit"},
    ],
    ids=lambda chosen: chosen["name"],
)
def test_other_backbones_and_poolings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, str]
) -> None:
    small = partial(cavit.Cavit, width=24, heads=2, layers=1)
    monkeypatch.setitem(MODELS, "small_cavit", replace(cavit.ARCHITECTURE, make=small))
    settings = Config.model_validate({"model": chosen, "data": {"size": (64, 32)}})
    trained = save(settings, tmp_path / "last.pt")
    assert onnx_export.export(trained, tmp_path / "model.onnx").difference < 1e-4


def test_each_clip_of_a_batch_is_answered_by_itself(exported: Path) -> None:
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    clips = np.random.default_rng(1).integers(0, 256, (5, 3, 3, 64, 32), dtype=np.uint8)
    (together,) = session.run(None, {"clips": clips})
    alone = np.concatenate([session.run(None, {"clips": clip[None]})[0] for clip in clips])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(together[0] - together[1]).max() > 1e-3


def test_the_number_of_frames_can_be_fixed(slight: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    assert onnx_export.export(slight, path, clip_length=3).difference < 1e-4
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    assert given.shape[1:] == [3, 3, 32, 16]
    session.run(None, {"clips": np.zeros((4, 3, 3, 32, 16), np.uint8)})
