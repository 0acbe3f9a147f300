"""Distances of the mean of a combination, without what people and chance add."""

from __future__ import annotations

import numpy as np
import pytest

from vidsynth.target.aost.attributes import Grid
from vidsynth.target.aost.cell_means import CellMeans, cell_surrogates
from vidsynth.target.aost.means import Activations, Distances, RunningMeans, mean_distances
from vidsynth.target.aost.surrogate import fit_surrogate

GRID = Grid({"view": ("0", "90", "180", "270"), "hour": ("night", "noon")})


def images(
    rng: np.random.Generator, codes: np.ndarray, persons: np.ndarray, spread: np.ndarray
) -> Activations:
    """Activations that a view and an hour add to, and people, with a spread for each image."""
    view, hour = np.random.default_rng(5).normal(0, 1, (2, 4, 8))
    people = np.random.default_rng(6).normal(0, 1.5, (100, 8))
    flat = view[codes[:, 0]] + hour[codes[:, 1]] + people[persons]
    flat = flat + rng.normal(0, 1, flat.shape) * spread[:, None]
    return Activations(flat.reshape(-1, 2, 2, 2), (np.einsum("ni,nj->nij", flat, flat) / 8,))


def everything(people: int, times: int) -> tuple[np.ndarray, np.ndarray]:
    return np.tile(GRID.cells, (people * times, 1)), np.repeat(np.arange(people), 8 * times)


def test_means_of_cells_are_what_averages_say() -> None:
    codes, persons = everything(40, 5)
    seen = images(np.random.default_rng(1), codes, persons, np.full(len(codes), 0.5))
    means = CellMeans(GRID, persons)
    for first in range(0, len(codes), 64):
        some = np.arange(first, min(first + 64, len(codes)))
        means.add(seen.of(some), codes[some], persons[some])
    running = RunningMeans()
    running.add(seen.of(np.arange(50)), np.ones(50))
    [found] = means.distances([running.means()])
    numbers = GRID.numbers(codes)
    averages = np.stack([seen.content[numbers == n].mean(0) for n in range(8)])
    target = running.means().content
    direct = 0.5 * np.square(averages - target).reshape(8, -1).sum(1)
    np.testing.assert_allclose(found.content, direct, rtol=0.1, atol=0.05 * direct.max())
    assert found.style.shape == (8,)


def test_the_mean_finds_the_targets_cell_where_single_images_find_the_emptiest() -> None:
    """The target is noon seen from the front, whose images vary as real ones do. Those of night
    from behind do not vary at all."""
    codes, persons = everything(40, 5)
    front_at_noon, dull = np.array([0, 1]), (codes == [2, 0]).all(1)
    spread = np.where(dull, 0.0, 3.0)
    seen = images(np.random.default_rng(2), codes, persons, spread)
    theirs = images(
        np.random.default_rng(3), np.tile(front_at_noon, (400, 1)), np.arange(400) % 60 + 40,
        np.full(400, 3.0),
    )  # fmt: skip
    running = RunningMeans()
    running.add(theirs, np.ones(400))
    means = CellMeans(GRID, persons)
    means.add(seen, codes, persons)
    [of_cells] = cell_surrogates(GRID, means.distances([running.means()]), scaled=False)
    single = mean_distances(seen, running.means())
    of_images = fit_surrogate(GRID, codes, single.unscaled, persons)
    assert GRID.cells[of_cells.optimum].tolist() == front_at_noon.tolist()
    assert GRID.cells[of_images.optimum].tolist() == [2, 0]


def test_combinations_that_cannot_be_are_out_of_reach() -> None:
    grid = Grid(
        {"site": ("mall", "park"), "hour": ("indoor", "noon"), "weather": ("lamps all", "rain")},
        frozenset({"mall"}),
    )
    distances = Distances(np.arange(8.0), np.arange(8.0))
    [found] = cell_surrogates(grid, [distances], scaled=True)
    assert np.isfinite(found.predicted).sum() == grid.possible.sum() == 2
    assert grid.words(grid.cells[found.optimum])["site"] == "mall"
    assert found.search(np.random.default_rng(0), 5, 5).value == pytest.approx(
        found.predicted.min()
    )
