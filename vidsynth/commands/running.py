"""Rendering from a command line: what is said before, while and after."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from vidsynth.run.local import RunSummary
    from vidsynth.run.production import Config


def run(config: Config, output: Path, workers: int | None, unit: str) -> RunSummary:
    """Renders, and says what it took for each ``unit``, "crop", "frame" or "image"; Ctrl-C ends it
    with exit code 130."""
    from vidsynth.run import local

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        summary = local.render(config, output, workers)
    except KeyboardInterrupt:
        typer.echo("Stopped. Finished shots are kept: the same command continues.", err=True)
        raise typer.Exit(130) from None
    several = f"{summary.tracklets} tracklets, " if unit != "image" else ""
    reused = f", reused {summary.reused_shots} shots" if summary.reused_shots else ""
    typer.echo(
        f"{output} holds {several}{summary.crops} {unit}s. "
        f"Rendered {summary.rendered_crops} {unit}s in {summary.seconds:.0f} s{reused}."
    )
    if summary.rendered_crops:
        each = summary.cpu_seconds / summary.rendered_crops
        typer.echo(f"{each:.2f} CPU-seconds per {unit}, everything included.")
    return summary


def cost(hours: float, quality: str, workers: int) -> str:
    """The line of a dry run on CPU time."""
    return (
        f"about {_duration(hours)} of CPU time at quality {quality}; "
        f"{_duration(hours / workers)} with {workers} {'worker' if workers == 1 else 'workers'} "
        "on as many cores, without a GPU"
    )


def _duration(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{max(1, round(hours * 60))} min"
