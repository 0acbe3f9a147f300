"""Worker processes on this machine, side by side: each renders one shot at a time."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterator, Sequence

from vidsynth.files import full_disk
from vidsynth.run.executors.executor import ATTEMPTS, Crash, Event, Job, Places
from vidsynth.run.executors.worker_process import WorkerProcess
from vidsynth.run.machine import cores

RECYCLE_AFTER = 40
"""Shots before a worker is replaced: Blender does not give all memory back."""


class LocalExecutor:
    """Renders ``shots`` with ``workers`` processes, by default one per core."""

    _places: Places  # once it is open

    def __init__(self, job: Job, shots: Sequence[int], workers: int | None) -> None:
        workers = min(workers or cores(), len(shots))
        self._job = job
        self._waiting = deque(shots)
        self._threads = max(1, cores() // max(1, workers))
        self._events: queue.Queue[Event | None] = queue.Queue()
        self._lock = threading.Lock()
        self._processes: dict[int, WorkerProcess] = {}
        self._closed = False
        self._members = [
            threading.Thread(target=self._work, args=(number,), daemon=True)
            for number in range(workers)
        ]

    def start(self) -> None:
        for number in range(len(self._members)):
            self._processes[number] = WorkerProcess(self._job, self._threads)
        for process in self._processes.values():
            process.wait_ready()

    def open(self, places: Places) -> None:
        self._places = places
        for number, process in self._processes.items():
            self._open(process, number)

    def _open(self, process: WorkerProcess, number: int) -> None:
        process.open(self._places, self._places.logs / f"worker-{number}.log")

    def events(self) -> Iterator[Event]:
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
        with self._lock:
            self._closed = True
            for process in self._processes.values():
                process.kill()
        for member in self._members:
            if member.ident:
                member.join()
        for number in list(self._processes):
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
            full = full_disk(error, self._places.root)
            self._events.put(Event("hopeless", -1, text=str(error), full=str(full or "")))
        finally:
            self._dismiss(number)
            self._events.put(None)

    def _try(self, number: int, shot: int, attempt: int) -> Event:
        process = self._processes.get(number)
        if process is None or process.served >= RECYCLE_AFTER:
            self._dismiss(number)
            process = WorkerProcess(self._job, self._threads)
            with self._lock:
                self._processes[number] = process
                if self._closed:
                    process.kill()
        try:
            if not process.opened:
                process.wait_ready()
                self._open(process, number)
            done = process.render(shot, lambda n: self._events.put(Event("crops", shot, n)))
        except Crash as crash:
            self._dismiss(number)
            if crash.hopeless:
                return Event("hopeless", shot, text=str(crash), full=crash.full)
            return Event("retry" if attempt < ATTEMPTS else "failed", shot, text=str(crash))
        return Event("done", shot, done.kept)

    def _dismiss(self, number: int) -> None:
        with self._lock:
            process = self._processes.pop(number, None)
        if process:
            process.dismiss()
