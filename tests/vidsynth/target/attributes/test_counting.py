"""Soft counts of attributes in a statistics file: their truth, floors, noise and refusals."""

from __future__ import annotations

import json
from pathlib import Path
from random import SystemRandom

import numpy as np
import pytest

from tests.vidsynth.target.measured_numbers import measured
from vidsynth.errors import TargetError
from vidsynth.target import statistics as files
from vidsynth.target.attributes.counting import over_cameras, shares_of
from vidsynth.target.attributes.words import VALUES
from vidsynth.target.page import page
from vidsynth.target.privacy import private_masses
from vidsynth.target.statistics import TargetStatistics
from vidsynth.target.summary import Rules, summarise


def certain(name: str, values: list[str], sure: float = 1.0) -> np.ndarray:
    """Probabilities (T, V): ``sure`` of each tracklet's value, the rest evenly of all others."""
    numbers = np.array([VALUES[name].index(value) for value in values])
    count = len(VALUES[name])
    return np.where(np.eye(count)[numbers] > 0, sure, (1 - sure) / (count - 1))


def told(
    tracklets: int = 240, cameras: int = 2, sure: float = 1.0, rules: Rules | None = None
) -> TargetStatistics:
    """Every fourth tracklet in red, the others in blue, under cameras in turn; nobody in a hat."""
    numbers = measured(tracklets, cameras=cameras)
    colours = ["red" if k // cameras % 4 == 0 else "blue" for k in range(tracklets)]
    numbers.attributes = {
        "upper_colour": certain("upper_colour", colours, sure),
        "hat": certain("hat", ["no"] * tracklets, sure),
    }
    return summarise(numbers, "mars", rules=rules)


def test_shares_are_the_means_of_probabilities() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(4, 0.5), 400)
    found = shares_of(probabilities)
    assert found.shares() == pytest.approx(probabilities.mean(0), abs=1e-4)
    assert found.confidence == pytest.approx(probabilities.max(1).mean(), abs=0.0025)
    assert found.tracklets == 400


def test_of_known_tracklets_the_file_has_the_right_counts() -> None:
    found = told()
    assert list(found.attributes) == [camera.name for camera in found.cameras] == ["1", "2"]
    for of in found.attributes.values():
        shares = dict(zip(VALUES["upper_colour"], of["upper_colour"].shares(), strict=True))
        assert shares.pop("red") == pytest.approx(0.25, abs=1e-3)
        assert shares.pop("blue") == pytest.approx(0.75, abs=1e-3)
        assert sum(shares.values()) == pytest.approx(0, abs=1e-9)
        assert of["upper_colour"].confidence == 1
    known = over_cameras(found.attributes)
    assert known["hat"].shares.tolist() == [1, 0]
    assert over_cameras(told(sure=0.8).attributes)["hat"].confidence == pytest.approx(
        0.8, abs=0.003
    )
    assert over_cameras(told(sure=0.8).attributes)["hat"].shares[0] == pytest.approx(0.8, abs=1e-3)


def test_cameras_count_by_their_tracklets() -> None:
    numbers = measured(200, cameras=1)
    numbers.cameras = ["large"] * 150 + ["small"] * 50
    numbers.attributes = {"hat": certain("hat", ["yes"] * 150 + ["no"] * 50)}
    found = summarise(numbers, "mars")
    assert over_cameras(found.attributes)["hat"].shares == pytest.approx([0.25, 0.75], abs=1e-3)


def test_no_value_tells_of_fewer_than_five_tracklets() -> None:
    values = ["red"] * 3 + ["pink"] * 4 + ["blue"] * 93
    found = shares_of(certain("upper_colour", values))
    assert min(found.counts) == found.floor
    few = {found.counts[VALUES["upper_colour"].index(name)] for name in ("red", "pink", "white")}
    assert few == {found.floor}, "three, four and none look alike"
    assert found.rest == 0.05, "seven, to the nearest five"
    shares = dict(zip(VALUES["upper_colour"], found.shares(), strict=True))
    assert shares["red"] == pytest.approx(shares["white"]), "colours have no order"
    assert shares["red"] == pytest.approx(0.005)


def test_no_share_moves_far_when_a_tracklet_is_taken_out() -> None:
    rng = np.random.default_rng(1)
    probabilities = rng.dirichlet(np.full(11, 0.2), 100)
    whole = shares_of(probabilities)
    for one in range(100):
        less = shares_of(np.delete(probabilities, one, 0))
        assert np.abs(np.subtract(less.counts, whole.counts)).max() <= 1 / 100 + 1.001e-4
        assert abs(less.confidence - whole.confidence) <= 1 / 100 + 0.005


def test_cameras_of_few_tracklets_have_no_shares_of_their_own() -> None:
    numbers = measured(90, cameras=1)
    numbers.cameras = ["a"] * 60 + ["b"] * 15 + ["c"] * 15
    numbers.attributes = {"hat": certain("hat", ["no"] * 60 + ["yes"] * 30)}
    found = summarise(numbers, "mars")
    assert list(found.attributes) == ["1", "others"]
    assert found.attributes["others"]["hat"].tracklets == 30
    with pytest.raises(TargetError, match="at least 30 tracklets"):
        told(tracklets=20)


def test_noise_is_put_on_and_counted() -> None:
    with_, without = (
        told(rules=Rules(epsilon=0.5)),
        summarise(measured(240, cameras=2), "mars", rules=Rules(epsilon=0.5)),
    )
    assert with_.privacy.noise is not None
    assert without.privacy.noise is not None
    more = with_.privacy.noise.total_epsilon - without.privacy.noise.total_epsilon
    assert more == pytest.approx(2 * 2 * 0.5), "two histograms of each of two attributes"
    again = told(rules=Rules(epsilon=0.5))
    assert with_.attributes != again.attributes
    random = SystemRandom()
    unsure = certain("hat", ["no"] * 200, 0.7)
    found = {
        shares_of(unsure, lambda masses: private_masses(masses, 0.5, random)).confidence
        for _ in range(12)
    }
    assert len(found) > 1, "how sure a model is has noise, too"


def test_no_row_of_a_tracklet_is_in_the_file() -> None:
    content = json.loads(files.encoded(told(tracklets=70, cameras=1)))
    lengths = {
        len(of["counts"]) for camera in content["attributes"].values() for of in camera.values()
    }
    assert lengths == {11, 2}
    assert len(files.encoded(told(tracklets=62 * 31, cameras=62))) <= files.LARGEST


def test_a_file_is_read_as_it_was_written_and_others_are_refused(tmp_path: Path) -> None:
    path, found = tmp_path / "target.json", told()
    files.write(path, found)
    assert files.read(path).attributes == found.attributes
    for change, said in (
        ({"shoe_size": {}}, "shoe_size"),
        ({"hat": {"counts": [0.2, 0.3, 0.5], "tracklets": 50, "confidence": 1}}, "other values"),
        ({"hat": {"counts": [0.2, 0.3], "tracklets": 50, "confidence": 1}}, "sum to 1"),
        ({"hat": {"counts": [0.5, 0.5], "tracklets": 50, "confidence": 1.2}}, "confidence"),
    ):
        content = json.loads(files.encoded(found))
        content["attributes"]["1"] = change
        path.write_text(json.dumps(content))
        with pytest.raises(TargetError, match=said):
            files.read(path)


def test_the_page_shows_every_share_and_what_is_few() -> None:
    html = page(told())
    assert html.count("<h3>upper_colour</h3>") == html.count("<h3>hat</h3>") == 1
    assert html.count('class="few-cell"') == 2 * (9 + 1)
    assert "camera 2" in html[html.index("<h3>hat</h3>") :]
    assert "What people look like" not in page(summarise(measured(60), "mars"))
