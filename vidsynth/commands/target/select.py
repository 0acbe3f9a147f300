"""``vidsynth target select``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from vidsynth.commands.errors import plain_errors
from vidsynth.commands.running import train_on
from vidsynth.commands.target.progress import counting
from vidsynth.commands.target.style import CLUSTERS, FRAMES, VGG, measured

_LEAST_AT_HOME = 10
"""Tracklets of a cluster of which nothing leaves the owner."""


class Reading(StrEnum):
    """How the paper's algorithm is read: `vidsynth.target.aost.selecting` has them."""

    CLUSTERS = "clusters"
    GLOBAL = "global"
    RANDOM = "random"


class Of(StrEnum):
    CELLS = "cells"
    IMAGES = "images"


class Trees(StrEnum):
    SCIKIT_LEARN = "scikit-learn"
    XGBOOST = "xgboost"


def select(
    images: Annotated[Path, typer.Argument(metavar="SET", help="A set of rendered images.")],
    target: Annotated[
        Path,
        typer.Argument(help="A target's own folder, or the file that `target style` wrote of it."),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Set to write.")] = Path(
        "data/selected"
    ),
    layout: Annotated[str, typer.Option(help="Of the target's folder.")] = "folder",
    reading: Annotated[
        Reading,
        typer.Option(
            help="clusters: an optimum for each kind of crops of the target; global: one for all; "
            "random: the control."
        ),
    ] = Reading.CLUSTERS,
    of: Annotated[
        Of,
        typer.Option(
            help="cells: distances of the mean of a combination; images: of images one by one, "
            "learnt by trees, as published."
        ),
    ] = Of.CELLS,
    each: Annotated[
        int | None,
        typer.Option(min=1, help="Images of an identity.", show_default="108 of 1,764"),
    ] = None,
    scaled: Annotated[
        bool,
        typer.Option(
            "--scaled/--unscaled",
            help="Divide style and content by their standard deviations over the set, or take them "
            "as published, where content decides alone.",
        ),
    ] = True,
    trees: Annotated[
        Trees, typer.Option(help="Of the regression; xgboost needs the extra [xgboost].")
    ] = Trees.SCIKIT_LEARN,
    frames: Annotated[int, FRAMES] = 4,
    clusters: Annotated[int, CLUSTERS] = 32,
    vgg: Annotated[Path | None, VGG] = None,
    seed: Annotated[int, typer.Option(help="Of clusters, trees, swarm and random images.")] = 0,
) -> None:
    """Choose the images of a rendered set that are most like a target: AOST, stage I.

    Measures style and content distances to the target, finds what they depend on (view, place,
    hour, weather), and takes of every identity the images of the best combinations, for each kind
    of crops of the target. The result is a set like any other, with selection.csv (what was chosen,
    and for what) and selection.json (what matters, what is best). Its files are links, which take
    no room. Docs: docs/aost.md.

    \b
    Examples:
      vidsynth target select data/finegpr-like my-cameras --output data/chosen
      vidsynth target select data/finegpr-like data/mars --layout mars --each 20
      vidsynth target select data/finegpr-like target-aost.npz --reading global
      vidsynth target select data/finegpr-like target-aost.npz --reading random --seed 1
      uda train --source synthetic-images --source-root data/chosen --target market1501
    """
    with plain_errors():
        from vidsynth.target.aost.attributes import read_images
        from vidsynth.target.aost.companion import read_companion
        from vidsynth.target.aost.networks import load_network
        from vidsynth.target.aost.stage_one import Options, listed, measure_set, optimise, weigh
        from vidsynth.target.aost.subset import require_free, write_subset

        require_free(output)
        seen = read_images(images)
        network = load_network(vgg)
        means = (
            measured(target, layout, "train", network, frames, clusters, _LEAST_AT_HOME, seed)
            if target.is_dir()
            else read_companion(target)
        )
        with counting("comparing", "images", len(seen)) as more:
            distances = measure_set(seen, network, means, more)
        options = Options(reading.value, of.value, each, scaled, trees.value, seed)
        found = optimise(seen, distances, means, options)
        weights = weigh(seen, distances, options)
        how: dict[str, Any] = {
            "method": "AOST stage I", "reading": reading.value, "network": network.mark,
            "distances_of": of.value, "scaled": scaled, "trees": trees.value,
            "each": found.each, "seed": seed, "of": len(seen),
        }  # fmt: skip
        numbers = found.choice.numbers
        report = json.dumps({**how, **found.report(weights, seed)}, indent=2)
        beside = {"selection.csv": listed(seen, found.choice), "selection.json": report}
        write_subset(seen, numbers, output, how, beside)
        typer.echo(found.told(weights))
        typer.echo(
            f"{output} holds {len(numbers)} of {len(seen)} images: {found.each} for an identity."
        )
        typer.echo(train_on("synthetic-images", output, "market1501"))
