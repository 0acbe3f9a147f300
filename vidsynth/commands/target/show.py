"""``vidsynth target show``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def show(
    file: Annotated[Path, typer.Argument(help="Statistics of a target.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="HTML file.", show_default="FILE.html")
    ] = None,
) -> None:
    """Draw everything in a statistics file on one HTML page, before it is handed over.

    \b
      vidsynth target show target.json
    """
    with plain_errors():
        from vidsynth.files import require_output
        from vidsynth.target.page import MARK, write_page
        from vidsynth.target.statistics import read

        page = output or file.with_suffix(".html")
        require_output(page, suffixes=(".html", ".htm"), mark=MARK, inputs=(file,))
        write_page(read(file), page)
        typer.echo(f"{page}: open it in a browser.")
