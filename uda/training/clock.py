"""How long steps take, and how long they wait for their batches."""

from __future__ import annotations

import time
from collections.abc import Sequence

from uda.batches.batch import Pair


class Clock:
    """Times the steps since the last `restart`, which is where the device was waited for."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.started = self.ended = time.perf_counter()
        self.waited = 0.0
        self.steps = self.clips = 0

    def begin(self) -> None:
        """A step has its batches."""
        self.waited += time.perf_counter() - self.ended

    def end(self, step: Sequence[Pair]) -> float:
        """A step is done. Returns clips per second since the restart."""
        self.ended = time.perf_counter()
        self.steps += 1
        self.clips += sum(len(batch.clips) for pair in step for batch in pair if batch)
        return self.clips / (self.ended - self.started)

    def means(self) -> dict[str, float]:
        """Seconds of a step, as they are logged: waiting for data, and all else."""
        worked = self.ended - self.started - self.waited
        return {"time/data_s": self.waited / self.steps, "time/step_s": worked / self.steps}
