"""`uda export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Checkpoint, expected_errors


def export(
    checkpoint: Checkpoint,
    output: Annotated[Path, typer.Option(help="ONNX file to write.")] = Path("model.onnx"),
    pixels: Annotated[
        str,
        typer.Option("--input", help="uint8: RGB 0 to 255; float: normalised as in training."),
    ] = "uint8",
    clip_length: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Frames in a clip, for models that look at them in groups: sinet, tclnet, psta.",
            show_default="any number",
        ),
    ] = None,
) -> None:
    """Write a trained model as ONNX, for clips of any number and length.

    Input `clips` (batch, frames, 3, height, width); output `embedding` (batch, D) of length 1, the
    mean over the clip. The file is run beside the model on batches of 1 and 5 clips of several
    lengths before it is kept.

    \b
      uda export --checkpoint runs/adapted/checkpoints/last.pt --output model.onnx
    """
    with expected_errors():
        from uda import onnx_export

        difference = onnx_export.export(checkpoint, output, pixels, clip_length)
        typer.echo(
            f"{output} ({output.stat().st_size / 1e6:.1f} MB): differs from the model by at most "
            f"{difference:.1e} on batches of 1 and 5."
        )
