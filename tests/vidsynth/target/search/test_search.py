"""Searches of settings: what they find, what they cost, and that a stopped one continues."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from vidsynth.errors import ConfigError, OutputError
from vidsynth.settings import load_image_config
from vidsynth.target.search.coordinates import Coordinate, begin, means, settings, shares
from vidsynth.target.search.descent import descend
from vidsynth.target.search.evaluations import Evaluations, Point
from vidsynth.target.search.evolution import evolve, population
from vidsynth.target.search.swarm import swarm

COORDINATES = {
    "view.depression": Coordinate(low=0, high=60, spread=5, within=(-5, 70), values=7),
    "look.gamma": Coordinate(low=0.5, high=2.0, spread=0.1, values=4),
    "look.blur": Coordinate(low=0, high=2, start=0.5, values=5),
}
TRUTH = {"view.depression": 20.0, "look.gamma": 1.5, "look.blur": 1.5}


def distance(point: Point) -> float:
    """How far some means are from `TRUTH`, in shares of their ranges."""
    here, there = shares(COORDINATES, point), shares(COORDINATES, TRUTH)
    return float(np.abs(here - there).sum())


@pytest.mark.parametrize("seed", range(10))
def test_a_swarm_finds_the_least_of_many_valleys(seed: int) -> None:
    def rastrigin(points: np.ndarray) -> np.ndarray:
        x = 5 * (points - 0.3)
        return (x**2 - 0.5 * np.cos(2 * np.pi * x) + 0.5).sum(1)

    found = swarm(rastrigin, 3, np.random.default_rng(seed), iterations=120)
    assert found.value < 0.05
    assert np.abs(found.point - 0.3).max() < 0.05
    assert found.evaluations == 30 * 121


def test_particles_stay_in_the_box_and_a_seed_decides() -> None:
    seen = []

    def towards_the_edge(points: np.ndarray) -> np.ndarray:
        seen.append(points)
        return -points.sum(1)

    first = swarm(towards_the_edge, 4, np.random.default_rng(5), particles=9, iterations=20)
    again = swarm(towards_the_edge, 4, np.random.default_rng(5), particles=9, iterations=20)
    points = np.concatenate(seen)
    assert points.min() >= 0
    assert points.max() < 1
    assert first.value < -3.8
    assert (first.point == again.point).all()


def test_coordinates_are_settings() -> None:
    assert begin(COORDINATES)["look.blur"] == 0.5
    assert begin(COORDINATES)["view.depression"] == 30
    there = means(COORDINATES, shares(COORDINATES, TRUTH))
    assert there == pytest.approx(TRUTH)
    written = settings(COORDINATES, TRUTH)
    assert written["view.depression"] == {"normal": [20, 5], "within": [-5, 70]}
    assert written["look.blur"] == 1.5
    with pytest.raises(ValidationError, match="low < high"):
        Coordinate(low=3, high=1)


def test_means_of_whole_numbers_are_whole() -> None:
    """Half way between 20 and 95 lies no quality of a JPEG file."""
    quality = {"look.jpeg_quality": Coordinate(low=20, high=95, values=7)}
    for mean in quality["look.jpeg_quality"].grid:
        written = settings(quality, {"look.jpeg_quality": mean})["look.jpeg_quality"]
        config = load_image_config(None, [f"look.jpeg_quality={written}"])
        assert config.look.jpeg_quality.constant == round(mean)


def test_descent_finds_the_grids_best_and_counts() -> None:
    evaluations = Evaluations(distance, images=200)
    found = descend(evaluations, COORDINATES)
    assert found == {"view.depression": 20, "look.gamma": 1.5, "look.blur": 1.5}
    assert evaluations.asked == 1 + 2 * (7 + 4 + 5)
    assert evaluations.done < evaluations.asked, "places of the first sweep are known"
    assert evaluations.rendered == 200 * evaluations.done


def test_descent_in_noise_never_ends_worse_than_it_began() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        evaluations = Evaluations(lambda point, rng=rng: distance(point) + rng.normal(0, 0.5))
        found = descend(evaluations, COORDINATES)
        assert evaluations(found) <= evaluations(begin(COORDINATES))
        assert evaluations(found) == evaluations.least


def test_evolution_polishes_and_keeps_the_best() -> None:
    pytest.importorskip("cma")
    evaluations = Evaluations(distance, images=10)
    found = evolve(evaluations, COORDINATES, seed=0, generations=25)
    assert distance(found) < 0.1 < distance(begin(COORDINATES))
    assert evaluations.least == distance(found)
    assert evaluations.asked == 1 + 25 * population(3)
    again = evolve(Evaluations(distance), COORDINATES, seed=0, generations=25)
    assert again == found
    # It does not leave the optimum for what is worse.
    assert evolve(Evaluations(distance), COORDINATES, 3, generations=2, start=TRUTH) == TRUTH


def test_evolution_refuses_too_many_coordinates() -> None:
    pytest.importorskip("cma")
    many = {f"look.{n}": Coordinate(low=0, high=1) for n in range(13)}
    with pytest.raises(ConfigError, match="2 to 12 coordinates"):
        evolve(Evaluations(lambda point: 0.0), many, seed=1)


class Stopped(Exception):
    pass


def test_a_stopped_search_continues_with_what_it_paid_for(tmp_path: Path) -> None:
    whole = Evaluations(distance)
    expected = descend(whole, COORDINATES)
    record = tmp_path / "search.jsonl"
    left = 9

    def stopping(point: Point) -> float:
        nonlocal left
        left -= 1
        if left < 0:
            raise Stopped
        return distance(point)

    with pytest.raises(Stopped):
        descend(Evaluations(stopping, 5, record, "this"), COORDINATES)
    watched = []
    second = Evaluations(
        distance, 5, record, "this", watch=lambda account, *_: watched.append(account.done)
    )
    assert descend(second, COORDINATES) == expected
    assert second.done == whole.done - 9 == len(watched)
    assert second.rendered == 5 * whole.done


@pytest.mark.parametrize("tail", [b'{"at": {"look.ga', bytes(40), b'{"at": {}, "value"' + bytes(9)])
def test_a_line_that_was_not_finished_costs_that_line_alone(tmp_path: Path, tail: bytes) -> None:
    record = tmp_path / "search.jsonl"
    Evaluations(distance, 5, record, "this")(TRUTH)
    whole = record.read_bytes()
    record.write_bytes(whole + tail)
    again = Evaluations(distance, 5, record, "this")
    assert (len(again.known), record.read_bytes()) == (1, whole)


@pytest.mark.parametrize("begun", [b"", b'{"prob', bytes(20)])
def test_a_record_that_was_hardly_begun_begins_anew(tmp_path: Path, begun: bytes) -> None:
    record = tmp_path / "search.jsonl"
    record.write_bytes(begun)
    Evaluations(distance, 5, record, "this")(TRUTH)
    assert len(Evaluations(distance, 5, record, "this").known) == 1


def test_the_record_of_another_search_is_refused(tmp_path: Path) -> None:
    record = tmp_path / "search.jsonl"
    Evaluations(distance, 5, record, "this")(TRUTH)
    with pytest.raises(OutputError, match="record of another search"):
        Evaluations(distance, 5, record, "that")
    record.write_text("{}\nnonsense\n", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be read"):
        Evaluations(distance, 5, record, "this")
