"""``vidsynth target compare``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vidsynth.commands.errors import plain_errors


def compare(
    target: Annotated[Path, typer.Argument(help="Statistics of a target.")],
    data: Annotated[list[Path], typer.Argument(metavar="DATA...", help="Sets of crops.")],
    estimators: Annotated[
        Path | None,
        typer.Option(help="File of estimators that the target was measured by; trained if none."),
    ] = None,
    crops: Annotated[
        Path | None, typer.Option(help="The target's own crops, where they are at hand.")
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help="Of --crops.", show_default="as it looks")
    ] = None,
    part: Annotated[str, typer.Option(help="Of --crops: train, test or all.")] = "train",
    inception: Annotated[
        Path | None, typer.Option(help="Published weights of FID's Inception network: true FID.")
    ] = None,
    vgg: Annotated[
        Path | None,
        typer.Option(help="Published weights of VGG-19: Gatys' distances of style and content."),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="HTML file.")] = Path(
        "compared.html"
    ),
) -> None:
    """Say how far sets of crops are from a target, each distance beside its noise floor.

    The floor is how far two halves of the target are from each other. With --crops it also says how
    well a classifier tells rendered from real, and puts crops side by side.

    \b
      vidsynth target compare target.json data/synthetic data/fitted
      vidsynth target compare target.json data/fitted --crops data/mars --layout mars
    """
    with plain_errors():
        from vidsynth.commands.target.looking_at import named_part, names_of, require_crops
        from vidsynth.files import require_output
        from vidsynth.target.comparing_page import MARK, lines, write_comparison
        from vidsynth.target.looking import layout_of, samples
        from vidsynth.target.sets import compare_sets
        from vidsynth.target.statistics import read

        require_output(output, suffixes=(".html", ".htm"), mark=MARK, inputs=(target,))
        statistics, names = read(target), names_of(data)
        chosen = named_part(part)
        require_crops(crops, layout, part)
        found = compare_sets(
            statistics,
            names,
            estimators=estimators,
            crops=crops,
            layout=layout,
            part=chosen,
            inception=inception,
            vgg=vgg,
            say=lambda text: typer.echo(text, err=True),
        )
        sheet = (
            {}
            if crops is None
            else {"target": list(samples(crops, layout or layout_of(crops), 16, chosen))}
        )
        sheet |= {name: list(samples(root, layout_of(root), 16)) for name, root in names.items()}
        write_comparison(output, found, sheet)
        for line in lines(found):
            typer.echo(line)
        typer.echo(f"{output}: open it in a browser.")
