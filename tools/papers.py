"""The tables of published papers at their own scale: published figures beside ours.

    uv run tools/papers.py                                                # which tables there are
    uv run tools/papers.py synthetic_to_real/table3 --data DATA --plan    # what there is to do
    uv run tools/papers.py synthetic_to_real/table3 --data DATA --seeds 3
    uv run tools/papers.py unrealperson/table2 --data DATA --rows "34 cameras" --render --cloth DIR

Rows are done one after the other as far as their data are there, and each stands in
runs/papers/PAPER/tableN.md as soon as it is finished. What is finished is kept, for all tables that
ask for it: the same command continues where it was stopped. Docs: docs/papers.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from paper_tables.description import PaperError, Row, Table, names, problems, read_sets, read_table
from paper_tables.people import Known, Place
from paper_tables.plan import planned
from paper_tables.results import page
from paper_tables.running import CommandFailed, complete
from paper_tables.trainings import Cell, cells, changes

from uda.errors import ConfigError
from uda.files import write_whole


def main(
    table: Annotated[
        str | None, typer.Argument(help="As PAPER/tableN; without it all are listed.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SECTION.KEY=VALUE", help="For all trainings, whose figures are kept apart."
        ),
    ] = None,
    data: Annotated[
        Path, typer.Option(help="Folder of all data: benchmarks and sets by name.")
    ] = Path("data"),
    output: Annotated[Path, typer.Option(help="Trainings, scores and tables.")] = Path(
        "runs/papers"
    ),
    rows: Annotated[
        list[str] | None, typer.Option(help="Part of a row's name; repeatable. Others are left.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 1,
    render: Annotated[
        bool, typer.Option("--render", help="Make sets that are missing, first.")
    ] = False,
    photographs: Annotated[
        Path | None, typer.Option(help="Folder of pictures to stand behind people.")
    ] = None,
    cloth: Annotated[
        Path | None, typer.Option(help="Folder of pictures of cloth to dress people in.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Say what there is to do, and end.")] = False,
) -> None:
    """Repeat a published table, row by row."""
    if table is None:
        print("\n".join(listed()))
        return
    try:
        described, known = (
            read_table(table),
            Known(read_sets(), Place(data, photographs, cloth, render)),
        )
        for problem in problems(described):
            raise PaperError(f"{table}: {problem}")
        words = tuple(settings or ())
        every = list(cells(described, known, output, range(1, seeds + 1), words))
        chosen = among(described, rows or [])
        some = [cell for cell in every if cell.row in chosen]
        print("\n".join(planned(described, chosen, some, known)), flush=True)
    except (PaperError, ConfigError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(2) from None
    if plan:
        return
    changed = changes(words)
    file = output / f"{table}{mark(changed)}.md"
    failed = work(described, every, some, known, file, changed)
    print(file)
    if failed:
        raise typer.Exit(1)


def work(
    table: Table,
    every: Sequence[Cell],
    some: Sequence[Cell],
    known: Known,
    file: Path,
    changed: Sequence[str],
) -> bool:
    """Does cell by cell what can be done, and writes the table after each. Whether any failed."""
    failed = False
    write_whole(file, page(table, every, changed))
    for cell in some:
        if cell.tested or cell.lacking(known):
            continue
        try:
            complete([cell], known)
        except CommandFailed as error:
            typer.echo(f"error: {cell.row.title}, {cell.test.name}: {error}", err=True)
            failed = True
            continue
        write_whole(file, page(table, every, changed))
        print(f"{cell.row.title}, {cell.test.name}: done", flush=True)
    return failed


def among(table: Table, parts: Sequence[str]) -> list[Row]:
    """Rows whose names have one of some parts. Raises PaperError: there are none."""
    found = [row for row in table.rows if not parts or any(part in row.title for part in parts)]
    if not found:
        known = "; ".join(row.title for row in table.rows)
        raise PaperError(f"Expected part of a row's name among {known}, found {', '.join(parts)}.")
    return found


def mark(words: Sequence[str]) -> str:
    """What the file of a table with other settings is told apart by."""
    return f"-{hashlib.sha256(' '.join(words).encode()).hexdigest()[:6]}" if words else ""


def listed() -> list[str]:
    """Every table with its title."""
    found = {name: read_table(name) for name in names()}
    return [f"{name:<26} {table.title}" for name, table in found.items()]


if __name__ == "__main__":
    typer.run(main)
