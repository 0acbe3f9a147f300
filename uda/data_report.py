"""`uda check-data`: what a benchmark holds, beside what was published."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from reid_datasets.check import Report, check
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from uda.monitor.history import write_json


def show(name: str, root: Path, *, files: bool, json: Path | None) -> bool:
    """Print (and write) the report; whether every image that was looked for is sound."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("decoding images", total=None, visible=files)
        report = check(
            name,
            root,
            files=files,
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if json:
        json.parent.mkdir(parents=True, exist_ok=True)
        write_json(json, as_json(report))
    print_report(report)
    return report.complete


def print_report(report: Report) -> None:
    table = Table("part", "identities", "tracklets", "images", "cameras", "distractors")
    for column in table.columns[1:]:
        column.justify = "right"
    for part, found in report.counts.items():
        table.add_row(part, *(f"{value:,}" for value in asdict(found).values()))
        if report.published and report.published[part] != found:
            wanted = asdict(report.published[part]).values()
            table.add_row("  published", *(f"{value:,}" for value in wanted), style="dim")
    console = Console()
    console.print(table)
    if not report.as_published:
        console.print("The counts are not the published ones: this is another set, or part of it.")
    console.print(f"{report.without_match:,} queries have no match under another camera.")
    if report.files_checked:
        console.print(
            f"{report.files_checked:,} images: {len(report.missing):,} missing, "
            f"{len(report.corrupt):,} damaged."
        )
    for kind, paths in (("missing", report.missing), ("damaged", report.corrupt)):
        for path in paths[:10]:
            console.print(f"  {kind} {path}", soft_wrap=True, highlight=False)


def as_json(report: Report) -> dict[str, object]:
    return {
        "name": report.name,
        "root": str(report.root),
        "counts": {part: asdict(found) for part, found in report.counts.items()},
        "published": {part: asdict(wanted) for part, wanted in (report.published or {}).items()},
        "as_published": report.as_published,
        "queries_without_match": report.without_match,
        "files_checked": report.files_checked,
        "missing": [str(path) for path in report.missing],
        "damaged": [str(path) for path in report.corrupt],
    }
