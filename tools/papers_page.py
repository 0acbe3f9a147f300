"""The tables of docs/papers.md, written from the plans of all tables of configs/papers/.

uv run tools/papers_page.py            # writes the page anew
uv run tools/papers_page.py --check    # exit code 1 where the page is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from paper_tables.description import ROOT, Table, names, read_sets, read_table
from paper_tables.people import Known, People, Place
from paper_tables.plan import Sum
from paper_tables.trainings import RATE, Cell, cells

PAGE = ROOT / "docs/papers.md"
BEGIN = "<!-- The tables are written by tools/papers_page.py. -->"
END = "<!-- End of the tables. -->"
HEADS = (
    "table", "what", "rows", "repeated", "GPU-h, published data", "GPU-h, rendered people",
    "rendering, CPU-h",
)  # fmt: skip
NOWHERE = Path("nowhere")


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    new = with_tables(page)
    if "--check" in arguments:
        if new != page:
            print(f"{PAGE} is out of date. Run tools/papers_page.py.", file=sys.stderr)
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def with_tables(page: str) -> str:
    """The page with its tables as they should be. ValueError: the marks around them are gone."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected {BEGIN} and {END} in {PAGE}")
    return f"{before}{BEGIN}\n\n{chr(10).join(tables())}\n\n{END}{after}"


def tables() -> Iterator[str]:
    """Costs of every table, the data they take, and what stands in them without figures of ours."""
    known = Known(read_sets(), Place(NOWHERE))
    found = {name: read_table(name) for name in names()}
    asked = {name: list(cells(t, known, NOWHERE, [1])) for name, t in found.items()}
    yield f"| {' | '.join(HEADS)} |"
    yield "|---" * len(HEADS) + "|"
    for name, table in found.items():
        yield _costs(name, table, asked[name], known)
    yield ""
    yield f"Of one seed, each table by itself. {RATE}"
    yield ""
    yield "| folder | tables | where to get it |"
    yield "|---" * 3 + "|"
    yield from _data(asked, known)
    yield ""
    yield "Rows that stand without figures of ours:"
    yield ""
    yield from _by_reason(found, "cannot")
    yield ""
    yield "Published figures that are odd:"
    yield ""
    yield from _by_reason(found, "doubtful")


def _by_reason(tables: dict[str, Table], said: Literal["cannot", "doubtful"]) -> Iterator[str]:
    """Rows by what is said of them, each reason once."""
    found: dict[str, list[str]] = {}
    for name, table in tables.items():
        for row in table.rows:
            if reason := getattr(row, said):
                found.setdefault(f"{row.title}: {reason}", []).append(f"`{name}`")
    yield from (f"- {reason} ({', '.join(places)})" for reason, places in found.items())


def _costs(name: str, table: Table, some: Sequence[Cell], known: Known) -> str:
    published, rendered = Sum(known), Sum(known)
    published.add([cell for cell in some if cell.column == "published data"])
    rendered.add([cell for cell in some if cell.column == "rendered people"])
    repeated = sum(row.train is not None for row in table.rows)
    hours = [f"{each:.1f}" if each else "" for each in (published.gpu, rendered.gpu, rendered.cpu)]
    return f"| `{name}` | {table.title} | {len(table.rows)} | {repeated} | {' | '.join(hours)} |"


def _data(asked: dict[str, list[Cell]], known: Known) -> Iterator[str]:
    """What somebody has to have, by the folder it lies in."""
    used: dict[str, dict[str, None]] = {}
    obtain: dict[str, str] = {}

    def visit(name: str, people: People) -> None:
        if not people.is_made:
            folder = known.root(people).name
            used.setdefault(folder, {}).setdefault(name)
            obtain.setdefault(folder, people.obtain)
        for needed in known.needed(people):
            visit(name, needed)

    for name, some in asked.items():
        for people in (each for cell in some for each in cell.people):
            visit(name, people)
    for folder in sorted(used):
        at = ", ".join(f"`{table}`" for table in used[folder])
        yield f"| `{folder}` | {at} | {obtain[folder]} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
