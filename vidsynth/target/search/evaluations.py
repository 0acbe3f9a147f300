"""Every evaluation of a search, kept: it is never paid for twice, and a stopped search continues.

A search is a pure function of its seed and of the values it is told, so that the same command
walks the same way again, and what is in the record costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vidsynth.errors import OutputError
from vidsynth.files import write_whole

_HEAD = b'{"problem": '
"""How every record begins."""
Point = Mapping[str, float]
"""Means by setting."""
Objective = Callable[[Point], float]
"""How unlike the target pictures of such settings are: less is better."""


@dataclass
class Evaluations:
    """An objective with a memory and an account.

    ``images`` are what one evaluation renders; ``record`` is a file of lines, one an evaluation,
    or None; ``problem`` names what is searched: a record of another one is refused. ``watch`` is
    told every new evaluation.
    """

    objective: Objective
    images: int = 0
    record: Path | None = None
    problem: str = ""
    watch: Callable[[Evaluations, Point, float], None] | None = None
    known: dict[str, float] = field(default_factory=dict)
    asked: int = 0
    done: int = 0
    best: Point | None = None
    least: float = float("inf")

    def __post_init__(self) -> None:
        if self.record is not None and self.record.exists():
            self._read(self.record)

    def __call__(self, point: Point) -> float:
        """The value at a point, evaluated unless it is known."""
        self.asked += 1
        name = _name(point)
        if name not in self.known:
            value = float(self.objective(point))
            self.done += 1
            self.known[name] = value
            self._write(name, value)
            self._keep(point, value)
            if self.watch is not None:
                self.watch(self, point, value)
        else:
            self._keep(point, self.known[name])
        return self.known[name]

    @property
    def rendered(self) -> int:
        """Images that this search has had rendered, those of earlier sittings included."""
        return self.images * len(self.known)

    def _keep(self, point: Point, value: float) -> None:
        if value < self.least:
            self.best, self.least = dict(point), value

    def _write(self, name: str, value: float) -> None:
        if self.record is None:
            return
        fresh = not self.record.exists()
        with self.record.open("a", encoding="utf-8") as file:
            if fresh:
                file.write(json.dumps({"problem": self.problem, "images": self.images}) + "\n")
            file.write(json.dumps({"at": json.loads(name), "value": value}) + "\n")

    def _read(self, path: Path) -> None:
        """What is recorded, but for a last line that a search was stopped in: that goes."""
        content = path.read_bytes()
        lines = content.rstrip(b"\0").split(b"\n")
        whole, begun = lines[:-1], lines[-1]
        if not whole and _HEAD.startswith(begun[: len(_HEAD)]):
            path.unlink()
            return
        try:
            head, *rows = whole
            found = json.loads(head)["problem"]
            if found == self.problem:
                for line in rows:
                    row = json.loads(line)
                    self.known[_name(row["at"])] = float(row["value"])
        except (ValueError, KeyError, TypeError) as error:
            raise OutputError(
                f"Expected the record of a search at {path}, but it cannot be read ({error!r}). "
                "Delete it to begin anew, or choose another --output."
            ) from None
        if found != self.problem:
            raise OutputError(
                f"{path} is the record of another search (other target, settings, seed or number "
                "of images). Nothing was touched: choose another --output, or delete it."
            )
        kept = b"".join(line + b"\n" for line in whole)
        if kept != content:
            write_whole(path, kept)


def _name(point: Point) -> str:
    """A point as text: equal for equal means to nine digits."""
    return json.dumps({key: float(f"{value:.9g}") for key, value in point.items()})
