"""``vidsynth card``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from strict_reading import named
from vidsynth.commands.errors import plain_errors

Rights = Annotated[
    str | None,
    typer.Option(
        metavar="TEXT",
        help="Where pictures, clothes or motion of others are in the set: what they are, their "
        "licence, and that nobody in them objects. The card quotes it.",
    ),
]


def card(
    root: Annotated[Path, typer.Argument(help="A finished data set.")] = Path("data/synthetic"),
    output: Annotated[
        Path | None, typer.Option(help="Markdown file to write.", show_default="ROOT/README.md")
    ] = None,
    rights: Rights = None,
) -> None:
    """Write a data card: who is in a set, where, when, how it was made, licences, limits, misuse.

    Everything in it is read from the set's tables and dataset.json; what they do not say is said
    to be unknown. `vidsynth push` sends the same card. A file that is no such card is not replaced.

    \b
      vidsynth card data/synthetic
      vidsynth card data/synthetic --output card.md
    """
    with plain_errors():
        from hub_publishing import WRITTEN
        from vidsynth.files import require_output, write_text
        from vidsynth.publishing.card import data_card
        from vidsynth.publishing.facts import read

        page = output or root / "README.md"
        require_output(page, suffixes=(".md",), mark=WRITTEN)
        name = named(Path(root.resolve().name))
        write_text(page, data_card(name, read(root), rights))
        typer.echo(f"{page}")
