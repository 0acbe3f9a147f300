"""``vidsynth push``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub_publishing import PublishingError, check_repository
from hub_publishing.command import DryRun, Public, Repository, Update, deliver
from vidsynth.commands.card import Rights
from vidsynth.commands.errors import plain_errors


def push(
    root: Annotated[Path, typer.Argument(help="A finished data set.")],
    repository: Repository,
    dry_run: DryRun = False,
    public: Public = False,
    update: Update = False,
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
            deliver(parcel, repository, dry_run=dry_run, public=public, update=update)
        except PublishingError as error:
            raise OutputError(str(error)) from None
