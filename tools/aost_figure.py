"""The picture and the table of docs/aost.md: what AOST chooses of a rendered set. Takes minutes.

uv run tools/aost_figure.py data/finegpr-like data/mars mars estimators.safetensors

The set is one of configs/target/aost.yaml. No crop of the target is drawn.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import typer
from benches.target_aost import Compared, compare
from PIL import Image

from vidsynth.target.aost.attributes import read_images
from vidsynth.target.aost.networks import load_network
from vidsynth.target.aost.selecting import choose, choose_random
from vidsynth.target.aost.stage_one import Options, StageOne, optimise, weigh
from vidsynth.target.estimators_file import read_estimators

OUT = Path(__file__).resolve().parents[1] / "docs/images/aost.jpg"
SIZES = (6, 12, 24)
_DRAWS = 10
_COLUMNS, _CROP, _GAP = 16, (64, 128), 3


def main(rendered: Path, data: Path, layout: str, estimators: Path) -> None:
    """Print distances of subsets to a target's other people, and draw what is in them."""
    seen = compare(read_images(rendered), data, layout, load_network(), read_estimators(estimators))
    report(seen)


def report(seen: Compared) -> None:
    """What `main` prints and draws, of a set that is compared already."""
    print(f"all {len(seen.images)} images {seen.distance():.1f}, floor {seen.floor():.1f}")
    print(f"{'images of an identity':44}", *(f"{each:>6}" for each in SIZES))
    drawn = [_random(seen, each) for each in SIZES]
    print(f"{'random: mean':44}", *(f"{np.mean(found):6.1f}" for found in drawn))
    print(f"{'random: least of ' + str(_DRAWS):44}", *(f"{min(found):6.1f}" for found in drawn))
    stages: dict[tuple[str, str, bool], StageOne] = {}
    for of, way, scaled in itertools.product(
        ("images", "cells"), ("clusters", "global"), (True, False)
    ):
        options = Options(way, of, SIZES[0], scaled)  # type: ignore[arg-type]
        stage = optimise(seen.images, seen.distances, seen.target, options)
        distances = [seen.distance(_chosen(seen, stage, each)) for each in SIZES]
        name = f"{of}, {way}, {'scaled' if scaled else 'unscaled'}"
        print(f"{name:44}", *(f"{distance:6.1f}" for distance in distances), flush=True)
        stages[of, way, scaled] = stage
    weights = weigh(seen.images, seen.distances, Options())
    rows = [choose_random(seen.images.persons, 2, np.random.default_rng(0)).numbers]
    for of in ("images", "cells"):
        stage = stages[of, "clusters", True]
        print(of, stage.told(weights), stage.report(weights, 0)["swarm"], sep="\n")
        rows.append(_chosen(seen, stage, 2))
    _draw(seen, rows)


def _chosen(seen: Compared, stage: StageOne, each: int) -> np.ndarray:
    images, grid = seen.images, stage.grid
    cells = grid.numbers(grid.codes(images.environment))
    return choose(images.persons, cells, stage.surrogates, stage.shares, each).numbers


def _random(seen: Compared, each: int) -> list[float]:
    persons = seen.images.persons
    return [
        seen.distance(choose_random(persons, each, np.random.default_rng(seed)).numbers)
        for seed in range(_DRAWS)
    ]


def _draw(seen: Compared, rows: list[np.ndarray]) -> None:
    wide, high = _CROP[0] + _GAP, _CROP[1] + _GAP
    sheet = Image.new("RGB", (wide * _COLUMNS - _GAP, high * len(rows) - _GAP), (250, 250, 248))
    for row, numbers in enumerate(rows):
        for column, pixels in enumerate(seen.images.pixels(numbers[:_COLUMNS])):
            sheet.paste(Image.fromarray(pixels).resize(_CROP), (column * wide, row * high))
    sheet.save(OUT, quality=82, optimize=True)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    typer.run(main)
