"""Scores on the terminal and in files: what `uda train` and `uda evaluate` end with."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from uda.evaluation.scores import SHOWN, as_scores

if TYPE_CHECKING:
    from uda.evaluation.benchmark import Row
    from uda.training.session import TrainingResult


BESIDE = {
    "running": "batch norm: training",
    "target": "batch norm: target",
    "camera": "batch norm: cameras",
}
"""Whose statistics a row is tested with."""


def print_training(result: TrainingResult, target: str, root: Path) -> None:
    """The table of a finished run, its files, and what to type next."""
    found = {
        f"{target} (target)": result.evaluation,
        **{f"  {BESIDE[whose]}": each for whose, each in result.beside.items()},
        "source": result.source_evaluation,
    }
    rows = {name: as_scores([e.result], e.frames) for name, e in found.items() if e}
    if rows:
        print_scores(rows)
    if not result.evaluation:
        print(
            f"{target} has no queries with a match: there is nothing to test the adapted model on."
        )
    watch = shlex.join(["tensorboard", "--logdir", str(result.output)])
    told = ("--checkpoint", result.checkpoint, "--data", target, "--root", root)
    again = shlex.join(["uda", "evaluate", *map(str, told)])
    for line in (
        f"{result.minutes:.1f} minutes",
        f"weights      {result.checkpoint}",
        f"scores       {result.output / 'result.json'}",
        *([f"ranked list  {result.ranked_list}"] if result.ranked_list else []),
        "",
        *([f"curves       {watch}"] if (result.output / "tensorboard").is_dir() else []),
        *([f"again        {again}"] if result.evaluation else []),
    ):
        print(line)


def print_rows(rows: Sequence[Row]) -> None:
    """The table of `uda evaluate`, and what each benchmark is."""
    print_scores({row.name: row.scores() for row in rows})
    for data, title in {row.data: row.title for row in rows}.items():
        print(f"{data}: {title}")


def print_scores(rows: dict[str, dict[str, Any]]) -> None:
    """Scores by name, in %; mean ± std where they are over several splits."""
    table = Table("test half", *SHOWN.values(), "queries", box=SIMPLE_HEAD, padding=(0, 1))
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    for name, scores in rows.items():
        table.add_row(name, *(_share(scores, key) for key in SHOWN), f"{scores['queries']:,}")
    console = Console()
    console.print(table)
    for line in _footnotes(rows):
        console.print(line, highlight=False, soft_wrap=True)


def _share(scores: dict[str, Any], key: str) -> str:
    spread = f"±{100 * scores[f'{key}_std']:.1f}" if f"{key}_std" in scores else ""
    return f"{100 * scores[key]:.1f}{spread}"


def _footnotes(rows: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The protocol, and what was left out."""
    for frames in dict.fromkeys(scores["frames"] for scores in rows.values()):
        yield f"In %; {frames}; the same person under the same camera is excluded."
    for name, scores in rows.items():
        if scores.get("splits", 1) > 1:
            yield f"{name}: mean ± standard deviation over {scores['splits']} splits."
        if scores["queries_without_match"]:
            yield (
                f"{name}: {scores['queries_without_match']:,} queries have no match in the gallery "
                "and are not counted."
            )


def write_scores(path: Path, checkpoint: Path, rows: Sequence[Row]) -> None:
    """JSON: the checkpoint, and for each row what it is and its scores in 0..1."""
    from uda.files import write_json

    described = [
        {
            "data": row.data,
            "title": row.title,
            "root": str(row.root),
            "setting": row.setting,
            "reranked": row.comparison.startswith("re-ranked"),
            "centralised": row.comparison == "centralised",
            "lifted": row.comparison.endswith("lifted"),
            **row.scores(),
        }
        for row in rows
    ]
    write_json(path, {"checkpoint": str(checkpoint), "rows": described})


def write_figures(folder: Path, rows: Sequence[Row]) -> None:
    """Of each row's first split: ranked list, CMC curve and distances."""
    from uda.evaluation.curves import curves
    from uda.evaluation.ranked_list import draw
    from uda.monitor.charts import as_image, cmc, distances

    folder.mkdir(parents=True, exist_ok=True)
    for row in rows:
        split, evaluation = row.splits[0], row.evaluations[0]
        seen = curves(split, evaluation)
        stem = row.name.replace(", ", "-").replace(" ", "-").replace(":", "-")
        draw(split, evaluation).save(folder / f"{stem}-ranked.png")
        as_image(cmc({row.name: seen["cmc"]})).save(folder / f"{stem}-cmc.png")
        if row.comparison != "re-ranked":  # re-ranking changes the order, not the features
            as_image(distances(seen["distances"])).save(folder / f"{stem}-distances.png")
