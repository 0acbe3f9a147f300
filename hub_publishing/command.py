"""What `uda push` and `vidsynth push` have in common: options, and how they end."""

from __future__ import annotations

from typing import Annotated

import typer

from hub_publishing.parcel import Parcel
from hub_publishing.sending import send

Repository = Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Where to send it.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show every file and the card, and send nothing.")
]
Public = Annotated[
    bool, typer.Option("--public", help="Everybody sees a new repository, not only its owner.")
]
Update = Annotated[
    bool, typer.Option("--update", help="The repository exists: add to it, or go on.")
]


def deliver(parcel: Parcel, repository: str, *, dry_run: bool, public: bool, update: bool) -> None:
    """Prints everything that would be sent; or sends it, and prints advice and its address.

    Raises:
        PublishingError: as of `send`.
    """
    if dry_run:
        typer.echo("\n".join(parcel.listing()))
        return
    for line in parcel.advice():
        typer.echo(line)
    typer.echo(send(parcel, repository, public=public, update=update))
