"""A crew without processes: what a worker does, done here, for tests whose subject is the set.

Starting a worker costs more than painting a small set; tests/vidsynth/run/test_local.py has real
ones, and holds that they write the same bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from vidsynth.run.crew import Event
from vidsynth.run.markers import publish
from vidsynth.run.output import PARTIAL
from vidsynth.run.production import restore
from vidsynth.settings import fingerprint


class InlineCrew:
    """In place of `vidsynth.run.crew.Crew`; any number of workers is one."""

    def __init__(self, job: dict[str, Any], shots: Iterable[int], workers: int) -> None:
        self._job, self._shots, self._output = job, list(shots), Path()

    def start(self) -> None:
        pass

    def open(self, output: Path) -> None:
        self._output = output

    def events(self) -> Iterator[Event]:
        production = restore(self._job["kind"], self._job["config"])
        renderer = production.make_renderer(self._job["renderer"])
        for index in self._shots:
            room = self._output / PARTIAL / f"{index:06d}-{os.getpid()}"
            shot = production.shoot(index, renderer, room, lambda: None)
            publish(self._output, index, fingerprint(production.config), room, shot)
            yield Event("done", index, shot["crops"])

    def close(self) -> None:
        pass
