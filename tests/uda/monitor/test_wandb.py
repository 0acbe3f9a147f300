"""Runs at Weights & Biases, offline: what is in their files, and that they continue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.uda.monitor.wandb_file import history
from uda.batches.batch import LabelledBatch
from uda.monitor.domains import DomainFeatures
from uda.monitor.monitor import Monitor

wandb = pytest.importorskip("wandb")


def rows(run: Path) -> list[tuple[int, dict[str, Any]]]:
    """Rows of every process that logged to the run, in order of their start."""
    wandb.teardown()  # everything is on disk after that
    files = sorted((run / "wandb").glob("offline-run-*/*.wandb"), key=lambda f: f.stat().st_mtime)
    return [row for file in files for row in history(file)]


def run_id(run: Path) -> str:
    return str(json.loads((run / "loggers/wandb.json").read_text())["id"])


def test_metrics_pictures_and_features_are_in_the_run(
    begin: Callable[..., Monitor], batch: LabelledBatch, found: DomainFeatures, tmp_path: Path
) -> None:
    monitor = begin("wandb")
    monitor.clips(batch, None)
    monitor.scalars(0, 10, {"loss/loss": 2.5, "metric/accuracy": 0.5})
    monitor.features(1, 10, found)
    monitor.close()
    (first, clips), (second, entries) = rows(tmp_path / "run")
    assert (first, second) == (0, 10)
    assert clips["clips/source"]["_type"] == "image-file"
    assert entries["loss/loss"] == 2.5
    assert entries["metric/accuracy"] == 0.5
    assert entries["features/tsne"]["_type"] == "image-file"
    assert entries["features/clips"]["nrows"] == 12
    files = next((tmp_path / "run/wandb").glob("offline-run-*")) / "files"
    assert list(files.glob("media/images/clips/source_0_*.png"))
    assert "pretrained: none" in (files / "uda-config.yaml").read_text()


def test_a_resumed_run_keeps_its_id_and_repeats_no_step(
    begin: Callable[..., Monitor], tmp_path: Path
) -> None:
    first = begin("wandb")
    for step in (10, 20, 30):
        first.scalars(0, step, {"loss/loss": 1 / step})
    first.close()
    before = run_id(tmp_path / "run")
    # The last checkpoint was of step 10: two steps are made again.
    second = begin("wandb", start=10)
    for step in (20, 30, 40):
        second.scalars(0, step, {"loss/loss": 1 / step})
    second.close()
    assert run_id(tmp_path / "run") == before
    names = {file.stem for file in (tmp_path / "run/wandb").glob("offline-run-*/*.wandb")}
    assert names == {f"run-{before}"}
    assert [(step, row["loss/loss"]) for step, row in rows(tmp_path / "run")] == [
        (step, 1 / step) for step in (10, 20, 30, 40)
    ]


def test_without_an_account_the_run_is_logged_offline(
    begin: Callable[..., Monitor],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    for name in ("WANDB_MODE", "WANDB_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    wandb.teardown()  # it reads the environment once
    monitor = begin("wandb")
    monitor.scalars(0, 10, {"loss/loss": 2.5})
    monitor.close()
    assert "logged offline; upload it later with: wandb sync" in caplog.text
    assert [step for step, _ in rows(tmp_path / "run")] == [10]
