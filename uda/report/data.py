"""`uda check-data`: what a benchmark holds, beside what was published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from reid_datasets.check import Report, SplitReport, check
from reid_datasets.counts import Counts
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from uda.files import write_json

SCHEMA = 1
"""Version of the JSON report; it grows when a key changes its meaning or goes."""
LISTED = 10
"""Damaged files printed; all of them are in the JSON report."""


def show(name: str, root: Path, *, files: bool, json: Path | None) -> bool:
    """Print (and write) the report; whether every frame that was looked for is sound."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as progress:
        task = progress.add_task("decoding frames", total=None, visible=files)
        report = check(
            name,
            root,
            files=files,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if json:
        write_json(json, as_json(report))
    print_report(report)
    return report.complete


def print_report(report: Report) -> None:
    console = Console()
    several = len(report.splits) > 1
    title = f"{report.title} in {report.root}"
    table = Table(
        *(["splits"] if several else []),
        *("part", "identities", "tracklets", "images", "cameras", "distractors"),
    )
    for column in table.columns[1 + several :]:
        column.justify = "right"
    for splits in alike(report):
        numbers = [_numbers(splits)] if several else []
        for part, found in splits[0].counts.items():
            table.add_row(*numbers, part, *_values(found))
            wanted = (report.published or {}).get(part)
            if wanted and not wanted.agrees(found):
                table.add_row(*numbers, "  published", *_values(wanted), style="dim")
        table.add_section()
    console.print(title, highlight=False, markup=False, soft_wrap=True)
    console.print(table)
    for line in verdict(report):
        console.print(line, highlight=False, markup=False, soft_wrap=True)


def verdict(report: Report) -> Iterator[str]:
    """What the numbers mean, in sentences."""
    if report.published is None:
        yield "There are no published counts to compare with."
    elif report.as_published:
        yield "The counts are the published ones."
    else:
        yield "The counts are not the published ones: this is another set, or part of it."
    queries = sum(split.counts["query"].tracklets for split in report.splits)
    if queries:
        yield (
            f"{report.without_match:,} of {queries:,} queries have no match under another camera"
            + (f", in {len(report.splits)} splits." if len(report.splits) > 1 else ".")
        )
    else:
        yield "There are no queries: this set is for training."
    if report.damage:
        yield (
            f"{report.damage.checked:,} images: {len(report.missing):,} missing, "
            f"{len(report.corrupt):,} damaged."
        )
    for kind, names in (("missing", report.missing), ("damaged", report.corrupt)):
        yield from (f"  {kind} {name}" for name in names[:LISTED])
        if len(names) > LISTED:
            yield f"  and {len(names) - LISTED:,} more {kind}; --json FILE lists them all."


def alike(report: Report) -> list[list[SplitReport]]:
    """The splits in groups of equal counts."""
    groups: dict[tuple[tuple[str, Counts], ...], list[SplitReport]] = {}
    for split in report.splits:
        groups.setdefault(tuple(split.counts.items()), []).append(split)
    return list(groups.values())


def _numbers(splits: list[SplitReport]) -> str:
    first, last = splits[0].number, splits[-1].number
    if first is not None and last == first + len(splits) - 1 and last > first:
        return f"{first} to {last}"
    return ", ".join(str(split.number) for split in splits)


def _values(counts: Counts) -> Iterator[str]:
    return ("-" if value is None else f"{value:,}" for value in asdict(counts).values())


def as_json(report: Report) -> dict[str, object]:
    """The report as docs/benchmarks.md describes it."""
    return {
        "schema": SCHEMA,
        "name": report.name,
        "title": report.title,
        "root": str(report.root),
        "published": None if report.published is None else _by_part(report.published),
        "as_published": None if report.published is None else report.as_published,
        "splits": [
            {
                "split": split.number,
                "counts": _by_part(split.counts),
                "queries_without_match": split.without_match,
            }
            for split in report.splits
        ],
        "files_looked_at": report.damage is not None,
        "images_checked": report.files_checked,
        "missing": list(report.missing),
        "damaged": list(report.corrupt),
        "complete": report.complete,
    }


def _by_part(counts: Mapping[str, Counts]) -> dict[str, dict[str, int | None]]:
    return {part: asdict(found) for part, found in counts.items()}
