"""OpenVINO, another runtime, answers as the model does."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
import torch
from reid_datasets.transforms import normalise

from tests.uda.onnx_export.saving import save
from uda import onnx_export
from uda.config import Config
from uda.runs import restored


def openvino_gap(path: Path, trained: Path, lengths: tuple[int, ...]) -> float:
    """Largest difference of OpenVINO's embeddings from the model's, for batches of 1 and 5."""
    openvino = pytest.importorskip("openvino")
    core = openvino.Core()
    precise = {"INFERENCE_PRECISION_HINT": "f32"}  # bf16 on a processor that has it
    compiled = core.compile_model(core.read_model(path), "CPU", precise)
    model, settings = restored.model(trained)
    rng, worst = np.random.default_rng(2), 0.0
    for batch, length in itertools.product((1, 5), lengths):
        shape = (batch, length, 3, *settings.data.size)
        clips = rng.integers(0, 256, shape, dtype=np.uint8)
        with torch.inference_mode():
            wanted = model(normalise(torch.from_numpy(clips))).embedding
        wanted = torch.nn.functional.normalize(wanted, dim=1).numpy()
        found = compiled({"clips": clips})["embedding"]
        assert found.shape == wanted.shape
        worst = max(worst, float(np.abs(found - wanted).max()))
    return worst


def test_openvino_answers_as_the_model_does(trained: Path, exported: Path) -> None:
    assert openvino_gap(exported, trained, (1, 2, 4, 7)) < 1e-4


@pytest.mark.slow
@pytest.mark.parametrize(("name", "clip_length"), [("c2d", None), ("sinet", 4)])
def test_openvino_answers_as_video_models_do(
    tmp_path: Path, name: str, clip_length: int | None
) -> None:
    size = (64, 32)
    settings = Config.model_validate({"model": {"name": name}, "data": {"size": size}})
    trained, path = save(settings, tmp_path / "last.pt"), tmp_path / "model.onnx"
    assert onnx_export.export(trained, path, clip_length=clip_length).difference < 1e-4
    assert openvino_gap(path, trained, (clip_length,) if clip_length else (4, 7)) < 1e-4
