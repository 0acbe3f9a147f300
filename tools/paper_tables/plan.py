"""What there is to do for a table, what of it can be done with the data there are, and its cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from paper_tables.description import Row, Table
from paper_tables.people import Known, People, cpu_hours
from paper_tables.trainings import RATE, Cell, Training

HEADS = ("row", "tested on", "trained on", "state", "GPU-h", "rendering, CPU-h")


@dataclass
class Sum:
    """Hours of trainings and sets, each counted once."""

    known: Known
    gpu: float = 0.0
    cpu: float = 0.0
    trainings: set[Path] = field(default_factory=set)
    made: set[str] = field(default_factory=set)

    def add(self, cells: Sequence[Cell], missing: bool = False) -> None:
        """What some cells take; with ``missing`` what is not done yet."""
        for training in of_cells(cells):
            if training.place not in self.trainings and not (missing and training.finished):
                self.trainings.add(training.place)
                self.gpu += training.gpu_hours(self.known)
        for people in sets_of(cells, self.known):
            if people.name not in self.made:
                self.made.add(people.name)
                self.cpu += own_cpu_hours(people, self.known)


def of_cells(cells: Sequence[Cell]) -> list[Training]:
    """All trainings of some cells in their order, each once."""
    found = {t.place: t for cell in cells for some in cell.trainings for t in some.chain}
    return list(found.values())


def sets_of(cells: Sequence[Cell], known: Known) -> list[People]:
    """The sets that have to be made for some cells, those first that others are made of."""
    found: dict[str, People] = {}

    def visit(people: People) -> None:
        if people.is_made and not known.there(people):
            for needed in known.needed(people):
                visit(needed)
            found.setdefault(people.name, people)

    for cell in cells:
        for people in cell.people:
            visit(people)
    return list(found.values())


def own_cpu_hours(people: People, known: Known) -> float:
    """Of rendering a set, without those that it is made of."""
    return cpu_hours(people, known) - sum(cpu_hours(each, known) for each in known.needed(people))


def planned(
    table: Table, rows: Sequence[Row], cells: Sequence[Cell], known: Known
) -> Iterator[str]:
    """A line for each cell, what is lacking and where to get it, and what is to be done now."""
    yield f"{table.paper}, {table.number}: {table.title}"
    yield ""
    yield f"| {' | '.join(HEADS)} |"
    yield "|---" * len(HEADS) + "|"
    lacking: dict[str, None] = {}
    ready = []
    for row in rows:
        if row.train is None:
            tests = ", ".join(row.published)
            yield f"| {row.title} | {tests} | | cannot be repeated: {row.cannot} | | |"
            continue
        for cell in (cell for cell in cells if cell.row == row):
            missing = cell.lacking(known)
            done = cell.tested
            if not missing and not done:
                ready.append(cell)
            if not done:
                lacking |= dict.fromkeys(missing)
            names = ", ".join(each.partition(":")[0].partition(",")[0] for each in missing)
            state = "done" if done else f"lacks {names}" if missing else "can run"
            cost = Sum(known)
            cost.add([cell])
            yield (
                f"| {row.title} | {cell.test.name} | {trained_on(cell)} | {state} "
                f"| {cost.gpu:.2f} | {f'{cost.cpu:.1f}' if cost.cpu else ''} |"
            )
    if lacking:
        yield ""
        yield "Lacking:"
        yield from (f"- {each}" for each in lacking)
    everything, now = Sum(known), Sum(known)
    everything.add(cells)
    now.add(ready, missing=True)
    yield ""
    yield (
        f"All of it: {len(everything.trainings)} trainings, {everything.gpu:.1f} GPU-h, "
        f"{everything.cpu:.1f} CPU-h of rendering. To do with what is there: "
        f"{len(now.trainings)} trainings, {now.gpu:.1f} GPU-h, {now.cpu:.1f} CPU-h."
    )
    yield RATE


def trained_on(cell: Cell) -> str:
    """The people of a cell's trainings, in words."""
    first = cell.trainings[0]
    return " then ".join(dict.fromkeys(training.source.name for training in first.chain))
