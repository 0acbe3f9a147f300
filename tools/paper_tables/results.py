"""A table with published figures and our own side by side, as far as there are any."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from paper_tables.description import MEAN_ACCURACY, RANKED, Row, Table
from paper_tables.running import cost_of
from paper_tables.trainings import Cell, Training

COLUMNS = ("published data", "rendered people")
Figures = Sequence[float | None]


def page(table: Table, cells: Sequence[Cell], words: Sequence[str] = ()) -> str:
    """The whole table as Markdown; cells that have not been tested are empty."""
    return "\n".join(_lines(table, cells, words)) + "\n"


def _lines(table: Table, cells: Sequence[Cell], words: Sequence[str]) -> Iterator[str]:
    yield f"# {table.paper}, {table.number}: {table.title}"
    yield ""
    yield table.about
    yield ""
    yield (
        f"{' / '.join(table.scores)}, in %. Ours: trained on the people that the paper trains on, "
        "or on rendered ones in their place; ± is the standard deviation over seeds; an empty cell "
        "has not been run."
    )
    if words:
        yield ""
        yield f"Changed for all trainings: `{' '.join(words)}`. **Not the published settings.**"
    yield ""
    yield f"| row | tested on | published | ours, {' | ours, '.join(COLUMNS)} | how |"
    yield "|---" * 6 + "|"
    for row in table.rows:
        for number, (test, published) in enumerate(row.published.items()):
            ours = {
                cell.column: shown_over_seeds(own_figures(table, cell))
                for cell in cells
                if cell.row == row and cell.test.name == test and cell.tested
            }
            said = "" if number else how(row)
            columns = " | ".join(ours.get(column, "") for column in COLUMNS)
            yield f"| {row.title} | {test} | {shown(published)} | {columns} | {said} |"
    yield from _trainings(cells)


def own_figures(table: Table, cell: Cell) -> list[tuple[float | None, ...]]:
    """A cell's figures in %, of each seed."""
    return [_figures(table.scores, cell.scores(training)) for training in cell.trainings]


def _figures(scores: Sequence[str], files: Sequence[Path]) -> tuple[float | None, ...]:
    found: dict[str, float] = {}
    for file in files:
        first = json.loads(file.read_text())["rows"][0]
        found |= _of_attributes(first) if "attributes" in first else _of_ranking(first)
    return tuple(100 * found[score] if score in found else None for score in scores)


def _of_ranking(row: Mapping[str, Any]) -> dict[str, float]:
    return {score: row[score] for score in RANKED}


def _of_attributes(row: Mapping[str, Any]) -> dict[str, float]:
    each = {name: score["accuracy"] for name, score in row["attributes"].items()}
    return each | {MEAN_ACCURACY: row["accuracy"]}


def shown(figures: Figures) -> str:
    """Figures in one cell."""
    return " / ".join("-" if each is None else f"{each:.1f}" for each in figures)


def shown_over_seeds(some: Sequence[Figures]) -> str:
    """Means of several seeds in one cell, with their deviations."""
    if len(some) == 1:
        return shown(some[0])
    cells = []
    for values in zip(*some, strict=True):
        known = [each for each in values if each is not None]
        if len(known) < len(some):
            cells.append("-")
        else:
            cells.append(f"{statistics.mean(known):.1f} ± {statistics.stdev(known):.1f}")
    return " / ".join(cells)


def how(row: Row) -> str:
    """How a row is repeated, or why not, and what is odd about it."""
    said = [f"cannot be repeated: {row.cannot}"] if row.train is None else []
    train = row.train
    while train is not None:
        settings = "".join(f" {word}" for word in train.settings)
        said.append(f"{'from ' if said else ''}`{train.recipe}{settings}`")
        train = train.start
    if row.differs:
        said.append(f"differs: {row.differs}")
    if row.doubtful:
        said.append(f"doubtful: {row.doubtful}")
    return "; ".join(said)


def _trainings(cells: Sequence[Cell]) -> Iterator[str]:
    finished: dict[Path, Training] = {
        t.place: t
        for cell in cells
        if cell.tested
        for training in cell.trainings
        for t in training.chain
    }
    if not finished:
        return
    yield ""
    yield "## Trainings"
    yield ""
    yield "| run | people | tracklets | minutes | machine |"
    yield "|---" * 5 + "|"
    for place, training in finished.items():
        source = json.loads((place / "result.json").read_text())["source"]
        seen = f"{source['identities']} | {source['tracklets']}"
        cost = json.loads(cost_of(training).read_text()) if cost_of(training).exists() else {}
        yield (
            f"| `{place.parent.name}/{place.name}` | {seen} "
            f"| {cost.get('minutes', '')} | {cost.get('machine', '')} |"
        )
