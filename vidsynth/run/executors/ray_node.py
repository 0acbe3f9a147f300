"""What runs on the nodes of a Ray cluster: tasks that render a shot each.

Each of Ray's workers starts a process of its own that renders and keeps it from shot to shot, so
it never loads Blender itself. Finished shots move into the data set by the file system where the
node sees the driver's folder, and are sent back as the task's result where it does not.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from strict_reading import parse_json, read_text
from vidsynth.files import full_disk
from vidsynth.run.build import build
from vidsynth.run.description import changed_build
from vidsynth.run.executors.executor import Crash, Job, Places
from vidsynth.run.executors.local import RECYCLE_AFTER
from vidsynth.run.executors.worker_process import WorkerProcess
from vidsynth.run.markers import marker_path

TOKEN = "token"
"""The file in a run's partial folder by which a node knows that it sees the driver's."""


@dataclass(frozen=True)
class Order:
    """What a task is told of the run: the ``job``, and the ``build`` it must be done with.

    Shots go to ``places`` where the node sees ``token`` in their partial folder, else back to the
    driver, as all do if not ``shared``.
    """

    job: Job
    build: dict[str, str | None]
    places: Places
    token: str
    shared: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a task went. ``files`` of a shot that is sent back: names and contents, its marker's
    too."""

    kind: Literal["done", "crash", "refused"]
    node: str
    crops: int = 0
    cpu_seconds: float = 0.0
    text: str = ""
    hopeless: bool = False
    full: str = ""
    files: list[tuple[str, bytes]] = field(default_factory=list)


class Board:
    """An actor on which tasks note how many crops of a shot they have rendered."""

    def __init__(self) -> None:
        self._notes: Counter[int] = Counter()

    def note(self, shot: int, crops: int) -> None:
        self._notes[shot] += crops

    def take(self) -> list[tuple[int, int]]:
        """What was noted since the last time."""
        notes, self._notes = self._notes, Counter()
        return list(notes.items())


class Seat:
    """What one of Ray's worker processes keeps from task to task: the process that renders, and
    where it writes."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.token = ""
        self.process = WorkerProcess(job, threads=1)
        self._own = tempfile.TemporaryDirectory(prefix="vidsynth-")
        try:
            self.process.wait_ready()
        except Crash:
            self.leave()
            raise

    def open(self, order: Order) -> None:
        """Has shots go where the order says."""
        self.token, self.shared = order.token, order.shared and _sees(order)
        places = order.places if self.shared else Places.of(Path(self._own.name) / "set")
        for folder in (places.partial, places.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.root = places.root
        name = f"worker-{socket.gethostname()}-{os.getpid()}.log"
        self.process.open(places, places.logs / name)

    def send(self, shot: int) -> list[tuple[str, bytes]]:
        """The files of a shot that is not in the driver's folder; here they are gone after that."""
        path = marker_path(self.root, shot)
        names = list(parse_json(read_text(path))["files"])
        files = [(n, self.root / n) for n in [*names, path.relative_to(self.root).as_posix()]]
        sent = [(name, file.read_bytes()) for name, file in files]
        for _, file in files:
            file.unlink()
        return sent

    def leave(self) -> None:
        self.process.kill()
        self.process.dismiss()
        self._own.cleanup()


_seat: Seat | None = None
"""Of this process, one of Ray's workers."""


def try_node(job: Job, expected: dict[str, str | None]) -> Outcome:
    """Whether this node can render the job: a task."""
    changed = changed_build(expected, build())
    if changed:
        return Outcome("refused", _node(), text=changed)
    try:
        _take_seat(job)
    except Crash as crash:
        return Outcome("crash", _node(), text=str(crash), hopeless=True, full=crash.full)
    return Outcome("done", _node())


def render_shot(order: Order, shot: int, board: Any) -> Outcome:
    """Renders a shot: a task. ``board`` is told how it gets on."""
    changed = changed_build(order.build, build())
    if changed:
        return Outcome("refused", _node(), text=changed)
    try:
        seat = _take_seat(order.job)
        if seat.token != order.token:
            if seat.token:  # a process writes to one place, all its life
                seat = _take_seat(order.job, afresh=True)
            seat.open(order)
        done = seat.process.render(shot, lambda crops: board.note.remote(shot, crops))
        files = [] if seat.shared else seat.send(shot)
    except Crash as crash:
        _leave_seat()
        return Outcome(
            "crash", _node(), text=str(crash), hopeless=crash.hopeless and bool(crash.full),
            full=crash.full,
        )  # fmt: skip
    except OSError as error:
        _leave_seat()
        full = full_disk(error, order.places.root, Path(tempfile.gettempdir()))
        return Outcome("crash", _node(), text=str(error), hopeless=bool(full), full=str(full or ""))
    return Outcome("done", _node(), done.kept, done.cpu_seconds, files=files)


def _take_seat(job: Job, afresh: bool = False) -> Seat:
    global _seat
    if _seat is not None:
        if _seat.job == job and _seat.process.served < RECYCLE_AFTER and not afresh:
            return _seat
        _leave_seat()
    _seat = Seat(job)
    return _seat


def _leave_seat() -> None:
    global _seat
    if _seat is not None:
        _seat.leave()
    _seat = None


def _sees(order: Order) -> bool:
    """Whether the driver's folder is this node's, too."""
    try:
        return (order.places.partial / TOKEN).read_text() == order.token
    except OSError:
        return False


def _node() -> str:
    return socket.gethostname()
