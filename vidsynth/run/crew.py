"""Local worker processes, side by side: each renders one shot at a time."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from vidsynth.files import full_disk
from vidsynth.run.hand import Crash, Hand

RECYCLE_AFTER = 40
"""Shots before a worker is replaced: Blender does not give all memory back."""

ATTEMPTS = 2
"""How often a shot is tried, each time in a fresh process."""


@dataclass(frozen=True)
class Event:
    """What happened to a shot: ``crops`` more of it rendered, or kept once it is done. A run is
    hopeless where the disk of the folder ``full`` is full."""

    kind: Literal["crops", "done", "retry", "failed", "hopeless"]
    shot: int
    crops: int = 0
    text: str = ""
    full: str = ""


class Crew:
    """Renders ``shots`` with ``workers`` processes; ``job`` is what each of them is told first.

    `start` it, `open` the folder it writes to, go through its `events`, and `close` it.
    """

    def __init__(self, job: dict[str, Any], shots: Iterable[int], workers: int) -> None:
        self._job = job
        self._output, self._logs = Path(), Path()
        self._waiting = deque(shots)
        self._threads = max(1, cores() // max(1, workers))
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._lock = threading.Lock()
        self._hands: dict[int, Hand] = {}
        self._closed = False
        self._members = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        """Returns once every worker can render; nothing is written. Raises Crash."""
        for number in range(len(self._members)):
            self._hands[number] = Hand(self._job, self._threads)
        for hand in self._hands.values():
            hand.wait_ready()

    def open(self, output: Path) -> None:
        """Work will go to this folder, and logs to one in it."""
        self._output, self._logs = output, output / "logs"
        self._logs.mkdir(exist_ok=True)
        for number, hand in self._hands.items():
            hand.open(self._output, self._log(number))

    def _log(self, number: int) -> Path:
        return self._logs / f"worker-{number}.log"

    def events(self) -> Iterator[Event]:
        """Begins to render; ends when every shot is done or has failed, or after a hopeless one."""
        for member in self._members:
            member.start()
        working = len(self._members)
        while working:
            try:
                event = self._events.get(timeout=0.5)  # without one, Ctrl-C waits on Windows
            except queue.Empty:
                continue
            if event is None:
                working -= 1
                continue
            yield event
            if event.kind == "hopeless":
                return

    def close(self) -> None:
        """Kills the workers that still run, and waits until they are gone."""
        with self._lock:
            self._closed = True
            for hand in self._hands.values():
                hand.kill()
        for member in self._members:
            if member.ident:
                member.join()
        for number in list(self._hands):
            self._dismiss(number)

    def _work(self, number: int) -> None:
        try:
            while not self._closed:
                try:
                    shot = self._waiting.popleft()
                except IndexError:
                    return
                for attempt in range(1, ATTEMPTS + 1):
                    event = self._try(number, shot, attempt)
                    self._events.put(event)
                    if event.kind == "hopeless" or self._closed:
                        return
                    if event.kind != "retry":
                        break
        except OSError as error:
            full = full_disk(error, self._output)
            self._events.put(Event("hopeless", -1, text=str(error), full=str(full or "")))
        finally:
            self._dismiss(number)
            self._events.put(None)

    def _try(self, number: int, shot: int, attempt: int) -> Event:
        hand = self._hands.get(number)
        if hand is None or hand.served >= RECYCLE_AFTER:
            self._dismiss(number)
            hand = Hand(self._job, self._threads)
            with self._lock:
                self._hands[number] = hand
                if self._closed:
                    hand.kill()
        try:
            if not hand.opened:
                hand.wait_ready()
                hand.open(self._output, self._log(number))
            kept = hand.render(shot, lambda n: self._events.put(Event("crops", shot, n)))
        except Crash as crash:
            self._dismiss(number)
            if crash.hopeless:
                return Event("hopeless", shot, text=str(crash), full=crash.full)
            return Event("retry" if attempt < ATTEMPTS else "failed", shot, text=str(crash))
        return Event("done", shot, kept)

    def _dismiss(self, number: int) -> None:
        with self._lock:
            hand = self._hands.pop(number, None)
        if hand:
            hand.dismiss()


def cores() -> int:
    """Processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
