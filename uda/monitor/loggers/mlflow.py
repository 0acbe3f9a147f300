"""MLflow: the server of MLFLOW_TRACKING_URI, or a database in the run's directory."""

from __future__ import annotations

import csv
import io
import logging
import os
import time
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before MLflow is imported. A server that does not answer holds a step up for seconds, not minutes.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "10")
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

import mlflow.entities
from mlflow.tracking import MlflowClient
from PIL import Image

from uda.monitor.domains import DomainFeatures
from uda.monitor.loggers.continued import ContinuedRun
from uda.monitor.loggers.interface import RunLogger

STATES = {"success": "FINISHED", "failed": "FAILED", "aborted": "KILLED"}
LONGEST = 500
"""Characters of a parameter's value that every store takes."""


class MlflowLogger(RunLogger):
    """A run at MLflow.

    Without ``MLFLOW_TRACKING_URI`` it is kept in ``mlflow.db`` (SQLite) and ``mlflow-artifacts/``
    of the run's directory.

    Args:
        output: The run's directory.
        project: Name of the MLflow experiment.
    """

    def __init__(self, output: Path, *, project: str) -> None:
        self.project = project
        server = os.environ.get("MLFLOW_TRACKING_URI")
        self.uri = server or f"sqlite:///{output.resolve() / 'mlflow.db'}"
        for noisy in ("mlflow", "alembic"):  # they tell about every table of a new database
            logging.getLogger(noisy).setLevel(logging.WARNING)
        self.client = MlflowClient(tracking_uri=self.uri)
        self.record = ContinuedRun(output, "mlflow", f"{server or 'mlflow.db'} {project}")
        if self.record.id is None:
            folder = None if server else (output.resolve() / "mlflow-artifacts").as_uri()
            run = self.client.create_run(self._experiment(folder), run_name=self.record.name)
            self.record.begin(run.info.run_id)
        else:
            self.client.update_run(self.record.id, status="RUNNING")
        self.id = str(self.record.id)

    def _experiment(self, folder: str | None) -> str:
        found = self.client.get_experiment_by_name(self.project)
        if found:
            return str(found.experiment_id)
        return str(self.client.create_experiment(self.project, artifact_location=folder))

    @property
    def name(self) -> str:
        return self.project

    @property
    def version(self) -> str:
        return self.id

    @property
    def place(self) -> str:
        return f"{self.uri}, experiment {self.project}, run {self.record.name}"

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        step, now = step or 0, int(time.time() * 1000)
        fresh = self.record.fresh(metrics, step)
        entries = [
            mlflow.entities.Metric(name, float(value), now, step)
            for name, value in metrics.items()
            if name in fresh
        ]
        if entries:
            self.client.log_batch(self.id, metrics=entries)

    def log_hyperparams(
        self, params: dict[str, Any] | Namespace, *args: Any, **kwargs: Any
    ) -> None:
        """Settings as ``section.key``. MLflow changes none: a resumed run keeps its first ones."""
        values = vars(params) if isinstance(params, Namespace) else params
        known = self.client.get_run(self.id).data.params
        entries = [
            mlflow.entities.Param(key, str(value)[:LONGEST])
            for key, value in _dotted(values)
            if key not in known
        ]
        for i in range(0, len(entries), 100):  # as many as MLflow takes at once
            self.client.log_batch(self.id, params=entries[i : i + 100])

    def log_yaml(self, name: str, text: str) -> None:
        self.client.log_text(self.id, text, f"{name}.yaml")

    def log_image(self, name: str, picture: Image.Image, step: int) -> None:
        if self.record.fresh([name], step):
            self.client.log_image(self.id, picture, key=name, step=step, synchronous=True)

    def log_features(self, found: DomainFeatures, step: int) -> None:
        """A table ``features/STEP.csv`` with a row for each clip."""
        out = io.StringIO()
        table = csv.writer(out)
        numbers = [f"component {i}" for i in range(found.features.shape[1])]
        table.writerow(["domain", "camera", *numbers])
        for domain, camera, values in zip(
            found.domains, found.cameras, found.features.tolist(), strict=True
        ):
            table.writerow([domain, camera, *values])
        self.client.log_text(self.id, out.getvalue(), f"features/{step:05d}.csv")

    def finalize(self, status: str) -> None:
        self.client.set_terminated(self.id, status=STATES.get(status, "FAILED"))


def _dotted(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _dotted(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
