"""What numbers are drawn from: every form, its shares, and what cannot be drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from vidsynth.config.images import ImageConfig
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.errors import ConfigError
from vidsynth.settings import describe_settings, fingerprint, load_config, load_image_config


def draws(value: Any, count: int = 3000, whole: bool = False) -> np.ndarray:
    rng = np.random.default_rng(0)
    return np.array([of(value).draw(rng, whole) for _ in range(count)])


def fits(counts: Any, shares: Any) -> bool:
    """Whether counts may come from those shares (chi-square, 0.1 %)."""
    wanted = np.array(shares, float) / np.sum(shares) * np.sum(counts)
    return bool(stats.chisquare(counts, wanted).pvalue > 1e-3)


def test_a_number_is_a_constant() -> None:
    assert set(draws(2.5, 20)) == {2.5}


@pytest.mark.parametrize("written", [{"uniform": [2, 6]}, [2, 6]])
def test_a_range_is_filled_evenly(written: Any) -> None:
    values = draws(written)
    assert stats.kstest(values, stats.uniform(2, 4).cdf).pvalue > 1e-3
    assert of(written) == of([2, 6])


def test_of_whole_numbers_each_is_as_likely() -> None:
    values = draws([3, 7], whole=True)
    assert set(values) == {3, 4, 5, 6, 7}
    assert fits(np.unique(values, return_counts=True)[1], [1] * 5)
    assert set(draws({"normal": [4, 2], "within": [3, 7]}, whole=True)) == {3, 4, 5, 6, 7}


@pytest.mark.parametrize(("low", "high"), [(9, 13), (12, 14), (4, 8), (10, 100)])
def test_normal_is_drawn_again_outside_its_bounds(low: float, high: float) -> None:
    values = draws({"normal": [10, 2], "within": [low, high]})
    assert low <= values.min() < values.max() <= high
    assert not {low, high} & set(values), "nothing piles up at the ends"
    truncated = stats.truncnorm((low - 10) / 2, (high - 10) / 2, 10, 2)
    assert stats.kstest(values, truncated.cdf).pvalue > 1e-3


def test_normal_without_spread_is_its_mean() -> None:
    assert set(draws({"normal": [10, 0], "within": [9, 13]}, 20)) == {10}


def test_a_histogram_is_drawn_by_its_counts() -> None:
    edges = [0, 1, 10, 11]
    values = draws({"histogram": {"edges": edges, "counts": [3, 1, 0]}})
    assert fits(np.histogram(values, edges[:3])[0], [3, 1])
    assert stats.kstest(values[values >= 1], stats.uniform(1, 9).cdf).pvalue > 1e-3
    assert values.max() < 10


def test_a_choice_follows_its_weights() -> None:
    values = draws({"choice": [0, 90, 180], "weights": [1, 0, 3]})
    assert set(values) == {0, 180}
    assert fits(np.unique(values, return_counts=True)[1], [1, 3])


def test_another_value_changes_only_who_gets_it() -> None:
    before = draws({"choice": [0, 90], "weights": [1, 1]})
    for written in (
        {"choice": [0, 90, 180], "weights": [1, 1, 0.5]},
        {"choice": [180, 90, 0], "weights": [0.5, 1, 1]},
    ):
        after = draws(written)
        changed = after != before
        assert set(after[changed]) == {180}
        assert changed.mean() == pytest.approx(0.2, abs=0.02)


def test_every_form_takes_one_random_number() -> None:
    for written in (1, [0, 1], {"normal": [0, 1]}, {"choice": [1, 2, 3]},
                    {"histogram": {"edges": [0, 1, 2], "counts": [1, 1]}}):  # fmt: skip
        rng, other = np.random.default_rng(1), np.random.default_rng(1)
        of(written).draw(rng)
        other.random()
        assert rng.random() == other.random()


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("[0,90,180]", r"found a list of 3: one of several values is \{choice"),
        ("[]", "a list of 0"),
        ("left", r"expected a number, \[from, to\], \{uniform"),
        ("true", "expected a number"),
        ("[true,90]", "expected a number"),
        ("{}", "found none of them"),
        ("{uniform: [0, 400]}", "expected values from 0 to 360, found 0 to 400"),
        ("[90,0]", "with from <= to"),
        ("{uniform: [0, 90], normal: [1, 1]}", "found uniform and normal"),
        ("{within: [0, 1]}", "found none of them"),
        ("{uniform: [0, 1], within: [0, 1]}", "within goes with normal"),
        ("{normal: [10, -1]}", "sd 0 or more"),
        ("{normal: [999, 1]}", r"less than 1 % of normal: \[999, 1\] lies within 0 to 360"),
        ("{normal: [10, 2], within: [90, 100]}", "widen what it may be within"),
        ("{normal: [10, 0], within: [90, 100]}", "less than 1 %"),
        ("{normal: [10, 1e308]}", "less than 1 %"),
        ("{choice: []}", "at least 1"),
        ("{choice: [1, 1]}", "each value of choice once"),
        ("{choice: [1, 2], weights: [1]}", "a weight for each choice"),
        ("{choice: [1, 2], weights: [0, 0]}", "not all 0"),
        ("{choice: [1, 2], weights: [1, -1]}", "0 or more"),
        ("{choice: [1, 2], weights: [1, .nan]}", "finite"),
        ("{choice: [1, 2], weights: [1, 1e999]}", "finite"),
        ("{histogram: {edges: [0, 1], counts: [1, 2]}}", "one edge more"),
        ("{histogram: {edges: [1, 0], counts: [1]}}", "edges that grow"),
        ("{uniform: [0, 90], per: week}", "per"),
        ("{table: nothing}", "no such table"),
        (".inf", "finite"),
        (".nan", "finite"),
        ("1" + "0" * 400, "finite|number"),
    ],
)
def test_what_cannot_be_drawn_is_refused(value: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as error:
        load_image_config(None, [f"view.azimuth={value}"])
    assert "view.azimuth" in str(error.value)
    assert len(str(error.value)) < 600


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("view.azimut=3", "did you mean view.azimuth"),
        ("look.jpeg_quality=[60.5,90]", "expected whole numbers"),
        ("cameras_per_identity=11", "but cameras only 10: raise cameras"),
        ("occluders.kinds=[picture]", "occluders.directory is not set"),
        ("people.lookalike_share=0.001", "that is not one group"),
    ],
)
def test_what_images_cannot_be_is_refused(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_image_config(None, [word])


def test_what_belongs_to_a_camera_is_not_drawn_for_an_image() -> None:
    said = "camera.gamma: expected per: camera, found per: image"
    with pytest.raises(ConfigError, match=said):
        load_config(None, ["camera.gamma={uniform: [1, 2], per: image}"])
    assert load_config(None, ["camera.gamma={uniform: [1, 2], per: camera}"])
    assert load_config(None, ["bodies.ages={uniform: [20, 30], per: identity}"])
    with pytest.raises(ConfigError, match=r"clock\.spacing: expected no per, found per: identity"):
        load_config(None, ["clock.spacing={uniform: [90, 200], per: identity}"])


def test_a_config_reads_the_same_after_a_trip_through_json() -> None:
    words = [
        "look.gamma={normal: [1, 0.2]}", "view.height={choice: [64, 128], per: identity}",
        "hours={choice: [noon, dusk], weights: [2, 1]}", "clothes.upper=[coat, jacket]",
        "tables={a: {columns: [look.noise, look.blur], rows: [[1, 2], [3, 4]]}}",
    ]  # fmt: skip
    config = load_image_config(None, words)
    again = ImageConfig.model_validate(config.model_dump(mode="json"))
    assert fingerprint(again) == fingerprint(config)
    assert again == config


def test_words_change_a_distribution_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "images.yaml"
    file.write_text("view: {azimuth: {uniform: [0, 90]}, depression: 20}\n")
    config = load_image_config(file, ["view.azimuth.uniform=[0,45]", "view.distance=5"])
    assert config.view.azimuth == Distribution(uniform=(0, 45))
    assert config.view.depression.constant == 20


def test_every_setting_of_images_is_described() -> None:
    lines = list(describe_settings("render-images"))
    assert any(line.startswith("view.azimuth=[0.0,360.0]  degrees") for line in lines)
    for line in lines:
        assert line.partition("  ")[2], line
