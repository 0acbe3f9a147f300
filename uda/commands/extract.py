"""`uda extract`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Benchmarks, Overwrite, Trained, expanded, expected_errors


@expanded
def extract(
    trained: Trained,
    benchmarks: Benchmarks,
    output: Annotated[Path, typer.Option(help="Folder to write.")] = Path("features"),
    train: Annotated[
        bool, typer.Option("--train", help="Features of the training half as well.")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Write one feature per tracklet: NAME.safetensors, and NAME.csv that says whose they are.

    They are those of the test half, or of all tracklets where there is none. With --train, training
    tracklets are in NAME-train. `uda evaluate --cache FOLDER` uses them instead of extracting
    again, where weights, data and protocol are the same.

    \b
      uda extract --checkpoint runs/adapted/checkpoints/last.pt --data mars --output features
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --cache features --rerank
    """
    with expected_errors():
        from uda.evaluation import of_checkpoint
        from uda.monitor.console import progress_bar

        written = of_checkpoint.extract(
            trained.checkpoint,
            benchmarks.roots(),
            trained.choices(),
            output=output,
            train=train,
            overwrite=overwrite,
            method=trained.method,
            shown=progress_bar,
        )
        for path, count in written:
            typer.echo(f"{path}: {count:,} features")
