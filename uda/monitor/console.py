"""The progress line of a training run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import rich.console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, gone when done; yields what takes the number of items done and in all."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.completed}/{task.total} clips"),
        TimeRemainingColumn(),
        console=rich.console.Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


class Console:
    """Epoch, steps, loss, clips/s and time left on stderr; messages scroll above the line."""

    def __init__(self, *, start: int, total: int, show: bool) -> None:
        self.show = show
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed}/{task.total}"),
            TextColumn("{task.fields[detail]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=rich.console.Console(stderr=True),
            disable=not show,
            refresh_per_second=4,
        )
        self.task = self.progress.add_task("train", total=total, completed=start, detail="steps")
        self.evaluation = self.progress.add_task("evaluate", detail="clips", visible=False)
        self._speed: float | None = None
        self.progress.start()

    def advance(self, epoch: int, step: int, loss: float, clips_per_second: float) -> None:
        if self._speed is None:
            self._speed = clips_per_second
        self._speed += 0.1 * (clips_per_second - self._speed)
        self.progress.update(
            self.task,
            completed=step,
            description=f"epoch {epoch + 1}",
            detail=f"steps  loss {loss:.3f}  {self._speed:.0f} clips/s",
        )

    def evaluating(self, done: int, total: int) -> None:
        self.progress.update(self.evaluation, completed=done, total=total, visible=done < total)

    def say(self, message: str) -> None:
        if self.show:
            self.progress.console.print(message, highlight=False, markup=False, soft_wrap=True)

    def close(self) -> None:
        self.progress.stop()
