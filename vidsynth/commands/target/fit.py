"""``vidsynth target fit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from strict_reading import finite
from vidsynth.commands.errors import plain_errors


def fit(
    target: Annotated[Path, typer.Argument(help="Statistics of a target.")],
    pool: Annotated[
        Path | None,
        typer.Option(
            help="Folder of a rendered pool that scenes are weighed over.",
            show_default="the one that ships as a recipe, rendered once",
        ),
    ] = None,
    estimators: Annotated[
        Path | None,
        typer.Option(
            help="File of estimators that the target was measured by.", show_default="trained once"
        ),
    ] = None,
    crops: Annotated[
        Path | None,
        typer.Option(help="The target's own crops, where the file has no embedding."),
    ] = None,
    layout: Annotated[
        str | None, typer.Option(help="Of --crops.", show_default="as it looks")
    ] = None,
    part: Annotated[str, typer.Option(help="Of --crops: train, test or all.")] = "train",
    output: Annotated[Path, typer.Option("--output", "-o", help="YAML file to write.")] = Path(
        "fitted.yaml"
    ),
    network: Annotated[
        Path | None,
        typer.Option(
            help="JSON file of cameras to write, one for each of the target's; else cameras are "
            "drawn from what all of them are like."
        ),
    ] = None,
    defensive: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            callback=finite,
            help="Share of everything that is as broad as by default.",
        ),
    ] = 0.2,
    weigh: Annotated[
        bool, typer.Option(help="Weigh places, hours and weathers over the pool.")
    ] = True,
    round2: Annotated[
        bool,
        typer.Option(
            "--round2",
            help="A second round: estimators learn from 600 renders of the first fit, too, the "
            "target is measured and fitted again, and the nearer fit is kept. Takes --crops, and "
            "15 CPU-minutes.",
        ),
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Of the rows that are drawn.")] = 0,
) -> None:
    """Fit settings to a target: a config that both render commands read.

    What estimators could tell becomes rows of settings; places, hours, weathers, photographs and
    light become weights, by which a pool of renders looks like the target. Beside the config,
    OUTPUT.report.json says what was fitted, and what was refused.

    \b
      vidsynth target fit target.json --output fitted.yaml
      vidsynth render-tracklets --config fitted.yaml --output data/fitted
    """
    with plain_errors():
        from vidsynth.commands.target.looking_at import named_part, require_crops
        from vidsynth.files import require_output
        from vidsynth.target.fitted_file import MARK
        from vidsynth.target.fitting_sets import Crops, fit_statistics
        from vidsynth.target.statistics import read

        inputs = (target, estimators)
        require_output(output, suffixes=(".yaml", ".yml"), mark=MARK, inputs=inputs)
        if network is not None:
            require_output(
                network, suffixes=(".json",), mark=None, inputs=inputs, option="--network"
            )
        require_crops(crops, layout, part)
        fit_statistics(
            read(target),
            output,
            pool=pool,
            estimators=estimators,
            crops=None if crops is None else Crops(crops, layout, named_part(part)),
            network=network,
            defensive=defensive,
            weigh=weigh,
            round2=round2,
            seed=seed,
            say=lambda text: typer.echo(text, err=True),
        )
        typer.echo(f"Render it: vidsynth render-tracklets --config {output} --output data/fitted")
