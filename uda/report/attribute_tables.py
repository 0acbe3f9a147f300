"""Scores of attributes on the terminal and in files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from uda.evaluation.attributes_of_checkpoint import AttributeRow
from uda.files import write_json


def print_attributes(rows: Sequence[AttributeRow]) -> None:
    """A table of the attributes of each benchmark, in %, and what is left out."""
    console = Console()
    for row in rows:
        table = Table(
            row.data, "accuracy", "balanced", "commonest", "tested", box=SIMPLE_HEAD, padding=(0, 1)
        )
        for column in table.columns[1:]:
            column.justify = "right"
        for score in row.scores.attributes:
            shares = (score.accuracy, score.balanced, score.commonest)
            table.add_row(
                escape(score.name), *(f"{100 * x:.1f}" for x in shares), f"{score.tested:,}"
            )
        table.add_section()
        means = (row.scores.accuracy, row.scores.balanced, row.scores.commonest)
        table.add_row("mean", *(f"{100 * x:.1f}" for x in means), f"{row.scores.tracklets:,}")
        console.print(table)
        examples = row.scores.examples
        notes = [
            f"{row.data}: {row.title}, {row.part}.",
            f"Per example: accuracy {100 * examples.accuracy:.1f}, "
            f"precision {100 * examples.precision:.1f}, recall {100 * examples.recall:.1f}, "
            f"F1 {100 * examples.f1:.1f}.",
            *(
                f"{row.data}: everybody who is tested has the same {score.name}."
                for score in row.scores.attributes
                if score.one_class
            ),
        ]
        if row.left_out:
            notes.append(f"Known to the data or the model alone: {', '.join(row.left_out)}.")
        for note in notes:
            console.print(note, highlight=False, markup=False, soft_wrap=True)


def write_attribute_scores(path: Path, checkpoint: Path, rows: Sequence[AttributeRow]) -> None:
    """JSON: the checkpoint, and for each benchmark its scores in 0..1 with confusions."""
    described = [
        {
            "data": row.data,
            "title": row.title,
            "root": str(row.root),
            "part": row.part,
            "left_out": list(row.left_out),
            **row.scores.as_json(),
        }
        for row in rows
    ]
    write_json(path, {"checkpoint": str(checkpoint), "rows": described})
