"""The progress line of a training run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import rich.console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Column

SHOWN = 4
"""Loss terms beside the total: those a method names first are its main ones."""


@contextmanager
def progress_bar(
    what: str, unit: str = "clips", *, show: bool = True
) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr, gone when done; yields what takes the number of items done and in all."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn(f"{{task.completed}}/{{task.total}} {unit}"),
        TimeRemainingColumn(),
        console=rich.console.Console(stderr=True),
        transient=True,
        disable=not show,
    ) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


class Console:
    """Epoch, steps, time left, clips/s and losses on stderr; messages scroll above the line."""

    def __init__(self, *, start: int, total: int, epochs: int, show: bool) -> None:
        self.show, self.epochs = show, epochs
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed}/{task.total} {task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            # Last: a narrow terminal loses the smaller terms, not the time that is left.
            TextColumn(
                "{task.fields[detail]}", table_column=Column(no_wrap=True, overflow="ellipsis")
            ),
            console=rich.console.Console(stderr=True),
            disable=not show,
            refresh_per_second=4,
        )
        self.task = self.progress.add_task(
            "train", total=total, completed=start, unit="steps", detail=""
        )
        self.evaluation = self.progress.add_task("evaluate", unit="clips", detail="", visible=False)
        self._speed: float | None = None
        self.progress.start()

    def advance(
        self, epoch: int, step: int, losses: Mapping[str, float], clips_per_second: float
    ) -> None:
        """``step`` steps are done; ``losses`` are the total, "loss", and its terms by name."""
        if self._speed is None:
            self._speed = clips_per_second
        self._speed += 0.1 * (clips_per_second - self._speed)
        named = [name for name in losses if name != "loss"][:SHOWN]
        terms = " ".join(f"{name} {losses[name]:.2f}" for name in named)
        self.progress.update(
            self.task,
            completed=step,
            description=f"epoch {epoch + 1}/{self.epochs}",
            detail=escape(f"{self._speed:.0f} clips/s  loss {losses['loss']:.3f}  {terms}"),
        )

    def evaluating(self, done: int, total: int) -> None:
        self.progress.update(self.evaluation, completed=done, total=total, visible=done < total)

    def say(self, message: str) -> None:
        if self.show:
            self.progress.console.print(message, highlight=False, markup=False, soft_wrap=True)

    def close(self) -> None:
        self.progress.stop()
