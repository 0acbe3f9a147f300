"""Stage I of AOST, whole: distances, importance, optima, and what is chosen."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from vidsynth.errors import ConfigError
from vidsynth.target.aost.attributes import Grid, Images, grid_of
from vidsynth.target.aost.cell_means import CellMeans, cell_surrogates
from vidsynth.target.aost.companion import Companion
from vidsynth.target.aost.means import Distances, mean_distances
from vidsynth.target.aost.networks import Gatys
from vidsynth.target.aost.selecting import Choice, Way, choose, choose_random, cut
from vidsynth.target.aost.surrogate import Surrogate, Trees, fit_surrogate, importance

_BATCH = 32


Of = Literal["cells", "images"]
"""Whose distances decide: those of the mean of a combination, or of images one by one, as
published."""


Weights = dict[str, tuple[float, float]]
"""By attribute: `vidsynth.target.aost.surrogate.importance`."""


@dataclass(frozen=True)
class SetDistances:
    """To a target's whole and to each of its clusters: of every image of a set, and of the mean of
    every combination of its ``grid``."""

    grid: Grid
    whole: Distances
    clusters: tuple[Distances, ...]
    cells_whole: Distances
    cells_clusters: tuple[Distances, ...]


@dataclass(frozen=True)
class Options:
    """How images are chosen.

    ``each`` images of an identity, None for the paper's share; ``scaled`` divides style and
    content by their standard deviations; ``trees`` tell importance, and distances of images.
    """

    way: Way = "clusters"
    of: Of = "cells"
    each: int | None = None
    scaled: bool = True
    trees: Trees = "scikit-learn"
    seed: int = 0


@dataclass(frozen=True)
class StageOne:
    """What was found: a surrogate for each part of the target, and the ``choice``."""

    grid: Grid
    surrogates: tuple[Surrogate, ...]
    shares: tuple[float, ...]
    choice: Choice
    each: int

    def optima(self) -> list[dict[str, Any]]:
        """V* of each part of the target, in words, with its share."""
        return [
            {
                "share": round(share, 4),
                "r2": round(s.r2, 3),
                **s.grid.words(s.grid.cells[s.optimum]),
            }
            for share, s in zip(self.shares, self.surrogates, strict=True)
        ]

    def report(self, weights: Weights, seed: int) -> dict[str, Any]:
        """What selection.json says: what matters, and the optima, by looking at all combinations
        and by the paper's swarm."""
        rng = np.random.default_rng(seed)
        swarms = [surrogate.search(rng) for surrogate in self.surrogates]
        same = [f.value == s.predicted.min() for f, s in zip(swarms, self.surrogates, strict=True)]
        return {
            "combinations": int(self.grid.possible.sum()),
            "importance": {
                name: [round(mean, 4), round(sd, 4)] for name, (mean, sd) in weights.items()
            },
            "optima": self.optima(),
            "swarm": {"found_optimum": int(sum(same)), "of": len(same)},
        }

    def told(self, weights: Weights) -> str:
        """The same in a few lines."""
        names = [f"{name} {mean:.2f}" for name, (mean, _) in list(weights.items())[:5]]
        lines = ["What the distance to the target depends on: " + ", ".join(names) + "."]
        best = sorted(self.optima(), key=lambda optimum: -optimum["share"])
        for optimum in best[:5]:
            words = ", ".join(f"{name} {optimum[name]}" for name in self.grid.values)
            lines.append(f"  {optimum['share']:.0%} of the target: {words}")
        if len(best) > 5:
            lines.append(f"  and {len(best) - 5} more in selection.json")
        return "\n".join(lines)


def measure_set(
    images: Images,
    network: Gatys,
    target: Companion,
    watch: Callable[[int], None] | None = None,
) -> SetDistances:
    """The distances of all images; nothing else is kept of them.

    Raises ConfigError where the target was measured with another network.
    """
    if network.mark != target.network:
        raise ConfigError(
            f"Expected a target measured with {network.mark}, found {target.network}: distances of "
            "one network are none of another. Give both commands the same --vgg, or neither any."
        )
    parts = (target.whole, *(cluster.means for cluster in target.clusters))
    grid = grid_of(images)
    codes, means_of_cells = grid.codes(images.environment), CellMeans(grid, images.persons)
    found: list[list[Distances]] = [[] for _ in parts]
    for first in range(0, len(images), _BATCH):
        numbers = np.arange(first, min(first + _BATCH, len(images)))
        seen = network([target.pipe.apply(p) for p in images.pixels(numbers)], _BATCH)
        means_of_cells.add(seen, codes[numbers], images.persons[numbers])
        for part, means in zip(found, parts, strict=True):
            part.append(mean_distances(seen, means))
        if watch is not None:
            watch(len(numbers))
    whole, *clusters = (_joined(part) for part in found)
    cells_whole, *cells_clusters = means_of_cells.distances(parts)
    return SetDistances(grid, whole, tuple(clusters), cells_whole, tuple(cells_clusters))


def optimise(
    images: Images, distances: SetDistances, target: Companion, options: Options
) -> StageOne:
    """From distances to what is chosen."""
    grid = distances.grid
    codes = grid.codes(images.environment)
    each = options.each or cut(len(images) // len(np.unique(images.persons)))
    clustered = options.way == "clusters" and bool(target.clusters)
    shares = tuple(cluster.share for cluster in target.clusters) if clustered else (1.0,)
    surrogates: list[Surrogate]
    if options.of == "cells":
        of_cells = distances.cells_clusters if clustered else (distances.cells_whole,)
        surrogates = cell_surrogates(grid, of_cells, options.scaled)
    else:
        of_images = distances.clusters if clustered else (distances.whole,)
        surrogates = [
            fit_surrogate(
                grid,
                codes,
                _total(part, options.scaled),
                images.persons,
                options.trees,
                options.seed,
            )
            for part in of_images
        ]
    if options.way == "random":
        choice = choose_random(images.persons, each, np.random.default_rng(options.seed))
    else:
        choice = choose(images.persons, grid.numbers(codes), surrogates, shares, each)
    return StageOne(grid, tuple(surrogates), shares, choice, each)


def weigh(images: Images, distances: SetDistances, options: Options) -> Weights:
    """How much each attribute, clothes too, matters to images' distances to the whole target."""
    whole = _total(distances.whole, options.scaled)
    columns = {**images.environment, **images.wearing}
    return importance(columns, whole, options.trees, options.seed)


def listed(images: Images, choice: Choice) -> str:
    """The chosen images as CSV: file, identity, attributes, part of the target, distance."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["file", "person_id", *images.environment, "part", "predicted"])
    for number, predicted, part in zip(choice.numbers, choice.predicted, choice.part, strict=True):
        writer.writerow(
            [
                images.files[number],
                images.persons[number],
                *(values[number] for values in images.environment.values()),
                part,
                "" if np.isnan(predicted) else f"{predicted:.6g}",
            ]
        )
    return text.getvalue()


def _total(distances: Distances, scaled: bool) -> np.ndarray:
    return distances.scaled() if scaled else distances.unscaled


def _joined(parts: list[Distances]) -> Distances:
    return Distances(
        np.concatenate([part.style for part in parts]),
        np.concatenate([part.content for part in parts]),
    )
