"""``vidsynth report``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def report(
    root: Annotated[Path, typer.Argument(help="A rendered data set.")] = Path("data/synthetic"),
    output: Annotated[
        Path | None, typer.Option(help="HTML file to write.", show_default="ROOT/report.html")
    ] = None,
    rows: Annotated[int, typer.Option(min=1, max=100, help="Identities on the sheet.")] = 10,
) -> None:
    """Write one HTML page on a rendered data set: what is in it, and how it looks.

    Samples, look-alikes, attributes, viewpoints, visibility, hours and weathers, and a map of each
    site's cameras. The page needs no other file and no network.

    \b
      vidsynth report data/synthetic
      vidsynth report data/synthetic --output page.html --rows 30
    """
    with plain_errors():
        from vidsynth.files import require_output
        from vidsynth.inspect.report.page import MARK, write_report

        page = output or root / "report.html"
        require_output(page, suffixes=(".html", ".htm"), mark=MARK)
        write_report(root, page, rows)
        typer.echo(f"{page}: open it in a browser.")
