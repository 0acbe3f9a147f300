"""`uda card`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Overwrite, expected_errors

Licence = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Of the weights, as you publish them: an identifier of the Hub, such as apache-2.0.",
        show_default="unknown: a run records none",
    ),
]


def card(
    run: Annotated[
        Path, typer.Argument(help="Output directory of `uda train`, or a checkpoint of it.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="Markdown file to write.", show_default="README.md in the run"),
    ] = None,
    overwrite: Overwrite = False,
    licence: Licence = None,
) -> None:
    """Write a model card: what it was trained on and how, scores, limits, licences, misuse.

    Everything in it is recorded in the files of the run; what is not is said to be unknown. A
    checkpoint without its run has a card without scores. `uda push` sends the same card. A card
    that is there already is written anew; a file that is none, or that --output names, is only
    replaced with --overwrite.

    \b
      uda card runs/adapted
      uda card runs/adapted --licence apache-2.0 --output card.md
    """
    with expected_errors():
        from hub_publishing import WRITTEN
        from uda.files import require_output, write_whole
        from uda.publishing.card import model_card
        from uda.publishing.record import read

        record = read(run)
        own = run if run.is_dir() else record.checkpoint.parent
        page = output or own / "README.md"
        anew = output is None and page.is_file() and WRITTEN.encode() in page.read_bytes()
        require_output(
            page, suffixes=(".md",), inputs=[record.checkpoint], overwrite=overwrite or anew
        )
        write_whole(page, model_card(record, licence))
        typer.echo(f"{page}")
