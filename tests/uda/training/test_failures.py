"""When something breaks, it is said what, and nothing that was good is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_models import build as build_model

from tests.uda.training.conftest import Run
from uda.errors import CheckpointError, ConfigError, RunError, TrainingError
from uda.methods.source_only import SourceOnly
from uda.training import checkpoint, restored


def test_a_loss_that_is_no_number_stops_the_run(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses, calls = SourceOnly.losses, []

    def broken(self: SourceOnly, *batch: Any) -> dict[str, torch.Tensor]:
        terms = losses(self, *batch)
        calls.append(1)
        if len(calls) == 5:
            terms["triplet"] = terms["triplet"] * torch.nan
            terms["loss"] = terms["identity"] + terms["triplet"]
        return terms

    monkeypatch.setattr(SourceOnly, "losses", broken)
    with pytest.raises(
        TrainingError, match=r"step 5 .*loss, triplet is not a finite.*optimiser.lr"
    ):
        run("nan", method="source_only")
    kept = checkpoint.load(tmp_path / "nan" / "checkpoints" / "last.pt")
    assert all(tensor.isfinite().all() for tensor in kept["model"].values())


def test_a_full_disk_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"model": {}})
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CheckpointError, match=r"No space left.*previous checkpoint .* is intact"):
        checkpoint.save(path, {"model": {"weight": torch.zeros(9)}})
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["last.pt"]


def test_a_truncated_checkpoint_is_named(run: Run) -> None:
    path = run("once", "training.epochs=1").checkpoint
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(CheckpointError, match=r"cannot be read.*truncated"):
        restored.model(path)
    with pytest.raises(CheckpointError, match=r"cannot be read.*truncated"):
        run("once", "training.epochs=1", resume=True)


def test_weights_of_another_program_are_no_checkpoint(tmp_path: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(3)}, tmp_path / "foreign.pt")
    with pytest.raises(CheckpointError, match=r"expected the format.*conv1.weight.*--pretrained"):
        checkpoint.load(tmp_path / "foreign.pt")


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path: Path) -> None:
    torch.save({"format": checkpoint.FORMAT, "model": Path("x")}, tmp_path / "code.pt")
    with pytest.raises(CheckpointError, match="cannot be read"):
        checkpoint.load(tmp_path / "code.pt")


def test_another_architecture_is_named(tiny: str, tmp_path: Path) -> None:
    weights = build_model("slim_resnet18", 4).state_dict()
    with pytest.raises(CheckpointError, match=r"another architecture.*instead of"):
        checkpoint.fit(tmp_path / "x.pt", build_model(tiny, 4), weights, "tiny")


def test_a_checkpoint_gives_back_the_model(run: Run) -> None:
    result = run("once", "training.epochs=1")
    student, settings = restored.model(result.checkpoint)
    assert settings.model.name == "tiny"
    assert student(torch.zeros(1, 2, 3, 32, 16)).embedding.shape == (1, 12)


@pytest.mark.parametrize("resume", [False, True])
def test_a_directory_of_something_else_is_left_alone(
    run: Run, tmp_path: Path, resume: bool
) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.tex").write_text("precious")
    with pytest.raises(RunError, match="found no run" if resume else "thesis.tex"):
        run("taken", resume=resume)
    assert [p.name for p in (tmp_path / "taken").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("override", "phrase"),
    [
        ("training.accelerator=cuda", "torch finds none here"),
        ("training.precision=16-mixed", "needs a GPU"),
    ],
)
def test_hardware_that_is_not_there(run: Run, override: str, phrase: str) -> None:
    if torch.cuda.is_available() and "cuda" in override:
        pytest.skip("there is a GPU")
    with pytest.raises(ConfigError, match=phrase):
        run("x", override)
