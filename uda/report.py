"""What `uda` prints and writes when it is done."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from uda.evaluation.ranking import RankingResult
    from uda.training.session import TrainingResult


def print_training(result: TrainingResult, target: str, root: Path) -> None:
    """The table of a finished run, its files, and what to type next."""
    rows = {}
    if result.evaluation:
        rows[f"{target} (target)"] = as_row(result.evaluation, result.frames)
    if result.source_evaluation:
        rows["source"] = as_row(result.source_evaluation, result.frames)
    if rows:
        print_scores(rows)
    if not result.evaluation:
        print(f"{target} has no queries: there is nothing to test the adapted model on.")
    again = f"uda evaluate --checkpoint {result.checkpoint} --data {target} --root {root}"
    for line in (
        f"{result.minutes:.1f} minutes",
        f"weights      {result.checkpoint}",
        f"scores       {result.output / 'result.json'}",
        *([f"ranked list  {result.ranked_list}"] if result.ranked_list else []),
        "",
        f"curves       tensorboard --logdir {result.output}",
        *([f"again        {again}"] if result.evaluation else []),
    ):
        print(line)


def as_row(result: RankingResult, frames: str) -> dict[str, Any]:
    return {
        **{f"rank_{rank}": share for rank, share in result.cmc.items()},
        "mAP": result.mean_ap,
        "mINP": result.mean_inp,
        "queries": result.evaluated,
        "queries_without_match": result.without_match,
        "frames": frames,
    }


def print_scores(rows: dict[str, dict[str, Any]]) -> None:
    table = Table("test half", "rank-1", "rank-5", "rank-10", "mAP", "mINP", "queries", "no match")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, scores in rows.items():
        shares = (scores[key] for key in ("rank_1", "rank_5", "rank_10", "mAP", "mINP"))
        counts = (str(scores[key]) for key in ("queries", "queries_without_match"))
        table.add_row(name, *(f"{share:.1%}" for share in shares), *counts)
    protocol = next(iter(rows.values()))["frames"]
    table.caption = f"{protocol}; same person under the same camera excluded"
    Console().print(table)


def write_scores(
    path: Path, checkpoint: Path, data: str, root: Path, scores: dict[str, Any]
) -> None:
    from uda.monitor.history import write_json

    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(
        path, {"checkpoint": str(checkpoint), "data": data, "root": str(root), "scores": scores}
    )
