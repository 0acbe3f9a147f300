"""``vidsynth target measure``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from strict_reading import finite
from vidsynth.commands.errors import plain_errors


def measure(
    data: Annotated[Path, typer.Argument(metavar="DATA", help="The target.")],
    layout: Annotated[
        str,
        typer.Option(
            help="folder (of tracklets, or tracklets.csv and videos), images (each a person), "
            "boxes (boxes.csv and videos), or a benchmark of uda by its name."
        ),
    ] = "folder",
    estimators: Annotated[
        Path | None,
        typer.Option(
            help="Of `vidsynth target estimators`, for what only a net can tell: from where "
            "cameras look, light, noise, and features.",
            show_default="what needs no net",
        ),
    ] = None,
    attributes: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Table of `uda predict`: what people look like, and how sure that is.",
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")] = Path(
        "target.json"
    ),
    part: Annotated[
        str, typer.Option(help="Part of a benchmark that is measured: train, test or all.")
    ] = "train",
    frames: Annotated[
        int, typer.Option(min=1, help="Most frames of a tracklet that are measured one by one.")
    ] = 8,
    fps: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            callback=finite,
            help="Frames per second, where files do not say.",
        ),
    ] = None,
    embedding: Annotated[
        bool,
        typer.Option(
            help="Mean and moments of features, of 200 tracklets or more, to weigh scenes by."
        ),
    ] = True,
    keep_names: Annotated[
        bool, typer.Option("--keep-names", help="Cameras keep their names; else they are numbered.")
    ] = False,
    backgrounds: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Also write what static cameras see when nobody is there (--layout boxes), one "
            "picture a camera. Look at them before they go anywhere.",
        ),
    ] = None,
    epsilon: Annotated[
        float | None,
        typer.Option(
            min=0.001,
            callback=finite,
            help="Differential privacy of each histogram; the budgets of all add up.",
        ),
    ] = None,
) -> None:
    """Measure what a target looks like: statistics that hold no picture, name, path or time.

    Nothing but the file is written. Look at it with "vidsynth target show" before handing it over.

    \b
      vidsynth target measure my-cameras
      vidsynth target measure data/mars --layout mars --estimators est.safetensors
      vidsynth target measure data/mars --layout mars --attributes predicted.csv
      vidsynth target measure crops --layout images --epsilon 0.5 --output crops.json
    """
    with plain_errors():
        from rich.console import Console
        from rich.progress import Progress

        from vidsynth.errors import TargetError
        from vidsynth.files import require_output
        from vidsynth.target import statistics
        from vidsynth.target.crops import first_frames
        from vidsynth.target.layouts import PARTS, read_target
        from vidsynth.target.measuring import measure as measure_tracklets
        from vidsynth.target.summary import Rules, summarise

        inputs = (attributes, estimators)
        require_output(output, suffixes=(".json",), mark=statistics.KIND, inputs=inputs)
        chosen = next((known for known in PARTS if known == part), None)
        if chosen is None:
            raise TargetError(f"Expected --part train, test or all, found {part!r}.")
        if backgrounds is not None and layout != "boxes":
            raise TargetError(
                "Expected --layout boxes with --backgrounds, which takes whole frames, found "
                f"--layout {layout}. Leave --backgrounds out, or give videos with boxes."
            )
        if backgrounds is not None:
            from vidsynth.target.backgrounds import background_files, write_backgrounds

            background_files(data, backgrounds, keep_names)
        tracklets = list(read_target(data, layout, None, chosen))
        told = None
        if attributes is not None:
            from vidsynth.target.attributes.predicted import read_predicted

            told = read_predicted(attributes, first_frames(tracklets, data))
            for note in told.notes():
                typer.echo(note, err=True)
        using = None
        if estimators is not None:
            from vidsynth.target.estimated import require_same_pipe
            from vidsynth.target.estimators_file import read_estimators

            using = read_estimators(estimators)
            require_same_pipe(using, tracklets)
        with Progress(console=Console(stderr=True)) as progress:
            bar = progress.add_task("measuring tracklets", total=len(tracklets))
            measured = measure_tracklets(
                tracklets,
                using,
                frames=frames,
                fps=fps,
                done=lambda count: progress.update(bar, completed=count),
            )
        if told is not None:
            measured.attributes = told.probabilities
        found = summarise(measured, layout, using, Rules(embedding, keep_names, epsilon))
        statistics.write(output, found)
        if backgrounds is not None:
            for said in write_backgrounds(data, backgrounds, keep_names):
                typer.echo(said)
        noise = found.privacy.noise
        if noise is not None:
            delta = f", delta {noise.total_delta:g}" if noise.total_delta else ""
            typer.echo(f"Differential privacy: epsilon {noise.total_epsilon:g} in total{delta}.")
        typer.echo(
            f"{output}: {output.stat().st_size:,} bytes on {found.source.tracklets:,} tracklets; "
            f"draw all of it with `vidsynth target show {output}`."
        )
