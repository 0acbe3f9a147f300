"""Shows how a run gets on, in crops; and what it cost, in CPU-seconds."""

from __future__ import annotations

import os
from collections import Counter

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from vidsynth.run.executors.executor import Event


class CropMeter:
    """A progress bar over crops. ``planned`` gives each shot's; those filtered out count too.

    ``rendered`` crops were kept; ``cpu_seconds`` are those that events told of.
    """

    def __init__(self, planned: dict[int, int], shown: bool) -> None:
        self._planned = planned
        self._seen: Counter[int] = Counter()
        self.rendered = 0
        self.cpu_seconds = 0.0
        self.bar = Progress(
            TextColumn("rendering"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("crops"),
            _Rate(),
            TextColumn("ETA"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not shown,
        )
        self._task = self.bar.add_task("crops", total=sum(planned.values()))

    def note(self, event: Event) -> None:
        if event.kind == "crops":
            self._seen[event.shot] += event.crops
            self.bar.advance(self._task, event.crops)
        elif event.kind == "done":
            self.rendered += event.crops
            self.cpu_seconds += event.cpu_seconds
            self.bar.advance(self._task, self._planned[event.shot] - self._seen[event.shot])
        else:
            self.bar.advance(self._task, -self._seen.pop(event.shot, 0))


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.1f}/s" if speed else "-/s")


def cpu_seconds() -> float:
    """User and system time of this process and of its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
