"""`uda extract`."""

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


def extract(
    checkpoint: Checkpoint,
    data: Annotated[str, typer.Option(help="Benchmarks, by commas.")] = "mars",
    root: Roots = None,
    output: Annotated[Path, typer.Option(help="Folder to write.")] = Path("features"),
    train: Annotated[
        bool, typer.Option("--train", help="Features of the training half as well.")
    ] = False,
    frames: FrameCount = None,
    clips: Clips = None,
    flip: Flip = None,
    precision: Precision = None,
    statistics: Statistics = None,
) -> None:
    """Write one feature per tracklet: NAME.safetensors, and NAME.csv that says whose they are.

    `uda evaluate --cache FOLDER` uses them instead of extracting again, where weights, data and
    protocol are the same. With --train, training tracklets are in NAME-train.

    \b
      uda extract --checkpoint runs/adapted/checkpoints/last.pt --data mars --output features
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --cache features --rerank
    """
    with expected_errors():
        from uda.training import restored

        names = [name.strip() for name in data.split(",") if name.strip()]
        written = restored.extract(
            checkpoint,
            roots_of(names, root),
            restored.Choices(frames, clips, flip, precision, statistics),
            output=output,
            train=train,
        )
        for path, count in written:
            typer.echo(f"{path}: {count:,} features")
