"""What AOST chooses: the surrogate's optimum, the swarm that finds it, and the three readings."""

from __future__ import annotations

import itertools
from typing import NoReturn

import numpy as np
import pytest

from vidsynth.errors import ConfigError
from vidsynth.target.aost.attributes import Grid, view
from vidsynth.target.aost.selecting import choose, choose_random, cut
from vidsynth.target.aost.surrogate import Surrogate, fit_surrogate, importance

FINEGPR = Grid(
    {
        "view": tuple(str(10 * n) for n in range(36)),
        "site": tuple(f"site{n}" for n in range(9)),
        "hour": tuple(f"hour{n}" for n in range(7)),
        "weather": tuple(f"weather{n}" for n in range(7)),
    }
)
"""Every combination: 36 x 9 x 7 x 7 = 15,876."""
SMALL = Grid({"view": ("0", "90", "180"), "hour": ("noon", "night"), "site": ("a", "b")})


def seen(grid: Grid, people: int, rng: np.random.Generator, each: int) -> tuple[np.ndarray, ...]:
    """Images of people: codes, persons, and distances that depend on all attributes together."""
    possible = np.flatnonzero(grid.possible)
    codes = grid.cells[rng.choice(possible, people * each)]
    effects = [rng.normal(0, 1, size) for size in grid.shape]
    pairs = rng.normal(0, 0.5, (grid.shape[0], grid.shape[1]))
    distances = sum(effect[codes[:, a]] for a, effect in enumerate(effects))
    distances = distances + pairs[codes[:, 0], codes[:, 1]]
    persons = np.repeat(np.arange(people), each)
    clothes = rng.normal(0, 2, people)
    return codes, persons, distances + clothes[persons] + rng.normal(0, 0.2, len(codes))


@pytest.fixture(scope="module")
def surrogate() -> Surrogate:
    codes, persons, distances = seen(FINEGPR, 40, np.random.default_rng(0), 100)
    return fit_surrogate(FINEGPR, codes, distances, persons)


def test_the_grid_is_fine_gprs(surrogate: Surrogate) -> None:
    assert len(FINEGPR.cells) == 15_876
    assert (FINEGPR.numbers(FINEGPR.cells) == np.arange(15_876)).all()
    assert surrogate.predicted.shape == (15_876,)
    assert surrogate.r2 > 0.7, "of people it has not seen, whose clothes are taken off"


@pytest.mark.parametrize("seed", range(10))
def test_the_swarm_finds_the_enumerated_optimum(surrogate: Surrogate, seed: int) -> None:
    found = surrogate.search(np.random.default_rng(seed))
    assert found.value == surrogate.predicted.min()
    assert surrogate.predicted[FINEGPR.numbers(found.point[None])[0]] == found.value
    assert found.evaluations < len(FINEGPR.cells)


def test_what_cannot_be_is_never_the_optimum() -> None:
    grid = Grid(
        {
            "view": ("0", "180"),
            "site": ("mall", "plaza"),
            "hour": ("indoor", "noon"),
            "weather": ("lamps all", "rain", "sunny"),
        },
        frozenset({"mall"}),
    )
    there = [grid.words(cell) for cell in grid.cells[grid.possible]]
    scenes = {(words["site"], words["hour"], words["weather"]) for words in there}
    assert scenes == {
        ("mall", "indoor", "lamps all"), ("plaza", "noon", "rain"), ("plaza", "noon", "sunny")
    }  # fmt: skip
    codes = np.repeat(grid.cells[grid.possible], 10, 0)
    # The mall and noon are near, but never together.
    distances = (codes[:, 1] == 1) * 1.0 - 5.0 * (codes[:, 2] == 1) + 0.1 * codes[:, 0]
    found = fit_surrogate(grid, codes, distances, np.arange(len(codes)) % 4)
    assert grid.possible[found.optimum]
    swarmed = found.search(np.random.default_rng(0), iterations=20)
    assert grid.numbers(swarmed.point[None])[0] == found.optimum


def test_importance_ranks_what_distances_depend_on() -> None:
    rng = np.random.default_rng(3)
    columns = {
        "view": rng.choice(["0", "90", "180"], 600),
        "hat": rng.choice(["no", "yes"], 600),
        "hour": rng.choice(["noon", "night"], 600),
    }
    distances = 3.0 * (columns["hour"] == "night") + (columns["view"] == "90")
    distances = distances + rng.normal(0, 0.1, 600)
    found = importance(columns, distances)
    assert list(found) == ["hour", "view", "hat"]
    assert abs(found["hat"][0]) < 0.01
    pytest.importorskip("xgboost")
    by_gain = importance(columns, distances, "xgboost")
    assert list(by_gain) == ["hour", "view", "hat"]
    assert sum(share for share, _ in by_gain.values()) == pytest.approx(1)


def test_xgboost_finds_the_same_optimum(surrogate: Surrogate) -> None:
    pytest.importorskip("xgboost")
    codes, persons, distances = seen(FINEGPR, 40, np.random.default_rng(0), 100)
    other = fit_surrogate(FINEGPR, codes, distances, persons, "xgboost")
    best = surrogate.predicted[other.optimum]
    assert np.mean(surrogate.predicted <= best) < 0.001


def test_without_xgboost_the_option_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(ConfigError, match=r"\[xgboost\]"):
        importance({"hat": np.array(["no"] * 20)}, np.arange(20.0), "xgboost")


def made(values: dict[tuple[int, int, int], float], default: float = 9.0) -> Surrogate:
    """A surrogate of the small grid, with the distances of some cells."""
    predicted = np.full(len(SMALL.cells), default)
    for cell, value in values.items():
        predicted[SMALL.numbers(np.array([cell]))[0]] = value
    return Surrogate(SMALL, predicted, 1.0)


def everything(people: int) -> tuple[np.ndarray, np.ndarray]:
    """Persons and cells of a set with every combination once for each of some people."""
    cells = np.arange(len(SMALL.cells))
    return np.repeat(np.arange(people), len(cells)), np.tile(cells, people)


def test_reading_b_keeps_the_nearest_cells_of_every_identity() -> None:
    persons, cells = everything(3)
    near = made({(1, 0, 0): 1.0, (2, 1, 1): 2.0})
    chosen = choose(persons, cells, [near], [1.0], 2)
    assert np.bincount(persons[chosen.numbers]).tolist() == [2, 2, 2]
    assert set(map(tuple, SMALL.cells[cells[chosen.numbers]])) == {(1, 0, 0), (2, 1, 1)}
    assert sorted(set(chosen.predicted)) == [1.0, 2.0]


def test_reading_a_gives_each_cluster_its_share() -> None:
    persons, cells = everything(10)
    by_day, by_night = made({(0, 0, 0): 1.0, (0, 0, 1): 1.5}), made({(2, 1, 0): 1.0})
    chosen = choose(persons, cells, [by_day, by_night], [0.75, 0.25], 2)
    assert len(chosen.numbers) == 20
    assert np.bincount(chosen.part).tolist() == [15, 5]
    nights = chosen.numbers[chosen.part == 1]
    assert set(map(tuple, SMALL.cells[cells[nights]])) == {(2, 1, 0)}
    assert len(set(chosen.numbers)) == 20, "nothing twice"


def test_reading_c_draws_as_many() -> None:
    persons, _ = everything(5)
    first, other = (choose_random(persons, 3, np.random.default_rng(seed)) for seed in (1, 2))
    assert np.bincount(persons[first.numbers]).tolist() == [3] * 5
    assert first.numbers.tolist() != other.numbers.tolist()
    assert np.isnan(first.predicted).all()


def test_who_has_few_images_gives_all() -> None:
    persons = np.array([0, 0, 0, 1])
    chosen = choose(persons, np.arange(4), [made({})], [1.0], 2)
    assert persons[chosen.numbers].tolist() == [0, 0, 1]


class _Numbers(np.ndarray):
    """People's numbers that nobody looks through for a single one of them."""

    def __eq__(self, other: object) -> NoReturn:  # type: ignore[override]
        raise AssertionError("all images are looked at, for each person anew")


def test_images_are_not_looked_through_for_every_person() -> None:
    """Eighteen thousand people with a million images are eighteen billion looks."""
    codes, persons, distances = seen(SMALL, 12, np.random.default_rng(0), 10)
    numbers = np.random.default_rng(1).permutation(persons).view(_Numbers)
    surrogate = fit_surrogate(SMALL, codes, distances, persons.view(_Numbers))
    choice = choose(numbers, SMALL.numbers(codes), [surrogate], [1.0], 2)
    drawn = choose_random(numbers, 2, np.random.default_rng(0))
    for chosen in (choice.numbers, drawn.numbers):
        assert np.bincount(np.asarray(numbers)[chosen]).tolist() == [2] * 12


def test_the_papers_cut() -> None:
    assert 1150 * cut(1764) == 124_200
    assert cut(96) == 6
    assert cut(3) == 1


def test_views_are_bins_about_fine_gprs() -> None:
    assert [view(a) for a in (0, 4.9, 5.1, 184.9, 354.9, 355.1)] == [0, 0, 10, 180, 350, 0]
    assert {view(a) for a in itertools.chain(range(361), [359.99])} == set(range(0, 360, 10))
