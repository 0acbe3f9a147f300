"""`uda evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import Root, expected_errors, root_of


def evaluate(
    checkpoint: Annotated[Path, typer.Option(help="A file that `uda train` wrote.")],
    data: Annotated[str, typer.Option(help="Benchmark whose test half is ranked.")] = "mars",
    root: Root = None,
    frames: Annotated[
        str | None,
        typer.Option(help="all, or N evenly spread frames.", show_default="as in training"),
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write the scores to this file.")] = None,
    ranked_list: Annotated[
        Path | None, typer.Option(help="Draw queries and their nearest tracklets (PNG).")
    ] = None,
) -> None:
    """Rank a benchmark's gallery for each query: exact CMC, mAP and mINP.

    \b
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --data mars --root data/mars
      uda evaluate --checkpoint runs/adapted/checkpoints/last.pt --frames 4 --json scores.json
    """
    with expected_errors():
        from uda import report
        from uda.training import restored

        place = root_of(data, root)
        scores, picture = restored.evaluate(checkpoint, data, place, frames=frames)
        if json:
            report.write_scores(json, checkpoint, data, place, scores)
        if ranked_list:
            ranked_list.parent.mkdir(parents=True, exist_ok=True)
            picture.save(ranked_list)
        report.print_scores({data: scores})
