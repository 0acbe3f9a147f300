"""`uda check-data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Root, expected_errors, root_of


def check_data(
    name: Annotated[str, typer.Argument(help="Benchmark: mars, synthetic, ...")],
    root: Root = None,
    files: Annotated[
        bool, typer.Option("--files/--no-files", help="Decode every image as well.")
    ] = True,
    json: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
) -> None:
    """Count identities, tracklets and images, and find missing or damaged files.

    \b
      uda check-data mars --root data/mars
      uda check-data synthetic --no-files
    """
    with expected_errors():
        from uda import data_report

        if not data_report.show(name, root_of(name, root), files=files, json=json):
            raise typer.Exit(2)
