"""Rendering from a command line: what is said before, while and after."""

from __future__ import annotations

import logging
import sys
from enum import StrEnum
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from vidsynth.run.executors.slices import Slice
    from vidsynth.run.job import RunSummary
    from vidsynth.run.production import Config

SHOTS = typer.Option(
    "--shots",
    metavar="I/N",
    help="Render slice I of N alone, I from 1; `vidsynth gather` puts them together.",
    show_default="all",
)


class Executor(StrEnum):
    """Who renders: `vidsynth.run.executors` has them."""

    LOCAL = "local"
    RAY = "ray"


EXECUTOR = typer.Option(
    "--executor",
    help="Who renders: this machine, or the Ray cluster at RAY_ADDRESS (extra [ray]).",
)


def run(
    config: Config, output: Path, workers: int | None, unit: str, part: Slice, executor: Executor
) -> RunSummary:
    """Renders, and says what it took for each ``unit``, "crop", "frame" or "image"; Ctrl-C ends it
    with exit code 130."""
    from vidsynth.run import job
    from vidsynth.run.executors import make_executor

    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        summary = job.render(config, output, workers, part=part, executor=make_executor(executor))
    except KeyboardInterrupt:
        typer.echo("Stopped. Finished shots are kept: the same command continues.", err=True)
        raise typer.Exit(130) from None
    several = f"{summary.tracklets} tracklets, " if unit != "image" and part.whole else ""
    reused = f", reused {summary.reused_shots} shots" if summary.reused_shots else ""
    holds = "holds" if part.whole else f"has slice {part}:"
    typer.echo(
        f"{output} {holds} {several}{summary.crops} {unit}s. "
        f"Rendered {summary.rendered_crops} {unit}s in {summary.seconds:.0f} s{reused}."
    )
    if summary.rendered_crops:
        each = summary.cpu_seconds / summary.rendered_crops
        typer.echo(f"{each:.2f} CPU-seconds per {unit}, everything included.")
    if not part.whole:
        typer.echo(f"When all {part.count} slices are there: vidsynth gather {output}")
    return summary


def train_on(source: str, root: Path, target: str) -> str:
    """The line that says how to train on the set in ``root``, read as ``source``, for a real
    ``target`` of its kind."""
    place = quote(str(root))
    return f"Train on it: uda train --source {source} --source-root {place} --target {target}"


def tell_idle(config: Config) -> None:
    """Notes on standard error which settings have no effect."""
    from vidsynth.config.idle import idle

    for line in idle(config):
        typer.echo(f"Note: {line}", err=True)


def chosen(shots: str | None) -> Slice:
    """The slice that --shots names; all without it. Raises ConfigError."""
    from vidsynth.run.executors.slices import WHOLE, parse_slice

    return WHOLE if shots is None else parse_slice(shots)


def cost(hours: float, quality: str, workers: int, part: Slice) -> str:
    """The line of a dry run on CPU time."""
    of = "" if part.whole else f", {_duration(hours / part.count)} for slice {part}"
    hours /= part.count
    return (
        f"about {_duration(hours * part.count)} of CPU time at quality {quality}{of}; "
        f"{_duration(hours / workers)} with {workers} {'worker' if workers == 1 else 'workers'} "
        "on as many cores, without a GPU"
    )


def _duration(hours: float) -> str:
    return f"{hours:.1f} h" if hours >= 1 else f"{max(1, round(hours * 60))} min"
