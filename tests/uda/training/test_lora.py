"""Runs that adapt a transformer by low-rank parts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_models import ModelError

from tests.uda.miniature import Run
from tests.uda.training.test_resume import assert_same, stop_at
from uda import onnx_export
from uda.monitor.monitor import Monitor
from uda.runs import checkpoint, restored
from uda.training.session import Interrupted

VIT = (
    "training.epochs=1",
    "training.steps=2",
    "evaluation.every=0",
    "optimiser.lr=0.01",
    "model.name=timm/test_vit",
    "model.pooling=token",
    "model.temporal=transformer",
)
LORA = (*VIT, "model.lora_rank=2", "model.lora_layers=[attn.qkv]")


@pytest.mark.parametrize("method", ["source_only", "synthetic_to_real"])
def test_of_the_backbone_low_rank_parts_alone_move(
    run: Run, trained: Run, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trained(*VIT, method="source_only").checkpoint
    said: list[str] = []
    monkeypatch.setattr(Monitor, "say", lambda self, text: said.append(text))
    adapted = run("adapted", *LORA, method=method, init=first)
    student = restored.model(first)[0]
    head = sum(w.numel() for w in student.parameters() if w.requires_grad) - sum(
        w.numel() for w in student.backbone.parameters()
    )
    learns = (head + 6 * 2 * (64 + 192)) / 1e6  # six blocks, rank 2
    assert f"{learns:.3f} of " in said[0]
    assert "million weights learn: of the backbone LoRA's of rank 2 in 6 layers" in said[0]
    before, after = (checkpoint.load(file)["model"] for file in (first, adapted.checkpoint))
    layer = "backbone.network.blocks.0.attn.qkv"
    kept = after[f"{layer}.parametrizations.weight.original"]
    assert torch.equal(kept, before[f"{layer}.weight"])
    assert after[f"{layer}.parametrizations.weight.0.up"].any()
    for name, tensor in before.items():
        if name.startswith("backbone.") and "attn.qkv.weight" not in name:
            assert torch.equal(after[name], tensor), name
    moved = "temporal.blocks.0.proj.weight"
    assert not torch.equal(after[moved], before[moved])


def test_a_checkpoint_comes_back_merged_and_is_started_from(run: Run, trained: Run) -> None:
    first = trained(*VIT, method="source_only").checkpoint
    adapted = run("adapted", *LORA, method="source_only", init=first).checkpoint
    model, _ = restored.model(adapted)
    merged = model.state_dict()
    assert merged.keys() == checkpoint.load(first)["model"].keys()
    still = ("optimiser.lr=1e-12", "optimiser.weight_decay=0", "training.steps=1")
    for name, settings in (("plain", VIT), ("again", LORA)):
        begun = run(name, *settings, *still, method="source_only", init=adapted).checkpoint
        weights = restored.model(begun)[0].state_dict()
        for key in ("backbone.network.blocks.3.attn.qkv.weight", "head.classifier.weight"):
            torch.testing.assert_close(weights[key], merged[key])


def test_an_interrupted_run_goes_on_to_the_same_weights(
    run: Run, trained: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trained(*VIT, method="source_only").checkpoint
    whole = run("whole", *LORA, method="source_only", init=first).checkpoint
    stop_at(monkeypatch, 1)
    with pytest.raises(Interrupted):
        run("stopped", *LORA, method="source_only", init=first)
    monkeypatch.undo()
    resumed = run("stopped", *LORA, method="source_only", init=first, resume=True).checkpoint
    assert_same(whole, resumed)


def test_random_weights_are_not_adapted(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    result = run("random", *LORA, method="source_only")
    assert "model.lora_rank=2 is left out: the weights start at random" in caplog.text
    assert checkpoint.load(result.checkpoint)["config"]["model"]["lora_rank"] is None


def test_a_convolutional_network_is_refused(run: Run, trained: Run) -> None:
    first = trained(*VIT[:4], method="source_only").checkpoint
    with pytest.raises(ModelError, match=r"Expected a transformer for model\.lora_rank=4"):
        run("refused", *VIT[:4], "model.lora_rank=4", method="source_only", init=first)


def test_it_is_exported_for_any_number_of_frames(
    run: Run, trained: Run, tmp_path: Path, processor: None
) -> None:
    first = trained(*VIT, method="source_only").checkpoint
    adapted = run("adapted", *LORA, method="source_only", init=first).checkpoint
    path = tmp_path / "model.onnx"
    assert onnx_export.export(adapted, path).difference < 1e-4
