"""What a parent makes of a worker process that ends in the middle of a word."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vidsynth.run.executors.executor import Crash, Job
from vidsynth.run.executors.worker_process import WorkerProcess


def test_a_worker_killed_while_it_reports_has_died_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of its own would end the thread that waits for it, and its shot would be neither
    done nor failed."""
    stub = tmp_path / "python"
    stub.write_text('#!/bin/sh\nprintf \'{"failed": 3, "text": "out of mem\'\nkill -9 $$\n')
    stub.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(stub))
    process = WorkerProcess(Job("tracklets", {}, "renderer:Renderer"), threads=1)
    try:
        with pytest.raises(Crash, match="killed by signal 9"):
            process.wait_ready()
    finally:
        process.dismiss()
