"""`uda report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Overwrite, expected_errors


def report(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN...", help="Output directories of `uda train`.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(help="HTML file to write.", show_default="report.html in the first RUN"),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Write scores, curves and ranked lists of runs as one HTML file.

    The page needs no network and no other file. Of methods run with several seeds it gives mean
    and standard deviation. A run that is still going shows what there is so far. The page in the
    run's own directory is written anew each time; a file named with --output is only replaced
    with --overwrite.

    \b
      uda report runs/adapted
      uda report runs/source-only-* runs/adapted-* --output comparison.html
    """
    with expected_errors():
        from uda.files import require_output
        from uda.report.page import write_report
        from uda.runs import finished

        page = output or runs[0] / "report.html"
        allowed = overwrite or output is None  # the run's own page is the command's own
        require_output(page, suffixes=(".html", ".htm"), overwrite=allowed)
        write_report([finished.read(run) for run in runs], page)
        typer.echo(f"{page} ({page.stat().st_size / 1e6:.1f} MB): open it in a browser.")
