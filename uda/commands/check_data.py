"""`uda check-data`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Overwrite, Root, expected_errors, root_of


def check_data(
    name: Annotated[str, typer.Argument(help="Benchmark: mars, synthetic, ...")],
    root: Root = None,
    files: Annotated[
        bool, typer.Option("--files/--no-files", help="Decode every image as well.")
    ] = True,
    json: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    overwrite: Overwrite = False,
) -> None:
    """Count identities, tracklets and images, and find missing or damaged files.

    \b
      uda check-data mars --root data/mars
      uda check-data synthetic --no-files
    """
    with expected_errors():
        from uda.files import require_output
        from uda.report import data

        if json:
            require_output(json, suffixes=(".json",), overwrite=overwrite, option="--json")
        if not data.show(name, root_of(name, root), files=files, json=json):
            raise typer.Exit(2)
