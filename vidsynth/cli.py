"""The ``vidsynth`` command; one file per command in `vidsynth.commands`.

Everything heavy is imported when a command runs, not before.
"""

from __future__ import annotations

import typer

from vidsynth.commands import gather, preview
from vidsynth.commands import render_images as images
from vidsynth.commands import render_tracklets as tracklets
from vidsynth.commands.card import card
from vidsynth.commands.doctor import doctor
from vidsynth.commands.push import push
from vidsynth.commands.report import report
from vidsynth.commands.settings import settings
from vidsynth.commands.target import app as target

app = typer.Typer(
    help="Renders labelled multi-camera tracklets and images of synthetic people.",
    no_args_is_help=True,
    rich_markup_mode=None,  # it would swallow the [brackets] of settings
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("render-tracklets", help=tracklets.HELP)(tracklets.render_tracklets)
app.command("render-images", help=images.HELP)(images.render_images)
app.command("gather", help=gather.HELP)(gather.gather)
app.command("preview", help=preview.HELP)(preview.preview)
app.command()(report)
app.command()(card)
app.command()(push)
app.command()(settings)
app.command()(doctor)
app.add_typer(target, name="target")

if __name__ == "__main__":
    app()
