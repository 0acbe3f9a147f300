"""When something breaks, it is said what, and nothing that was good is lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_models import build as build_model

from tests.uda.miniature import Run
from uda.batches.domains import Domains
from uda.errors import CheckpointError, ConfigError, RunError, TrainingError
from uda.methods.source_only import SourceOnly
from uda.methods.synthetic_to_real import SyntheticToReal
from uda.runs import checkpoint, restored

FORMAT = f"{checkpoint.FAMILY}{checkpoint.NUMBER}"


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
    written = json.loads((tmp_path / "nan" / "not-finite.json").read_text())
    assert (written["step"], written["epoch"]) == (5, 2)
    assert written["losses"]["triplet"] == written["losses"]["loss"] == "nan"
    assert isinstance(written["losses"]["identity"], float)
    kept = checkpoint.load(tmp_path / "nan" / "checkpoints" / "last.pt")
    assert all(tensor.isfinite().all() for tensor in kept["model"].values())


def test_the_files_of_a_batch_that_is_no_number_are_named(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, miniatures: tuple[Path, Path]
) -> None:
    """Target clips by their files: what a person called them, never who is in them."""
    seen: list[Any] = []
    losses = SyntheticToReal.losses

    def broken(self: SyntheticToReal, labelled: Any, unlabelled: Any, progress: float) -> Any:
        terms = losses(self, labelled, unlabelled, progress)
        seen.append((labelled, unlabelled))
        if len(seen) == 4:
            terms["loss"] = terms["loss"] / 0
        return terms

    monkeypatch.setattr(SyntheticToReal, "losses", broken)
    with pytest.raises(TrainingError, match=r"step 2 .*F001\.jpg and 1 more; target .*not-finite"):
        run("inf", "training.accumulate=2")
    written = json.loads((tmp_path / "inf" / "not-finite.json").read_text())
    assert written["losses"]["loss"] == "inf"
    domains = Domains.read("mars", miniatures[0], "mars", miniatures[1])
    labelled, unlabelled = seen[3]
    for found, tracklets, batch in (
        (written["source"], domains.source.train, labelled),
        (written["target"], domains.target, unlabelled),
    ):
        assert found == [tracklets[i].frames.name(0) for i in batch.tracklets.tolist()]
    people = sorted({tracklet.person_id for tracklet in domains.source.train})
    shown = [f"{people[label]:04d}" for label in labelled.labels["identity"].tolist()]
    assert [Path(name).parent.name for name in written["source"]] == shown
    assert unlabelled._fields == ("clips", "labels", "tracklets")
    assert unlabelled.labels.keys() == {"camera"}


def test_a_gradient_that_is_no_number_stops_a_run_that_clips(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = SourceOnly.losses

    def broken(self: SourceOnly, *batch: Any) -> dict[str, torch.Tensor]:
        terms = losses(self, *batch)
        zero = terms["loss"] - terms["loss"].detach()
        return terms | {"loss": terms["loss"] + zero.sqrt()}  # of zero: an infinite slope

    monkeypatch.setattr(SourceOnly, "losses", broken)
    with pytest.raises(TrainingError, match=r"step 1 .*: gradient is not a finite number"):
        run("steep", "training.clip_gradient=1", method="source_only")
    assert len(json.loads((tmp_path / "steep" / "not-finite.json").read_text())["source"]) == 4


def test_a_full_disk_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"model": {}})
    before = path.read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(
        CheckpointError, match=r"No space left.*The old last\.pt is intact.*--resume"
    ):
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
    torch.save({"format": FORMAT, "model": Path("x")}, tmp_path / "code.pt")
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
def test_hardware_that_is_not_there(
    run: Run, monkeypatch: pytest.MonkeyPatch, override: str, phrase: str
) -> None:
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    with pytest.raises(ConfigError, match=phrase):
        run("x", override)
