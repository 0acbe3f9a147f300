"""The table of docs/benchmarks.md, written from what the readers know of their benchmarks.

uv run tools/benchmark_table.py            # writes the page anew
uv run tools/benchmark_table.py --check    # exit code 1 where the page is out of date
"""

from __future__ import annotations

import sys
from pathlib import Path

from reid_datasets.benchmarks import BENCHMARKS
from reid_datasets.benchmarks.benchmark import Benchmark
from reid_datasets.counts import Counts

PAGE = Path(__file__).resolve().parents[1] / "docs/benchmarks.md"
BEGIN = "<!-- The table is written by tools/benchmark_table.py. -->"
END = "<!-- End of the table. -->"
COLUMNS = (
    "name",
    "benchmark",
    "layout",
    "train",
    "query",
    "gallery",
    "protocol",
    "where to get it",
)


def main(arguments: list[str]) -> int:
    page = PAGE.read_text(encoding="utf-8")
    new = with_table(page)
    if "--check" in arguments:
        if new != page:
            print(f"{PAGE} is out of date. Run tools/benchmark_table.py.", file=sys.stderr)
        return int(new != page)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def with_table(page: str) -> str:
    """The page with the table as it should be. ValueError: the marks around it are gone."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"expected {BEGIN} and {END} in {PAGE}")
    return f"{before}{BEGIN}\n\n{table()}\n{END}{after}"


def table() -> str:
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [row(name, benchmark) for name, benchmark in BENCHMARKS.items()]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in rows)


def row(name: str, benchmark: Benchmark) -> tuple[str, ...]:
    counts = benchmark.published or {}
    last = benchmark.splits - 1
    return (
        f"`{name}`" + (f", `{name}:0` to `{name}:{last}`" if last else ""),
        benchmark.title,
        benchmark.layout,
        *(describe(counts.get(part), benchmark) for part in ("train", "query", "gallery")),
        benchmark.protocol,
        benchmark.obtain,
    )


def describe(counts: Counts | None, benchmark: Benchmark) -> str:
    """A part's counts in a cell."""
    if counts is None:
        return ""
    if counts.tracklets == 0:
        return "none"
    distractors = f" ({counts.distractors:,} distractors)" if counts.distractors else ""
    things = [f"{counts.identities:,} ids"] if counts.identities is not None else []
    if benchmark.media == "video":
        things.append(f"{counts.tracklets:,} tracklets{distractors}")
        things += [f"{counts.images:,} images"] if counts.images is not None else []
    else:
        things.append(f"{counts.tracklets:,} images{distractors}")
    if counts.cameras is not None:  # None: it is not stated, or differs between splits
        things.append(f"{counts.cameras:,} cameras" if counts.cameras else "no cameras")
    return ", ".join(things)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
