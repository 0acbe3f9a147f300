"""Processes that a run has started do not outlive it."""

from __future__ import annotations

import signal
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import Strategy

from tests.uda.miniature import Run
from uda.config import Training
from uda.errors import TrainingError
from uda.methods.source_only import SourceOnly
from uda.training.fabric import start_fabric


def test_they_are_ended_when_the_first_one_cannot_go_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wait for it in an exchange of tensors, where no signal but SIGKILL reaches them."""
    waiting = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    other = subprocess.Popen([sys.executable, "-S", "-c", waiting])

    def start(settings: Training) -> Fabric:
        fabric = start_fabric(settings)
        monkeypatch.setattr(Strategy, "launcher", SimpleNamespace(procs=[other]))
        return fabric

    def broken(self: SourceOnly, *batch: Any) -> dict[str, torch.Tensor]:
        return {"loss": next(self.student.parameters()).sum() * torch.nan}

    monkeypatch.setattr("uda.training.run.start_fabric", start)
    monkeypatch.setattr(SourceOnly, "losses", broken)
    with pytest.raises(TrainingError):
        run("broken", method="source_only")
    try:
        assert other.wait(timeout=30) == -signal.SIGKILL
    finally:
        other.kill()
