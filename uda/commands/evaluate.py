"""`uda evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import (
    Checkpoint,
    Clips,
    Flip,
    FrameCount,
    Precision,
    Roots,
    Statistics,
    expected_errors,
    roots_of,
)


def evaluate(
    checkpoint: Checkpoint,
    data: Annotated[
        str, typer.Option(help="Benchmarks whose test halves are ranked, by commas.")
    ] = "mars",
    root: Roots = None,
    frames: FrameCount = None,
    clips: Clips = None,
    flip: Flip = None,
    precision: Precision = None,
    statistics: Statistics = None,
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Also rank by k-reciprocal neighbours.")
    ] = False,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of `uda extract`, used where it fits.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the scores to this file.")] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="Write ranked lists, CMC curves and distances to this folder (PNG)."),
    ] = None,
) -> None:
    """Rank a benchmark's gallery for each query: exact CMC, mAP and mINP.

    Each benchmark under its own protocol: CCVID for all, same and changed clothes; those with
    several splits as mean and standard deviation over them, or one of them (prid2011:3). Several
    benchmarks make a table of direct transfer.

    \b
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --data mars --root data/mars
      uda evaluate --checkpoint last.pt --data market1501,msmt17,mars --json scores.json
      uda evaluate --checkpoint last.pt --data ccvid --root ccvid=/data/CCVID --rerank
      uda evaluate --checkpoint last.pt --frames 4 --flip --figures figures
    \b
    Batch-norm statistics of each camera's own test clips, without labels:
      uda evaluate --checkpoint last.pt --statistics camera
    """
    with expected_errors():
        from uda import report
        from uda.evaluation.protocol import Reranking
        from uda.training import restored

        names = [name.strip() for name in data.split(",") if name.strip()]
        rows = restored.evaluate(
            checkpoint,
            roots_of(names, root),
            restored.Choices(frames, clips, flip, precision, statistics),
            reranking=Reranking() if rerank else None,
            cache=cache,
        )
        if json:
            report.write_scores(json, checkpoint, rows)
        if figures:
            report.write_figures(figures, rows)
        report.print_rows(rows)
