"""What searches evaluate: rendered sets and developed pools, without Blender."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import yaml

from tests.vidsynth.inline_executor import InlineExecutor
from tests.vidsynth.shared_sets import PAINTED
from vidsynth.errors import ConfigError, TargetError
from vidsynth.settings import load_image_config
from vidsynth.target.crops import Crop, TargetTracklet
from vidsynth.target.distances import moments
from vidsynth.target.looks import Look
from vidsynth.target.search.coordinates import Coordinate, begin
from vidsynth.target.search.descent import descend
from vidsynth.target.search.developing import DevelopedDistance
from vidsynth.target.search.evaluations import Evaluations
from vidsynth.target.search.recipe import LIKELY, read_recipe
from vidsynth.target.search.rendering import RenderedDistance, configured, planned_images
from vidsynth.target.search.searching import problem, starting, write_found
from vidsynth.target.search.target_moments import of_statistics, of_tracklets

WORDS = ["identities=4", "test_share=0", "cameras_per_identity=2", "images_per_camera=2", "seed=3"]
GAMMA = {"look.gamma": Coordinate(low=0.6, high=2.0, start=2.0, spread=0.05, values=3)}


def brightness(crops: Iterator[np.ndarray]) -> np.ndarray:
    """Two features (N, 2): mean and spread of a crop's values."""
    return np.array([[crop.mean() / 255, crop.std() / 255] for crop in crops])


def rendered(folder: Path, **changed: Any) -> RenderedDistance:
    nothing = moments(np.random.default_rng(0).normal(size=(9, 2)))
    return replace(
        RenderedDistance(
            None, WORDS, GAMMA, nothing, brightness, folder, 1, PAINTED, InlineExecutor
        ),
        **changed,
    )


def test_a_search_renders_its_way_to_the_targets_gamma(tmp_path: Path) -> None:
    target = moments(rendered(tmp_path / "images").rendered({"look.gamma": 1.2}))
    objective = rendered(tmp_path / "images", target=target)
    evaluate = Evaluations(objective, planned_images(objective.config({"look.gamma": 1.3})))
    found = descend(evaluate, GAMMA)
    assert found == {"look.gamma": pytest.approx(1.3)}
    assert evaluate.rendered == 16 * 3, "the start is one of the grid's three"
    assert not (tmp_path / "images").exists(), "nothing is left of candidates"


def test_candidates_draw_the_same_random_numbers(tmp_path: Path) -> None:
    objective = rendered(tmp_path / "images")
    first, again = (objective.rendered({"look.gamma": 1.0}) for _ in range(2))
    assert (first == again).all()
    darker = objective.rendered({"look.gamma": 1.6})
    assert (darker[:, 0] <= first[:, 0]).all(), "each image by itself"


def test_what_is_found_is_a_config_over_its_base(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text("identities: 7\nlook: {gamma: [0.8, 1.0], noise: 3}\n")
    path = tmp_path / "found.yaml"
    write_found(path, Path("base.yaml"), GAMMA, {"look.gamma": 1.25}, "from 9 to 3")
    assert path.read_text().startswith("# from 9 to 3\n")
    found = load_image_config(path)
    assert found.identities == 7
    assert found.look.gamma.normal == (1.25, 0.05)
    assert found.look.noise.constant == 3
    begun = starting(GAMMA, load_image_config(base))
    assert begun["look.gamma"].begin == pytest.approx(0.9)
    assert begun["look.gamma"].grid.tolist() == GAMMA["look.gamma"].grid.tolist()


def test_another_target_is_another_problem() -> None:
    config, rng = load_image_config(None, WORDS), np.random.default_rng(0)
    one, other = (moments(rng.normal(size=(20, 3))) for _ in range(2))
    words = {
        problem(config, GAMMA, one, "descent 0"),
        problem(config, GAMMA, other, "descent 0"),
        problem(config, GAMMA, replace(one, cov=2 * one.cov), "descent 0"),
        problem(load_image_config(None, [*WORDS, "seed=9"]), GAMMA, one, "descent 0"),
        problem(config, LIKELY, one, "descent 0"),
    }
    assert len(words) == 5


def test_the_recipe_is_the_default() -> None:
    assert read_recipe(Path("configs/target/coordinates.yaml")) == LIKELY == read_recipe(None)
    for key, coordinate in LIKELY.items():
        for mean in (coordinate.low, coordinate.begin, coordinate.high):
            value = yaml.safe_dump(coordinate.setting(mean), default_flow_style=True)
            load_image_config(None, [f"{key}={value.splitlines()[0]}"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coordinates: {view.tilt: {low: 0, high: 1}}", "found view.tilt"),
        ("coordinates: {look.gamma: {low: 2, high: 1}}", "expected low < high"),
        ("coordinates: {look.gamma: {low: 1}}", "look.gamma.high"),
        ("coordinates: {look.gamma: {low: -1, high: 2}}", "means of look.gamma.* found -1"),
        (
            "coordinates: {look.noise: {low: 0, high: 39, spread: 1, within: [0, 9]}}",
            "means of look.noise.* found 39: less than 1 %",
        ),
        ("coordinates: {look.blur: {low: 0, high: 40, spread: 1}}", "found 40"),
        ("coordinates: {}", "coordinates"),
        ("- 3", "as in configs/target/coordinates.yaml"),
        ("a: [", "Expected coordinates in"),
    ],
)
def test_bad_coordinates_are_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "coordinates.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said):
        read_recipe(path)


class Estimators(SimpleNamespace):
    """Features of brightness, and the mark of a statistics file that they fit."""

    features_mark = "brightness/1"

    def features(self, crops: list[Crop]) -> np.ndarray:
        return brightness(crop.pixels for crop in crops)


def tracklet(camera: str, level: int) -> TargetTracklet:
    rng = np.random.default_rng(level)
    crops = [Crop.of(rng.integers(0, level, (20, 10, 3)).astype("uint8")) for _ in range(2)]
    return TargetTracklet(camera, crops, 2)


def test_moments_are_of_one_camera_where_it_is_asked_for() -> None:
    tracklets = [tracklet("door", level) for level in (200, 210, 220, 230)]
    tracklets += [tracklet("yard", level) for level in (60, 70)]
    known: Any = Estimators()
    door, both = (of_tracklets(tracklets, known, c) for c in ("door", None))
    assert door.moments.mean[0] > 1.2 * both.moments.mean[0]
    assert door.floor is not None
    assert of_tracklets(tracklets, known, "yard").floor is None, "two cannot be halved twice"
    with pytest.raises(TargetError, match="cameras are door, yard"):
        of_tracklets(tracklets, known, "gate")


def test_statistics_of_other_features_are_refused() -> None:
    known: Any = Estimators()
    pooled = SimpleNamespace(moments=None)
    statistics: Any = SimpleNamespace(pooled=pooled, features="brightness/1")
    with pytest.raises(TargetError, match="without estimators"):
        of_statistics(statistics, known)
    pooled.moments = object()
    statistics.features = "brightness/2"
    with pytest.raises(TargetError, match="found features brightness/2"):
        of_statistics(statistics, known)


@dataclass(frozen=True)
class Cards:
    """A pool of grey cards, which come out as dark as their gamma says."""

    looks: tuple[Look, ...] = (Look(None),) * 40

    def pixels(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        for row in rows:
            look = self.looks[row].photometry
            assert look is not None
            level = 255 * 0.5**look.gamma * 2.0**look.exposure_ev
            yield np.full((8, 4, 3), level + np.random.default_rng(row).normal(0, 9, (8, 4, 1)))


def test_a_pools_light_is_developed_until_it_is_like_the_target() -> None:
    pool: Any = Cards()
    rows, nothing = np.arange(40), moments(np.random.default_rng(0).normal(size=(9, 2)))
    still = ["look.exposure_ev=0"]
    of = DevelopedDistance(pool, rows, None, still, GAMMA, nothing, brightness)
    target = moments(of.developed({"look.gamma": 1.25}))
    found = descend(Evaluations(replace(of, target=target)), GAMMA)
    assert found == {"look.gamma": pytest.approx(1.3)}
    brighter = replace(of, words=["look.exposure_ev=0.5"])
    point = {"look.gamma": 1.3}
    ratio = brighter.developed(point)[:, 0] / of.developed(point)[:, 0]
    np.testing.assert_allclose(ratio, 2**0.5, atol=0.02, err_msg="same draws but for exposure")


TABLE = """
tables: {target: {per: image, columns: [look.gamma, view.depression], rows: [[1.1, 5], [1.9, 9]]}}
"""


def test_what_a_table_of_the_config_says_is_developed(tmp_path: Path) -> None:
    """Fitted configs have tables; what is in none is drawn as without."""
    base, pool = tmp_path / "fitted.yaml", cast("Any", Cards())
    base.write_text(TABLE)
    rows, nothing = np.arange(40), moments(np.random.default_rng(0).normal(size=(9, 2)))
    exposure = {"look.exposure_ev": Coordinate(low=-1, high=1)}
    of = DevelopedDistance(pool, rows, base, [], exposure, nothing, brightness)
    means = of.developed({"look.exposure_ev": 0.0})[:, 0]
    light = np.abs(means - 0.5**1.1) < 0.03
    assert 8 < light.sum() < 32
    np.testing.assert_allclose(means[~light], 0.5**1.9, atol=0.03)
    darker = of.developed({"look.exposure_ev": -1.0})[:, 0]
    np.testing.assert_allclose(darker / means, 0.5, atol=0.03, err_msg="the same rows")


def test_settings_of_a_table_are_not_moved(tmp_path: Path) -> None:
    base = tmp_path / "fitted.yaml"
    base.write_text(TABLE)
    config = load_image_config(base)
    moved = starting(LIKELY, config)
    assert LIKELY.keys() - moved.keys() == {"look.gamma", "view.depression"}
    configured(base, [], moved, begin(moved))
    write_found(tmp_path / "found.yaml", Path("fitted.yaml"), moved, begin(moved), "found")
    assert load_image_config(tmp_path / "found.yaml").tables.keys() == {"target"}
    with pytest.raises(ConfigError, match=r"found look\.gamma, all in tables"):
        starting(GAMMA, config)


def test_only_looks_can_be_developed() -> None:
    pool: Any = Cards()
    nothing = moments(np.random.default_rng(0).normal(size=(9, 2)))
    depression = {"view.depression": Coordinate(low=0, high=60)}
    with pytest.raises(ConfigError, match=r"found view\.depression"):
        DevelopedDistance(pool, np.arange(6), None, [], depression, nothing, brightness)
