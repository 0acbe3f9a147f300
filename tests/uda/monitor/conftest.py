"""A monitor with made-up entries, as a run gives them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from uda.batches.batch import LabelledBatch
from uda.monitor.domains import DomainFeatures
from uda.monitor.monitor import Monitor

SETTINGS = """\
model: {name: c2d, pretrained: none}
monitoring: {loggers: [tensorboard], every: 10}
data: {target_clips: null}
"""


@pytest.fixture(autouse=True)
def _services_stay_local(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """No service is reached, nothing lands in the folder that tests run in."""
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    caplog.set_level(logging.WARNING)
    yield
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.fixture
def found() -> DomainFeatures:
    """Features of 6 clips of each domain."""
    values = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)
    return DomainFeatures(
        values,
        torch.zeros(12, 3, 32, 32, dtype=torch.uint8),
        ["source"] * 6 + ["target"] * 6,
        ["1", "2"] * 6,
    )


@pytest.fixture
def batch() -> LabelledBatch:
    clips = torch.randint(0, 256, (2, 2, 3, 16, 8), dtype=torch.uint8)
    return LabelledBatch(clips, {}, torch.zeros(2, dtype=torch.long), (0, 0))


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[..., Monitor]]:
    """Starts a monitor of the run in ``run``, after ``start`` steps; closed at the end."""
    started = []

    def start(loggers: str, start: int = 0) -> Monitor:
        (tmp_path / "run").mkdir(exist_ok=True)
        monitor = Monitor(
            tmp_path / "run",
            start=start,
            total=40,
            epochs=4,
            evaluated=True,
            progress=False,
            loggers=loggers.split(","),
            project="pedestrians",
        )
        monitor.describe(SETTINGS)
        started.append(monitor)
        return monitor

    yield start
    for monitor in started:
        monitor.console.close()
