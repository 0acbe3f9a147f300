"""`uda search`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from strict_reading import finite
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
def search(
    trained: Trained,
    attributes: Annotated[
        str | None,
        typer.Option(help='What somebody looks like: "red upper, black shorts, backpack".'),
    ] = None,
    picture: Annotated[
        Path | None, typer.Option(help="A crop of somebody who should look alike.")
    ] = None,
    weight: Annotated[
        float,
        typer.Option(
            min=0, callback=finite, help="How much the picture counts beside the description."
        ),
    ] = 1.0,
    gallery: Root = None,
    data: Annotated[
        str,
        typer.Option(help="How the gallery lies: folder, for folders of your own, or a benchmark."),
    ] = "folder",
    top: Annotated[int, typer.Option(min=1, help="People shown, best first.")] = 20,
    json: Annotated[Path | None, typer.Option(help="Write them to this file.")] = None,
    sheet: Annotated[
        Path | None, typer.Option(help="Write their pictures to this file (PNG).")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Search a gallery for people by a description, by a picture, or by both.

    The model must recognise attributes: it was trained with `uda train --method attributes` or
    `joint`. Tracklets are ranked by how likely each is to be all that is asked for; labels are not
    looked at. A word that the model does not know is answered with the nearest ones that it knows.

    \b
      uda search --checkpoint last.pt --gallery my-cameras --attributes "red upper, black shorts"
      uda search --checkpoint last.pt --gallery data/mars --data mars \\
          --attributes "woman, backpack, no hat" --sheet found.png --json found.json
      uda search --checkpoint last.pt --gallery my-cameras --picture crop.jpg \\
          --attributes "blue jeans"
    """
    with expected_errors():
        from reid_datasets.benchmarks import find, parse

        from uda.attributes.predicting import Recogniser
        from uda.attributes.searching import search as search_gallery
        from uda.attributes.words import parse as parse_words
        from uda.errors import ConfigError
        from uda.evaluation.attributes_of_checkpoint import test_half
        from uda.evaluation.found_people import draw, rows
        from uda.files import write_json, write_whole
        from uda.monitor.console import progress_bar

        if trained.method:
            raise ConfigError(
                "--method is for features that are compared in a way of their own, found it in a "
                "search, which compares by cosine. Leave it out."
            )
        files = {"--json": (json, (".json",)), "--sheet": (sheet, (".png",))}
        require_outputs(trained, overwrite, files, picture)
        recogniser = Recogniser.of(trained.checkpoint)
        wanted = parse_words(attributes, recogniser.values) if attributes else ()
        name, number = parse(data)
        split = find(name).load(root_of(name, gallery), number)
        tracklets, _ = test_half(split)
        with progress_bar("searching") as progress:
            found = search_gallery(
                recogniser,
                tracklets,
                wanted,
                picture,
                weight=weight,
                choices=trained.choices(),
                unlabelled=split.without_labels("train"),
                progress=progress,
            )
        best = rows(found, tracklets, top)
        typer.echo(f"{len(tracklets)} tracklets, {', '.join(map(str, wanted)) or picture}")
        for row in best:
            said = "  ".join(f"{what} {p:.2f}" for what, p in row["probabilities"].items())
            like = f"  like the picture {row['similarity']:.2f}" if "similarity" in row else ""
            typer.echo(f"{row['rank']:>4}  {said}{like}  {row['tracklet']}")
        if json:
            write_json(json, {"wanted": [*map(str, wanted)], "found": best})
        if sheet:
            shown = draw(found, tracklets, top)
            write_whole(sheet, lambda file: shown.save(file, "PNG"))
