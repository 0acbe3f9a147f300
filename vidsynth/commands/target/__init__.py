"""``vidsynth target``; one file per command."""

from __future__ import annotations

import typer

from vidsynth.commands.target.compare import compare
from vidsynth.commands.target.estimators import estimators
from vidsynth.commands.target.fit import fit
from vidsynth.commands.target.measure import measure
from vidsynth.commands.target.per_image import per_image
from vidsynth.commands.target.search import search
from vidsynth.commands.target.select import select
from vidsynth.commands.target.show import show
from vidsynth.commands.target.style import style

app = typer.Typer(
    help="Statistics of a target, and settings that render what it looks like.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("estimators")(estimators)
app.command("measure")(measure)
app.command("per-image")(per_image)
app.command("show")(show)
app.command("fit")(fit)
app.command("compare")(compare)
app.command("style")(style)
app.command("select")(select)
app.command("search")(search)
