"""`uda export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Checkpoint, Overwrite, expected_errors


def export(
    checkpoint: Checkpoint,
    output: Annotated[Path, typer.Option(help="File to write, ending in .onnx.")] = Path(
        "model.onnx"
    ),
    overwrite: Overwrite = False,
    pixels: Annotated[
        str,
        typer.Option("--input", help="uint8: RGB 0 to 255; float: normalised as in training."),
    ] = "uint8",
    clip_length: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Frames in a clip, for models that look at them in groups: sinet, sbnet, idnet, "
            "tclnet, psta.",
            show_default="any number",
        ),
    ] = None,
    opset: Annotated[int, typer.Option(help="Version of the operators, 18 or above.")] = 18,
    ir_version: Annotated[
        int | None,
        typer.Option(
            help="Version of the file format, where a runtime asks for another one.",
            show_default="the oldest with this opset: 8 for 18",
        ),
    ] = None,
) -> None:
    """Write a trained model as ONNX, for clips of any number and length.

    \b
    It takes  clips (batch, frames, 3, height, width), RGB, uint8 0 to 255
    and gives embedding (batch, D) of length 1: compare two by their dot product

    Crops are resized to height and width beforehand; the file's metadata has both, and what the
    input is. The answers are compared with the model's on batches of 1 and 5 clips of several
    lengths, and the file is written only where they agree to 1e-4.

    The default, opset 18 with IR version 8, runs in onnxruntime 1.15 and newer and in OpenVINO,
    and is within what TensorRT 10 reads. A newer runtime takes newer opsets as well.

    Needs the extra packages of `pip install "vidsynth-uda[export]"`.

    \b
      uda export --checkpoint runs/adapted/checkpoints/last.pt --output model.onnx
      uda export --checkpoint runs/sinet/checkpoints/last.pt --clip-length 4 --output sinet.onnx
      uda export --checkpoint last.pt --input float --opset 20 --output model.onnx --overwrite
    """
    with expected_errors():
        from uda import onnx_export

        written = onnx_export.export(
            checkpoint,
            output,
            pixels,
            clip_length,
            opset=opset,
            ir_version=ir_version,
            overwrite=overwrite,
        )
        typer.echo(
            f"{output} ({output.stat().st_size / 1e6:.1f} MB, opset {written.opset}, IR version "
            f"{written.ir_version}): differs from the model by at most {written.difference:.1e} "
            "on batches of 1 and 5."
        )
