"""Runs at MLflow, in a database of their own directory: what they hold, and that they continue."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from uda.batches.batch import LabelledBatch
from uda.monitor.domains import DomainFeatures
from uda.monitor.monitor import Monitor

pytest.importorskip("mlflow")
pytestmark = pytest.mark.slow  # a new database takes seconds


def stored(run: Path) -> tuple[Any, Any]:
    """A client of the run's database, and the run in it."""
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=f"sqlite:///{run / 'mlflow.db'}")
    experiment = client.get_experiment_by_name("pedestrians")
    (found,) = client.search_runs([experiment.experiment_id])
    return client, found


def test_metrics_settings_pictures_and_features_are_in_the_store(
    begin: Callable[..., Monitor], batch: LabelledBatch, found: DomainFeatures, tmp_path: Path
) -> None:
    monitor = begin("mlflow")
    monitor.clips(batch, None)
    monitor.scalars(0, 10, {"loss/loss": 2.5, "metric/accuracy": 0.5})
    monitor.features(1, 10, found)
    monitor.close("failed")
    client, run = stored(tmp_path / "run")
    assert run.data.metrics == {"loss/loss": 2.5, "metric/accuracy": 0.5}
    assert run.data.params["model.name"] == "c2d"
    assert run.data.params["monitoring.loggers"] == "['tensorboard']"
    assert run.info.run_name == "run"
    assert run.info.status == "FAILED"
    images = [file.path for file in client.list_artifacts(run.info.run_id, "images")]
    assert any("source" in path and path.endswith(".png") for path in images)
    assert any("tsne" in path and path.endswith(".png") for path in images)
    artifacts = next((tmp_path / "run/mlflow-artifacts").glob("*/artifacts"))
    lines = (artifacts / "features/00010.csv").read_text().splitlines()
    assert len(lines) == 1 + 12
    assert lines[0].startswith("domain,camera,component 0")
    assert "pretrained: none" in (artifacts / "config.yaml").read_text()


def test_a_resumed_run_keeps_its_id_and_repeats_no_step(
    begin: Callable[..., Monitor], batch: LabelledBatch, tmp_path: Path
) -> None:
    first = begin("mlflow")
    first.clips(batch, None)
    for step in (10, 20, 30):
        first.scalars(0, step, {"loss/loss": 1 / step})
    first.close("aborted")
    before = json.loads((tmp_path / "run/loggers/mlflow.json").read_text())["id"]
    second = begin("mlflow", start=10)
    second.describe("model: {name: c2d, pretrained: none}\nmonitoring: {every: 5}")
    second.clips(batch, None)
    assert stored(tmp_path / "run")[1].info.status == "RUNNING"
    for step in (20, 30, 40):
        second.scalars(0, step, {"loss/loss": 1 / step})
    second.close()
    client, run = stored(tmp_path / "run")  # the only run of the experiment
    assert run.info.run_id == before
    assert run.info.status == "FINISHED"
    entries = client.get_metric_history(before, "loss/loss")
    assert sorted((entry.step, entry.value) for entry in entries) == [
        (step, 1 / step) for step in (10, 20, 30, 40)
    ]
    pictures = client.list_artifacts(before, "images")
    assert len([file for file in pictures if file.path.endswith(".png")]) == 1


def test_a_server_that_is_not_there_does_not_stop_the_run(
    begin: Callable[..., Monitor],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monitor = begin("tensorboard,mlflow")
    monitor.scalars(0, 10, {"loss/loss": 2.5})
    monitor.close()
    assert "The logger mlflow does not start and is left out" in caplog.text
    assert "2.5" in (tmp_path / "run/metrics.jsonl").read_text()
    assert list((tmp_path / "run/tensorboard").glob("events*"))
