"""The parent's side of one worker process."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

_THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PATIENCE = 900.0
"""Seconds a worker may be silent. It reports while it renders; the first on a machine to start
prepares the body model, the others wait for that."""

_TAIL = 1500
_CHATTER = ("Fra:", "Saved:", "Time:")


class Crash(Exception):
    """A shot that did not finish; ``hopeless`` where no other shot can either."""

    def __init__(self, text: str, hopeless: bool = False) -> None:
        super().__init__(text)
        self.hopeless = hopeless


class Hand:
    """Starts ``python -m vidsynth.run.worker`` and tells it ``job``; its stderr goes to ``log``."""

    def __init__(self, job: dict[str, Any], log: Path, threads: int) -> None:
        self._log = log
        self._begin = log.stat().st_size if log.exists() else 0
        self._ready = False
        self.served = 0
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "vidsynth.run.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, **dict.fromkeys(_THREAD_COUNTS, str(threads))},
            )
        self._tell(json.dumps(job))

    def render(self, shot: int, on_crops: Callable[[int], None]) -> int:
        """Has ``shot`` rendered and returns how many crops were kept. Raises Crash."""
        self.served += 1
        self._tell(str(shot))
        watch = _Watch(self._process)
        try:
            return self._listen(on_crops, watch)
        finally:
            watch.end()

    def _listen(self, on_crops: Callable[[int], None], watch: _Watch) -> int:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            watch.restart()
            report = json.loads(line)
            if "crops" in report:
                on_crops(report["crops"])
            elif "done" in report:
                return int(report["kept"])
            elif "failed" in report:
                if report["disk_full"]:
                    raise Crash("the disk is full", hopeless=True)
                raise Crash(self._story(report["text"]), hopeless=not self._ready)
            self._ready = True
        code = self._process.wait()
        cause = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        if watch.barked:
            cause = f"silent for {PATIENCE:.0f} s, so it was killed"
        raise Crash(self._story(f"its worker died ({cause})"))

    def dismiss(self) -> None:
        """Lets an idle worker go, and waits for it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def kill(self) -> None:
        self._process.kill()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # where it died, reading its reports says how
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _story(self, cause: str) -> str:
        """The cause and the end of what this worker wrote to its log, Blender's progress aside."""
        with self._log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            begin = self._begin if self._begin <= size else 0  # the worker may have emptied it
            log.seek(max(begin, size - 20 * _TAIL))
            lines = log.read().decode("utf-8", "replace").splitlines()
        told = "\n".join(line for line in lines if line and not line.startswith(_CHATTER))
        return f"{cause}\n{told[-_TAIL:]}" if told else cause


class _Watch:
    """Kills a process that says nothing for PATIENCE seconds."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.barked = False
        self._start()

    def restart(self) -> None:
        self.end()
        self._start()

    def end(self) -> None:
        self._timer.cancel()

    def _start(self) -> None:
        self._timer = threading.Timer(PATIENCE, self._bark)
        self._timer.daemon = True
        self._timer.start()

    def _bark(self) -> None:
        self.barked = True
        self._process.kill()
