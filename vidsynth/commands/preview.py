"""``vidsynth preview``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def preview(
    root: Annotated[Path, typer.Option(help="A rendered data set.")] = Path("data/synthetic"),
    output: Annotated[Path, typer.Option(help="PNG file to write.")] = Path("sheet.png"),
    rows: Annotated[int, typer.Option(min=1, max=200, help="Identities shown.")] = 12,
    columns: Annotated[int, typer.Option(min=1, max=40, help="Crops per identity.")] = 8,
) -> None:
    """Draw a contact sheet: one row per identity, a crop from each of its cameras."""
    with plain_errors():
        from vidsynth.preview.sheet import contact_sheet

        shown = contact_sheet(root, output, rows=rows, columns=columns)
        typer.echo(f"{output}: {shown} identities.")
