"""Sets that the experiments render."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import typer
from trainings import HERE

RENDERED = {
    "target-dim": "dim and noisy",
    "target-crowd": "crowded, at eye level",
    "target-night": "night, snow and rooms",
}


def render(data: Path, names: Sequence[str]) -> None:
    """The rendered sets that are not complete yet."""
    for name in names:
        render_set(data / name, HERE / f"{name}.yaml")


def render_set(
    place: Path,
    config: Path,
    words: Sequence[str] = (),
    kind: Literal["tracklets", "images"] = "tracklets",
) -> None:
    """The set of a config, with some settings as ``words`` say, unless it is complete already.

    Raises typer.Exit: it cannot be rendered."""
    if not complete(place, kind):
        command(
            "vidsynth.cli",
            f"render-{kind}",
            "--output",
            str(place),
            "--config",
            str(config),
            *words,
        )


def complete(place: Path, kind: Literal["tracklets", "images"] = "tracklets") -> bool:
    """Whether all of a set, of which nothing is tested, is there: these are made last."""
    return (place / {"tracklets": "info", "images": "query"}[kind]).exists()


def command(module: str, *words: str) -> None:
    """Runs a module of the project. Raises typer.Exit: it failed, and has said why."""
    code = subprocess.run([sys.executable, "-m", module, *words], check=False).returncode
    if code:
        raise typer.Exit(code)
