"""``vidsynth doctor``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_MARKS = {"ok": "ok   ", "note": "note ", "fails": "FAILS"}


def doctor(
    output: Annotated[Path, typer.Option(help="Where a data set would be written.")] = Path(
        "data/synthetic"
    ),
) -> None:
    """Say what works here: Blender, GPU, video, fonts, memory, disk.

    Renders a first small picture. Exit code 1 where something prevents rendering.
    """
    from vidsynth.inspect.doctor import examine

    failed = 0
    for finding in examine(output):
        typer.echo(f"{_MARKS[finding.state]} {finding.name}: {finding.text}")
        failed += finding.state == "fails"
    if failed:
        typer.echo(f"{failed} of these prevent rendering.", err=True)
        raise typer.Exit(1)
