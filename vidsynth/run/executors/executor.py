"""What rendering shots asks of whoever does it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from vidsynth.run.executors.slices import WHOLE, Slice
from vidsynth.run.markers import PARTIAL
from vidsynth.run.production import Production, restore

ATTEMPTS = 2
"""How often a shot is tried, each time in a fresh process."""


@dataclass(frozen=True)
class Job:
    """What a worker is told first: which data set (``kind`` and ``config`` as JSON values), and the
    ``renderer``, ``module:Class``."""

    kind: str
    config: dict[str, Any]
    renderer: str

    @classmethod
    def of(cls, production: Production, renderer: str) -> Job:
        return cls(production.kind, production.config.model_dump(mode="json"), renderer)

    @classmethod
    def read(cls, text: str) -> Job:
        return cls(**json.loads(text))

    def text(self) -> str:
        """One line of JSON, for `read`."""
        return json.dumps(asdict(self))

    def production(self) -> Production:
        return restore(self.kind, self.config)


@dataclass(frozen=True)
class Places:
    """Where a job writes: finished shots to ``root``, beginnings to ``partial`` on the same file
    system, and what workers print to ``logs``."""

    root: Path
    partial: Path
    logs: Path

    @classmethod
    def of(cls, root: Path, part: Slice = WHOLE) -> Places:
        """Those of a slice: its own, so that several may write to one data set at a time."""
        name = "" if part.whole else part.name
        return cls(root, root / PARTIAL / name, root / "logs" / name)


@dataclass(frozen=True)
class Event:
    """What happened to a shot.

    ``crops`` more of it were rendered, or kept once it is done; ``cpu_seconds`` were spent in
    processes that are not children of this one. A run is hopeless where the disk of the folder
    ``full`` is full, or where nobody can render any shot.
    """

    kind: Literal["crops", "done", "retry", "failed", "hopeless"]
    shot: int
    crops: int = 0
    text: str = ""
    full: str = ""
    cpu_seconds: float = 0.0


class Crash(Exception):
    """A shot that did not finish; ``hopeless`` where no other shot can either, as where the disk
    of the folder ``full`` is full."""

    def __init__(self, text: str, hopeless: bool = False, full: str = "") -> None:
        super().__init__(text)
        self.hopeless = hopeless
        self.full = full


class Executor(Protocol):
    """Renders shots. `start` it, `open` the places it writes to, go through its `events`, and
    `close` it, whatever happened."""

    def start(self) -> None:
        """Returns once the workers can render; nothing is written. Raises Crash."""
        ...

    def open(self, places: Places) -> None:
        """Work will go there; the folders are there."""
        ...

    def events(self) -> Iterator[Event]:
        """Begins to render; ends when every shot is done or has failed, or after a hopeless one."""
        ...

    def close(self) -> None:
        """Stops the workers that still run, and waits until they are gone."""
        ...


class MakeExecutor(Protocol):
    """An executor of a job's ``shots`` with up to ``workers`` at a time, None for its default."""

    def __call__(self, job: Job, shots: Sequence[int], workers: int | None) -> Executor: ...
