"""A process that renders shots: reads their numbers on stdin, reports JSON lines on stdout.

Started by worker_process.py as ``python -m vidsynth.run.executors.worker``. Whatever Blender
prints goes to the log.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from vidsynth.errors import VidsynthError
from vidsynth.files import full_disk
from vidsynth.run.executors.executor import Job
from vidsynth.run.markers import publish
from vidsynth.run.production import Production
from vidsynth.run.progress import cpu_seconds
from vidsynth.settings import fingerprint

REPORT_EVERY = 0.5
"""Seconds between two reports of crops."""

LONGEST_LOG = 2**22
"""Bytes after which a worker's log begins anew, between two shots."""


def main() -> None:
    """Works until stdin ends; exits after a failure, for the next shot deserves a fresh process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    reports = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = Job.read(sys.stdin.readline())
    index: int | None = None
    places = [Path(tempfile.gettempdir())]
    try:
        production = job.production()
        renderer = production.make_renderer(job.renderer)
        _report(reports, {"ready": True})
        opened = json.loads(sys.stdin.readline() or "null")
        if opened is None:
            return
        root, partial = Path(opened["root"]), Path(opened["partial"])
        places.insert(0, root)
        _log_to(opened["log"])
        for line in sys.stdin:
            index = int(line)
            _work(production, index, renderer, root, partial, reports)
    except BrokenPipeError:
        os._exit(1)  # the parent is gone: nobody waits for this shot
    except Exception as error:
        full = full_disk(error, *places)
        known = isinstance(error, VidsynthError)
        said = str(error) if known else f"{type(error).__name__}: {error}"
        # First the report: the log may be on the disk that is full.
        _report(reports, {"failed": index, "disk_full": full and str(full), "text": said})
        with contextlib.suppress(OSError):
            traceback.print_exc()
        os._exit(1)


def _log_to(path: str) -> None:
    """What this process and Blender write to standard error goes to the end of a file."""
    log = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.dup2(log, 2)
    os.dup2(2, 1)
    os.close(log)


def _work(
    production: Production,
    index: int,
    renderer: Any,
    root: Path,
    partial: Path,
    reports: TextIO,
) -> None:
    if os.fstat(2).st_size > LONGEST_LOG:
        os.ftruncate(2, 0)  # Blender writes 10 kB for every crop
    told, crops = time.monotonic(), 0

    def on_crop() -> None:
        nonlocal told, crops
        crops += 1
        if time.monotonic() - told > REPORT_EVERY:
            _report(reports, {"crops": crops})
            told, crops = time.monotonic(), 0

    kept = finish_shot(production, index, renderer, root, partial, on_crop)
    _report(reports, {"done": index, "kept": kept, "cpu_seconds": cpu_seconds()})


def finish_shot(
    production: Production,
    index: int,
    renderer: Any,
    root: Path,
    partial: Path,
    on_crop: Callable[[], None],
) -> int:
    """Renders a shot in a folder of its own in ``partial``, moves it into the data set ``root``,
    and returns how many crops were kept."""
    room = partial / f"{index:06d}-{socket.gethostname()}-{os.getpid()}"
    try:
        shot = production.shoot(index, renderer, room, on_crop)
        publish(root, index, fingerprint(production.config), room, shot)
    finally:
        shutil.rmtree(room, ignore_errors=True)
    return int(shot["crops"])


def _report(reports: TextIO, message: dict[str, Any]) -> None:
    reports.write(json.dumps(message) + "\n")
    reports.flush()


if __name__ == "__main__":
    main()
