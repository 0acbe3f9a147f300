"""Row 9: AOST's distances out of means, the swarm's optimum, and subsets nearer to a target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benches.target import Row

from vidsynth.target.aost.attributes import Grid, Images, read_images
from vidsynth.target.aost.companion import Companion
from vidsynth.target.aost.means import RunningMeans, mean_distances, pair_distances
from vidsynth.target.aost.measuring import measure_target
from vidsynth.target.aost.networks import Gatys, load_network
from vidsynth.target.aost.selecting import choose_random
from vidsynth.target.aost.stage_one import Options, SetDistances, measure_set, optimise
from vidsynth.target.aost.surrogate import fit_surrogate
from vidsynth.target.crops import Crop
from vidsynth.target.distances import frechet_distance, half_split_floor, moments, tracklet_weights
from vidsynth.target.estimators import Estimators
from vidsynth.target.layouts import read_target

SEEDS = (0, 1, 2)
EACH = 12
"""Images of an identity in a subset."""
_LEAST = 10
_CLUSTERS = 8
_FRAMES = 2


@dataclass(frozen=True)
class Compared:
    """A rendered set, a target's training part as AOST sees it, and features of the set and of the
    target's test part, to judge by: of other people."""

    images: Images
    target: Companion
    distances: SetDistances
    features: np.ndarray
    theirs: np.ndarray
    groups: np.ndarray

    def distance(self, numbers: np.ndarray | None = None) -> float:
        """Frechet distance of some images of the set, or all, to the target's test part."""
        ours = self.features if numbers is None else self.features[numbers]
        theirs = moments(self.theirs, tracklet_weights(self.groups), self.groups)
        return frechet_distance(moments(ours), theirs)

    def floor(self) -> float:
        """That of halves of the target's test part."""

        def between(one: np.ndarray, other: np.ndarray) -> float:
            halves = (
                moments(self.theirs[rows], tracklet_weights(self.groups[rows]), self.groups[rows])
                for rows in (one, other)
            )
            return frechet_distance(*halves)

        return half_split_floor(between, self.groups).mean

    def chosen(self, options: Options) -> np.ndarray:
        """The numbers of chosen images."""
        return optimise(self.images, self.distances, self.target, options).choice.numbers


def rows(known: Estimators, rendered: Path, data: Path, layout: str) -> Iterator[Row]:
    """The rows, as they are found; ``rendered`` is a set of configs/target/aost.yaml."""
    network = load_network()
    images = read_images(rendered)
    yield _pairs(images, network)
    yield _swarm()
    nearer, said = [], []
    first = compare(images, data, layout, network, known, SEEDS[0])
    for seed in SEEDS:
        seen = first
        if seed != SEEDS[0]:
            target = target_means(data, layout, network, seed)
            seen = Compared(
                images,
                target,
                measure_set(images, network, target),
                first.features,
                first.theirs,
                first.groups,
            )
        chosen = seen.distance(seen.chosen(Options("clusters", each=EACH, seed=seed)))
        drawn = choose_random(images.persons, EACH, np.random.default_rng(seed)).numbers
        nearer.append(chosen < seen.distance(drawn))
        said.append(f"{chosen:.1f} < {seen.distance(drawn):.1f}")
    demand = f"FD of AO's subset below that of a random one of equal size, {len(SEEDS)} seeds"
    yield Row(9, demand, ", ".join(said), all(nearer))


def compare(
    images: Images, data: Path, layout: str, network: Gatys, known: Estimators, seed: int = 0
) -> Compared:
    """A set against a target; means are of its training part, judged is by its test part."""
    target = target_means(data, layout, network, seed)
    theirs, groups = [], []
    for number, tracklet in enumerate(read_target(data, layout, _FRAMES, "test")):
        theirs.append(known.features(list(tracklet.crops)))
        groups += [number] * len(theirs[-1])
    ours = [
        known.features([Crop.of(known.pipe.apply(pixels)) for pixels in images.pixels(some)])
        for some in np.array_split(np.arange(len(images)), max(1, len(images) // 64))
    ]
    return Compared(
        images,
        target,
        measure_set(images, network, target),
        np.concatenate(ours),
        np.concatenate(theirs),
        np.array(groups),
    )


def target_means(data: Path, layout: str, network: Gatys, seed: int) -> Companion:
    """The means of a target's training part."""
    return measure_target(
        lambda: (tracklet.crops for tracklet in read_target(data, layout, _FRAMES)),
        network,
        _CLUSTERS,
        _LEAST,
        seed,
    )


def _pairs(images: Images, network: Gatys) -> Row:
    """Twelve images to twelve others, all pairs, against their means."""
    ours, theirs = (
        network(images.pixels(np.arange(first, 24, 2) * len(images) // 24)) for first in (0, 1)
    )
    running = RunningMeans()
    running.add(theirs, np.ones(len(theirs)))
    slow, fast = pair_distances(ours, theirs), mean_distances(ours, running.means())
    error = max(
        float(np.abs(fast.style / slow.style - 1).max()),
        float(np.abs(fast.content / slow.content - 1).max()),
    )
    demand = "distances out of means are those of all pairs to 1e-5"
    return Row(9, demand, f"{error:.1e}", error <= 1e-5)


def _swarm() -> Row:
    """Ten swarms over FineGPR's grid, of a surrogate of made distances with interactions."""
    rng = np.random.default_rng(0)
    grid = Grid(
        {
            name: tuple(f"{name}{n}" for n in range(size))
            for name, size in {"view": 36, "site": 9, "hour": 7, "weather": 7}.items()
        }
    )
    codes = grid.cells[rng.choice(len(grid.cells), 4000)]
    effects = [rng.normal(0, 1, size) for size in grid.shape]
    distances = sum(effect[codes[:, a]] for a, effect in enumerate(effects))
    distances = distances + rng.normal(0, 0.5, grid.shape[:2])[codes[:, 0], codes[:, 1]]
    surrogate = fit_surrogate(grid, codes, np.asarray(distances), np.arange(len(codes)) % 40)
    least = surrogate.predicted.min()
    found = sum(surrogate.search(np.random.default_rng(s)).value == least for s in range(10))
    demand = f"the swarm finds the optimum of {len(grid.cells):,} combinations, 10 seeds"
    return Row(9, demand, f"{found} of 10", found == 10)
