"""The parent's side of one worker process."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from vidsynth.run.executors.executor import Crash, Job, Places

_THREAD_COUNTS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PATIENCE = 900.0
"""Seconds a worker may be silent. It reports while it renders; the first on a machine to start
prepares the body model, the others wait for that."""

_TAIL = 1500
_CHATTER = ("Fra:", "Saved:", "Time:")
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t].*\n)*", re.MULTILINE)


class Rendered(NamedTuple):
    """A shot: ``kept`` crops of it, and what the process spent since the shot before."""

    kept: int
    cpu_seconds: float


class WorkerProcess:
    """Starts ``python -m vidsynth.run.executors.worker`` and tells it ``job``.

    Until `open` it writes nothing but what Python and Blender print, to a file that nobody sees.
    """

    def __init__(self, job: Job, threads: int) -> None:
        self._log: Path | None = None
        self._begin = 0
        self.served = 0
        self._spent = 0.0
        self._early = tempfile.TemporaryFile()  # noqa: SIM115 (closed by dismiss)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "vidsynth.run.executors.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._early,
            text=True,
            env={**os.environ, **dict.fromkeys(_THREAD_COUNTS, str(threads))},
        )
        self._tell(job.text())

    def wait_ready(self) -> None:
        """Returns once the worker can render. Raises Crash, hopeless, where it cannot."""
        watch = _Watch(self._process)
        try:
            self._listen(lambda crops: None, watch, "ready")
        finally:
            watch.end()

    @property
    def opened(self) -> bool:
        return self._log is not None

    def open(self, places: Places, log: Path) -> None:
        """Shots go to these places from now on, and what the worker prints to ``log``."""
        self._log, self._begin = log, log.stat().st_size if log.exists() else 0
        paths = {"root": places.root, "partial": places.partial, "log": log}
        self._tell(json.dumps({name: str(path.resolve()) for name, path in paths.items()}))

    def render(self, shot: int, on_crops: Callable[[int], None]) -> Rendered:
        """Has ``shot`` rendered. Raises Crash."""
        self.served += 1
        self._tell(str(shot))
        watch = _Watch(self._process)
        try:
            report = self._listen(on_crops, watch, "done")
        finally:
            watch.end()
        before, self._spent = self._spent, report["cpu_seconds"]
        return Rendered(report["kept"], self._spent - before)

    def _listen(self, on_crops: Callable[[int], None], watch: _Watch, until: str) -> dict[str, Any]:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            watch.restart()
            try:
                report = json.loads(line)
            except ValueError:  # cut off: it was killed while it reported
                continue
            if "crops" in report:
                on_crops(report["crops"])
            elif until in report:
                return dict(report)
            elif "failed" in report:
                if report["disk_full"]:
                    raise Crash("the disk is full", hopeless=True, full=report["disk_full"])
                raise Crash(report["text"], hopeless=self._log is None)
        code = self._process.wait()
        cause = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        if watch.barked:
            cause = f"silent for {PATIENCE:.0f} s, so it was killed"
        raise Crash(self._story(f"its worker died ({cause})"), hopeless=self._log is None)

    def dismiss(self) -> None:
        """Lets an idle worker go, and waits for it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._early.close()

    def kill(self) -> None:
        self._process.kill()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):  # where it died, reading its reports says how
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()

    def _story(self, cause: str) -> str:
        """The cause and the end of what this worker printed, Blender's progress and tracebacks
        aside."""
        with self._early if self._log is None else self._log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            begin = self._begin if self._begin <= size else 0  # the worker may have emptied it
            log.seek(max(begin, size - 20 * _TAIL))
            lines = log.read().decode("utf-8", "replace").splitlines()
        told = "\n".join(line for line in lines if line and not line.startswith(_CHATTER))
        told = _TRACEBACK.sub("", told)
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
