"""`uda predict`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from uda.commands.options import (
    Overwrite,
    Root,
    Trained,
    expanded,
    expected_errors,
    require_outputs,
    root_of,
)


@expanded
def predict(
    trained: Trained,
    data: Annotated[
        str, typer.Option(help="folder, for folders of your own, or a benchmark.")
    ] = "folder",
    root: Root = None,
    part: Annotated[str, typer.Option(help="Of the data: train, test or all.")] = "train",
    output: Annotated[Path, typer.Option(help="CSV file to write.")] = Path("predicted.csv"),
    overwrite: Overwrite = False,
) -> None:
    """Write what people look like: calibrated probabilities of attributes, of every tracklet.

    The model must recognise attributes: it was trained with `uda train --method attributes` or
    `joint`. Labels of tracklets are not looked at. `vidsynth target measure --attributes` counts
    the table, so that people can be rendered who look like the target's.

    \b
      uda predict --checkpoint last.pt --root my-cameras --output predicted.csv
      uda predict --checkpoint last.pt --data mars --root data/mars
      vidsynth target measure data/mars --layout mars --attributes predicted.csv
    """
    with expected_errors():
        from typing import get_args

        from reid_datasets.benchmarks import load
        from reid_datasets.records import Part

        from uda.attributes.predicted_file import write_predicted
        from uda.attributes.predicting import Recogniser
        from uda.attributes.predicting import predict as predict_tracklets
        from uda.errors import ConfigError
        from uda.monitor.console import progress_bar

        if trained.method:
            raise ConfigError(
                "--method is for features that are compared in a way of their own, found it where "
                "nothing is compared. Leave it out."
            )
        chosen: Part | None = next((known for known in get_args(Part) if known == part), None)
        if chosen is None:
            raise ConfigError(f"--part {part}: expected train, test or all.")
        require_outputs(trained, overwrite, {"--output": (output, (".csv",))})
        recogniser = Recogniser.of(trained.checkpoint)
        place = root_of(data, root)
        split = load(data, place)
        tracklets = split.without_labels(chosen)
        if not tracklets:
            raise ConfigError(
                f"Expected tracklets in the {part} part of {place}, found none. Choose another "
                "--part."
            )
        with progress_bar("recognising") as progress:
            found = predict_tracklets(
                recogniser,
                tracklets,
                trained.choices(),
                unlabelled=split.without_labels("train"),
                progress=progress,
            )
        write_predicted(output, found, tracklets, place)
        words = [place, "--layout", data, "--part", part, "--attributes", output]
        measure = shlex.join(["vidsynth", "target", "measure", *map(str, words)])
        typer.echo(
            f"{output}: {len(tracklets):,} tracklets, {len(found.values)} attributes. Count them "
            f"with `{measure}`."
        )
