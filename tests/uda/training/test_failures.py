"""When something breaks, it is said what, and nothing that was good is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.uda.miniature import Run
from uda.batches.domains import Domains
from uda.errors import ConfigError, RunError, TrainingError
from uda.methods.source_only import SourceOnly
from uda.methods.synthetic_to_real import SyntheticToReal
from uda.runs import checkpoint


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
    assert unlabelled._fields == ("clips", "labels", "tracklets", "cameras")
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


def test_a_weight_that_is_no_number_is_not_saved(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last step of an epoch has a finite loss and an infinite slope: nothing comes after it
    that would show, but a checkpoint."""
    losses, calls = SourceOnly.losses, []

    def broken(self: SourceOnly, *batch: Any) -> dict[str, torch.Tensor]:
        terms = losses(self, *batch)
        calls.append(1)
        zero = terms["loss"] - terms["loss"].detach()
        return terms | {"loss": terms["loss"] + zero.sqrt()} if len(calls) == 6 else terms

    monkeypatch.setattr(SourceOnly, "losses", broken)
    with pytest.raises(
        TrainingError, match=r"after step 6 \(epoch 2\): student.*a gradient was not"
    ):
        run("steep", method="source_only")
    kept = checkpoint.load(tmp_path / "steep" / "checkpoints" / "last.pt")
    assert kept["position"]["epoch"] == 0
    assert all(tensor.isfinite().all() for tensor in kept["model"].values())
