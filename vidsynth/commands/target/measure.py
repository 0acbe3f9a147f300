"""``vidsynth target measure``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def measure(
    data: Annotated[Path, typer.Argument(help="The target.")],
    layout: Annotated[
        str, typer.Option(help="A benchmark of uda by name, folder, or images.")
    ] = "folder",
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path(
        "target.json"
    ),
    frames: Annotated[int, typer.Option(min=1, help="Most frames of a tracklet.")] = 8,
) -> None:
    """Measure what a target looks like: statistics that hold no picture, name or time.

    \b
      vidsynth target measure my-cameras
      vidsynth target measure data/mars --layout mars --output target.json
    """
    with plain_errors():
        from vidsynth.target import measuring, statistics
        from vidsynth.target.layouts import read_target

        statistics.write(output, measuring.measure(read_target(data, layout, frames), layout))
        typer.echo(f"{output}: look at it with `vidsynth target show {output}`.")
