"""`uda push`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hub_publishing import PublishingError, check_repository
from hub_publishing.command import DryRun, Public, Repository, Update, deliver
from uda.commands.card import Licence
from uda.commands.options import expected_errors


def push(
    run: Annotated[Path, typer.Argument(help="Output directory of a finished run.")],
    repository: Repository,
    dry_run: DryRun = False,
    public: Public = False,
    update: Update = False,
    licence: Licence = None,
) -> None:
    """Send a trained model to the Hugging Face Hub: weights, settings, scores and a model card.

    Nothing else of the run is sent. Ranked lists and pictures of features show people of the
    target, and optimisers, memories and the identity classifier hold features of them or of the
    source's people: all that stays here, and so do paths of this machine. What arrives is a
    checkpoint that `uda evaluate` and the other commands read.

    The token comes from HF_TOKEN or `hf auth login`. Needs the extra package of
    `pip install "vidsynth-uda[hub]"`; --dry-run needs neither.

    \b
      uda push runs/adapted alice/walkers-to-mars --dry-run
      uda push runs/adapted alice/walkers-to-mars --licence apache-2.0 --public
    """
    with expected_errors():
        import tempfile

        from uda.errors import UdaError
        from uda.publishing.contents import pack
        from uda.publishing.record import read

        try:
            check_repository(repository)
            with tempfile.TemporaryDirectory() as folder:
                parcel = pack(read(run), Path(folder), licence)
                deliver(parcel, repository, dry_run=dry_run, public=public, update=update)
        except PublishingError as error:
            raise UdaError(str(error)) from None
