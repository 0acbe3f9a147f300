"""``vidsynth push``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.card import Rights
from vidsynth.commands.errors import plain_errors


def push(
    root: Annotated[Path, typer.Argument(help="A finished data set.")],
    repository: Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Where to send it.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every file and the card, and send nothing.")
    ] = False,
    public: Annotated[
        bool, typer.Option("--public", help="Everybody sees a new repository, not only its owner.")
    ] = False,
    update: Annotated[
        bool, typer.Option("--update", help="The repository exists: add to it, or go on.")
    ] = False,
    rights: Rights = None,
) -> None:
    """Send a rendered data set to the Hugging Face Hub, with a data card.

    Only what vidsynth rendered is sent: every picture is compared with the hash that was taken when
    it was rendered, and a set that is unfinished, was changed, or has files in it that no shot
    names is refused. An upload that broke off goes on with --update.

    The token comes from HF_TOKEN or `hf auth login`. Needs the extra package of
    `pip install "vidsynth-uda[hub]"`; --dry-run needs neither.

    \b
      vidsynth push data/synthetic alice/walkers --dry-run
      vidsynth push data/synthetic alice/walkers --public
    """
    with plain_errors():
        from rich.console import Console
        from rich.progress import Progress

        from hub_publishing import PublishingError, check_repository, send
        from vidsynth.errors import OutputError
        from vidsynth.publishing.contents import pack

        try:
            check_repository(repository)
            with Progress(console=Console(stderr=True), transient=True) as progress:
                bar = progress.add_task("checking shots")
                parcel = pack(
                    root,
                    repository.partition("/")[2],
                    rights,
                    lambda done, total: progress.update(bar, completed=done, total=total),
                )
                parcel.check()
            if dry_run:
                typer.echo("\n".join(parcel.listing()))
                return
            for line in parcel.advice():
                typer.echo(line)
            typer.echo(send(parcel, repository, public=public, update=update))
        except PublishingError as error:
            raise OutputError(str(error)) from None
