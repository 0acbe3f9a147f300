"""`uda`: train, adapt and evaluate video person re-identification.

One file per command in `uda.commands`. None of them imports torch before it runs: `uda --help`
answers at once.
"""

from __future__ import annotations

import typer

from uda.commands.card import card
from uda.commands.check_data import check_data
from uda.commands.evaluate import evaluate
from uda.commands.export import export
from uda.commands.extract import extract
from uda.commands.models import models
from uda.commands.predict import predict
from uda.commands.push import push
from uda.commands.report import report
from uda.commands.search import search
from uda.commands.settings import settings
from uda.commands.train import train
from uda.commands.translate import translate

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich alone takes longer to import than help to answer
    pretty_exceptions_enable=False,
    help="Train a person re-identification model on labelled video, adapt it to unlabelled video.",
)
app.command()(models)
app.command()(train)
app.command()(evaluate)
app.command("check-data")(check_data)
app.command()(extract)
app.command()(export)
app.command()(predict)
app.command()(report)
app.command()(card)
app.command()(push)
app.command()(search)
app.command()(settings)
app.command()(translate)

if __name__ == "__main__":
    app()
