"""What target-aware generation promises, row by row: demanded, found, passed or not."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from vidsynth.target.estimators import LOOKS, Estimators
from vidsynth.target.estimators_file import read_estimators
from vidsynth.target.pipe import Pipe
from vidsynth.target.pool import Pool, read_pool

PIPE = Pipe((128, 256), 75)


@dataclass(frozen=True)
class Row:
    """A demand of a numbered row or of a block, what was found, and whether that is enough."""

    row: int | str
    demand: str
    found: str
    passed: bool

    def __str__(self) -> str:
        return (
            f"{self.row:>5}  {self.demand:60} {self.found:32} {'pass' if self.passed else 'FAIL'}"
        )


def target(
    pool: Annotated[
        Path | None, typer.Option(help="Pool to learn from; else the kept one, rendered if needed.")
    ] = None,
    hidden: Annotated[
        Path | None, typer.Option(help="Pool of other people and seeds; else 400 are rendered.")
    ] = None,
    estimators: Annotated[
        Path | None, typer.Option(help="Trained on --pool; else they are trained.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="A real target with a test part, for row 9's subsets.")
    ] = None,
    layout: Annotated[str, typer.Option(help="Of --data.")] = "mars",
    chosen_from: Annotated[
        Path | None, typer.Option(help="A set of configs/target/aost.yaml; else it is rendered.")
    ] = None,
    videos: Annotated[
        list[Path] | None, typer.Option(help="Sets as target-video renders them; else it does.")
    ] = None,
) -> None:
    """Errors of estimators and of unfolded distributions, what a statistics file keeps to itself,
    what AOST chooses, what searches find, and errors of what videos tell."""
    from benches import target_video

    from vidsynth.target.pool_rendering import kept_pool

    root = pool or kept_pool()
    with tempfile.TemporaryDirectory(prefix="target-") as made:
        unseen = hidden or _render_hidden(Path(made) / "hidden")
        grid = chosen_from
        if data is not None and grid is None:
            grid = _render_grid(Path(made) / "grid")
        for row in rows(root, unseen, estimators, data, layout, grid):
            print(row, flush=True)
        for row in target_video.rows(videos or target_video.rendered(Path(made))):
            print(row, flush=True)


def rows(
    root: Path,
    hidden: Path,
    trained: Path | None,
    data: Path | None = None,
    layout: str = "mars",
    grid: Path | None = None,
) -> Iterator[Row]:
    """All rows, as they are found; row 9 of a real target where there is one."""
    from benches import (
        target_aost,
        target_errors,
        target_privacy,
        target_search,
        target_tagperson,
        target_unfolding,
    )

    began = time.process_time()
    if trained is None:
        found = Estimators.train(read_pool(root, LOOKS), PIPE)
    else:
        found = read_estimators(trained)
    _ = found.calibrations
    seconds = time.process_time() - began
    yield from target_errors.rows(found, read_pool(root))
    if trained is None:
        demand = "training and calibration take at most 300 CPU-seconds"
        yield Row(2, demand, f"{seconds:.0f} s", seconds <= 300)
    unseen = read_pool(hidden)
    yield _measuring_cost(found, unseen)
    yield from target_unfolding.rows(found, hidden)
    for check in target_privacy.checks(found):
        yield Row(8, *check)
    if data is not None and grid is not None:
        yield from target_aost.rows(found, grid, data, layout)
    yield from target_search.rows(found, root, hidden)
    yield from target_tagperson.rows()


def _measuring_cost(found: Estimators, unseen: Pool) -> Row:
    from vidsynth.target.crops import Crop
    from vidsynth.target.pixels import measure_pixels

    crops = [Crop.of(PIPE.apply(pixels)) for pixels in unseen.pixels(np.arange(64))]
    found.read(crops[:16])
    began = time.process_time()
    found.read(crops)
    for crop in crops:
        measure_pixels(crop)
    each = (time.process_time() - began) / len(crops) * 1000
    return Row(2, "measuring takes at most 25 ms a crop", f"{each:.1f} ms", each <= 25)


def _render_hidden(root: Path) -> Path:
    """400 images of 20 other people at sites of another seed; 3 CPU-minutes."""
    from vidsynth.run.job import render
    from vidsynth.settings import load_image_config
    from vidsynth.target.pool import recipe

    render(load_image_config(recipe(), seed=1001, identities=20), root)
    return root


def _render_grid(root: Path) -> Path:
    """768 images of 8 people from six sides in 16 scenes each; 4 CPU-minutes."""
    from vidsynth.run.job import render
    from vidsynth.settings import load_image_config

    render(load_image_config(Path("configs/target/aost.yaml")), root)
    return root
