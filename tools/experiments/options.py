"""Options that the experiments share, each declared once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import typer
from trainings import STARTS

Data = Annotated[Path, typer.Option(help="Where the rendered sets are, or will be.")]
Output = Annotated[Path, typer.Option(help="Runs, scores and report.md.")]
Mars = Annotated[Path | None, typer.Option(help="A further target: real tracklets in MARS layout.")]
Viper = Annotated[
    Path | None, typer.Option(help="VIPeR, for direct transfer between two real cameras.")
]
Seeds = Annotated[int, typer.Option(min=1, help="Trainings of each kind.")]
Starts = Annotated[str, typer.Option(help="Weights that trainings start from, with commas.")]
Targets = Annotated[str, typer.Option(help="Rendered targets, with commas.")]
Jobs = Annotated[int, typer.Option(min=1, help="At a time, one core each.")]
Plan = Annotated[bool, typer.Option("--plan", help="Say what there is to do, and end.")]
Settings = Annotated[list[str] | None, typer.Argument(help="section.key=value for all trainings.")]

DATA = Path("data/experiments")
EVERY_START = ",".join(STARTS)


def among(what: str, names: Sequence[str], known: Collection[str]) -> list[str]:
    """The names that were asked for. Raises typer.BadParameter: one is not known."""
    wanted = [name.strip() for name in names]
    for name in wanted:
        if name not in known:
            raise typer.BadParameter(f"expected a {what} among {'; '.join(known)}, found {name!r}")
    return wanted
