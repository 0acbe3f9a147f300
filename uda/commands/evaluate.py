"""`uda evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Benchmarks, Overwrite, Trained, expanded, expected_errors


@expanded
def evaluate(
    trained: Trained,
    benchmarks: Benchmarks,
    rerank: Annotated[
        bool, typer.Option("--rerank", help="Also rank by k-reciprocal neighbours.")
    ] = False,
    centralise: Annotated[
        bool,
        typer.Option(
            "--centralise",
            help="Also average features with their mutual nearest neighbours' (transductive).",
        ),
    ] = False,
    lift: Annotated[
        bool,
        typer.Option(
            "--lift",
            help="Also weigh by who is seen near a query and near its match (TLift, transductive); "
            "needs times.",
        ),
    ] = False,
    lift_within: Annotated[
        float, typer.Option(min=0, help="Seconds between queries that are seen together.")
    ] = 100.0,
    lift_spread: Annotated[
        float, typer.Option(min=0.001, help="Seconds that a match may be from who is seen near it.")
    ] = 200.0,
    cache: Annotated[
        Path | None, typer.Option(help="Folder of `uda extract`, used where it fits.")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the scores to this file.")] = None,
    figures: Annotated[
        Path | None,
        typer.Option(help="Write ranked lists, CMC curves and distances to this folder (PNG)."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Rank a benchmark's gallery for each query: exact CMC, mAP and mINP.

    Features are compared as the checkpoint says, by cosine for most methods. Each benchmark is
    tested under its own protocol: CCVID for all, same and changed clothes; those with
    several splits as mean and standard deviation over them, or one of them (prid2011:3). Several
    benchmarks make a table of direct transfer.

    \b
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --data mars --root data/mars
      uda evaluate --checkpoint last.pt --data market1501,msmt17,mars --json scores.json
      uda evaluate --checkpoint last.pt --data ccvid --root ccvid=/data/CCVID --rerank
      uda evaluate --checkpoint last.pt --frames 4 --flip --figures figures
    \b
    Batch-norm statistics of each camera, of training clips or of the test's own, without labels:
      uda evaluate --checkpoint last.pt --statistics camera
      uda evaluate --checkpoint last.pt --statistics camera --statistics-of test
    """
    with expected_errors():
        from uda.comparing.lifted import Lift
        from uda.evaluation import of_checkpoint
        from uda.files import require_output
        from uda.monitor.console import progress_bar
        from uda.report import tables

        if json:
            require_output(
                json,
                suffixes=(".json",),
                inputs=[trained.checkpoint],
                overwrite=overwrite,
                option="--json",
            )
        rows = of_checkpoint.evaluate(
            trained.checkpoint,
            benchmarks.roots(),
            trained.choices(),
            rerank=rerank,
            centralise=centralise,
            lift=Lift(lift_within, lift_spread) if lift else None,
            cache=cache,
            method=trained.method,
            shown=progress_bar,
        )
        if json:
            tables.write_scores(json, trained.checkpoint, rows)
        if figures:
            tables.write_figures(figures, rows)
        tables.print_rows(rows)
