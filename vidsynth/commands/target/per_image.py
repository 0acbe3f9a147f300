"""``vidsynth target per-image``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def per_image(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="The target.")],
    estimators: Annotated[
        Path, typer.Option(help="A file of `vidsynth target estimators`.", exists=True)
    ],
    layout: Annotated[
        str, typer.Option(help="As of `vidsynth target measure`; NAME+gamma0.5-2.0, too.")
    ] = "folder",
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path(
        "estimates.json"
    ),
    fields: Annotated[
        str, typer.Option(help="Of camera_elev, gamma_value, light_elev, light_azim, by commas.")
    ] = "camera_elev,gamma_value",
    means: Annotated[
        bool, typer.Option("--means", help="Every image has its tracklet's mean.")
    ] = False,
    frames: Annotated[int, typer.Option(min=1, help="Most frames of a tracklet.")] = 8,
) -> None:
    """List an estimate for every image, as TAGPerson does: the file tells about single images.

    It is for reproducing that paper. `measure` gives distributions over many people instead,
    without numbers of single images, and corrects the errors of the estimators.

    \b
      vidsynth target per-image data/market1501 --layout market1501 --estimators est.safetensors
      vidsynth render-images --config configs/target/tagp-cg.yaml
    """
    with plain_errors():
        from vidsynth.files import require_output
        from vidsynth.target import per_image as lists
        from vidsynth.target.estimators_file import read_estimators
        from vidsynth.target.layouts import read_target

        require_output(output, suffixes=(".json",), mark=lists.MARK, inputs=(estimators,))
        chosen = [field.strip() for field in fields.split(",") if field.strip()]
        tracklets = read_target(data, layout, frames)
        entries = lists.per_image(tracklets, read_estimators(estimators), chosen, means=means)
        lists.write(output, entries)
        typer.echo(f"{output}: {len(entries):,} entries, a row about every image.")
