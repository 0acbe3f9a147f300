"""An executor without processes: what a worker does, done here, for tests whose subject is the set.

Starting a worker costs more than painting a small set; tests/vidsynth/run/test_local.py has real
ones, and holds that they write the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from vidsynth.run.executors.executor import Event, Job, Places
from vidsynth.run.executors.worker import finish_shot


class InlineExecutor:
    """Renders in this process; any number of workers is one."""

    _places: Places

    def __init__(self, job: Job, shots: Sequence[int], workers: int | None) -> None:
        self._job, self._shots = job, shots

    def start(self) -> None:
        pass

    def open(self, places: Places) -> None:
        self._places = places

    def events(self) -> Iterator[Event]:
        production = self._job.production()
        renderer = production.make_renderer(self._job.renderer)
        root, partial = self._places.root, self._places.partial
        for index in self._shots:
            kept = finish_shot(production, index, renderer, root, partial, lambda: None)
            yield Event("done", index, kept)

    def close(self) -> None:
        pass
