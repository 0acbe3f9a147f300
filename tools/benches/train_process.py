"""One training loop in a process of its own, timed on request."""

from __future__ import annotations

import itertools
import multiprocessing
import re
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from benches.train_loops import LOOPS, Case, Loop


@dataclass
class Clock:
    """Times steps from where they get their batches: from the call for one to the call for the
    next. ``synchronised``: a GPU is idle before each call, so that ``waited`` (s) is its wait."""

    device: torch.device
    warm_up: int
    steps: int
    synchronised: bool
    seconds: float = 0.0
    waited: float = 0.0

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        began = 0.0
        for number in range(self.warm_up + self.steps):
            if self.synchronised or number == self.warm_up:
                self._synchronise()
            asked = time.perf_counter()
            if number == self.warm_up:
                began, self.waited = asked, 0.0
            batch = next(batches)
            self.waited += time.perf_counter() - asked
            yield batch
        self._synchronise()
        self.seconds = time.perf_counter() - began

    def _synchronise(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)


@dataclass(frozen=True)
class Start:
    """A loop that is ready to be timed: where and how it trains, and the most memory it had, GiB.

    Memory is what tensors held on a GPU; on a CPU, what the process without its workers had
    resident.
    """

    device: str
    precision: str
    peak: float


_started: dict[str, Any] = {}
"""This process's case, its loop, and a batch that is where the model is."""


def start(name: str, case: Case) -> Start:
    """Makes a loop in this process, whose only one it is, and has it take a few steps: workers
    start, kernels are chosen and compiled."""
    # A spawned process would spawn its workers too, which `uda train` does not.
    multiprocessing.set_start_method(case.forking, force=True)
    loop: Loop = LOOPS[name](case)
    batches = loop.epoch()
    first = next(batches)
    loop.run(itertools.chain([first], itertools.islice(batches, 2)))
    for _ in batches:
        pass
    if loop.device.type == "cuda":
        device = torch.cuda.get_device_name(loop.device)
        most = torch.cuda.max_memory_allocated(loop.device) / 2**30
    else:
        device = f"CPU, {torch.get_num_threads()} threads"
        most = resident_peak()
    _started.update(case=case, loop=loop, batch=loop.ready(first))
    return Start(device, loop.precision, most)


def resident_peak() -> float:
    """GiB. On Linux `getrusage` counts what the parent had resident, too."""
    status = Path("/proc/self/status")
    if status.exists() and (found := re.search(r"VmHWM:\s*(\d+) kB", status.read_text())):
        return int(found[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(steps: int, what: str) -> tuple[float, float]:
    """Seconds of a step, and those of them that wait for its batch.

    ``what`` is "data", "waiting" (data, synchronised) or "floor" (a batch that is there already).
    """
    loop: Loop = _started["loop"]
    clock = Clock(loop.device, _started["case"].warm_up, steps, what == "waiting")
    if what == "floor":
        loop.run(clock(itertools.repeat(_started["batch"])))
    else:
        batches = loop.epoch()
        loop.run(clock(batches))
        for _ in batches:  # nobody decodes while the other loop is timed
            pass
    return clock.seconds / steps, clock.waited / steps


def profile(steps: int) -> str:
    """Which operators the time of a few steps goes to, on a batch that is there already."""
    from torch.profiler import ProfilerActivity
    from torch.profiler import profile as profiler

    loop: Loop = _started["loop"]
    gpu = loop.device.type == "cuda"
    kinds = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if gpu else [])]
    few = min(steps, 10)
    with profiler(activities=kinds, record_shapes=False) as found:
        loop.run(itertools.islice(itertools.repeat(_started["batch"]), few))
        if gpu:
            torch.cuda.synchronize(loop.device)
    order = "self_device_time_total" if gpu else "self_cpu_time_total"
    return str(found.key_averages().table(sort_by=order, row_limit=15, max_name_column_width=44))


@dataclass
class Figures:
    """Of one loop: seconds of a step in its fastest round, and of a step that computes alone.

    ``waited`` are the seconds it waits for its batch, and ``share`` how much of the step that is;
    on a GPU both are of a round in which the GPU is idle before each wait.
    """

    start: Start
    step: float = float("inf")
    floor: float = float("inf")
    waited: float = 0.0
    share: float = 0.0

    def time(self, process: ProcessPoolExecutor, steps: int) -> None:
        step, waited = process.submit(measure, steps, "data").result()
        if step < self.step:
            self.step, self.waited, self.share = step, waited, waited / step

    def time_floor(self, process: ProcessPoolExecutor, steps: int) -> None:
        self.floor = min(self.floor, process.submit(measure, steps, "floor").result()[0])

    def time_waiting(self, process: ProcessPoolExecutor, steps: int) -> None:
        step, self.waited = process.submit(measure, steps, "waiting").result()
        self.share = self.waited / step
