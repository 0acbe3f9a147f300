import numpy as np
import pytest

from vidsynth.config.distributions import Distribution, of
from vidsynth.config.images import ImageConfig
from vidsynth.errors import ConfigError
from vidsynth.settings import describe_settings, fingerprint, load_image_config


def draws(value, count=1500):
    rng = np.random.default_rng(0)
    return np.array([of(value).draw(rng) for _ in range(count)])


def test_a_number_is_a_constant():
    assert set(draws(2.5, 20)) == {2.5}


def test_uniform_fills_its_span_evenly():
    values = draws({"uniform": [2, 6]})
    assert values.min() >= 2
    assert values.max() <= 6
    assert np.histogram(values, 4, (2, 6))[0] / len(values) == pytest.approx(0.25, abs=0.04)


def test_normal_is_cut_off_at_clip():
    values = draws({"normal": [10, 2], "clip": [9, 13]})
    assert (values.min(), values.max()) == (9, 13)
    assert draws({"normal": [10, 2]}).std() == pytest.approx(2, abs=0.1)


def test_a_histogram_is_drawn_by_its_counts():
    values = draws({"histogram": {"edges": [0, 1, 10], "counts": [3, 1]}})
    assert (values < 1).mean() == pytest.approx(0.75, abs=0.04)
    assert values[values >= 1].mean() == pytest.approx(5.5, abs=0.3)


def test_a_choice_follows_its_weights():
    values = draws({"choice": [0, 90, 180], "weights": [1, 0, 3]})
    assert set(values) == {0, 180}
    assert (values == 180).mean() == pytest.approx(0.75, abs=0.04)


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("view.azimuth=[0,90]", r"view.azimuth: expected a number, \{uniform"),
        ("view.azimuth=left", "expected a number"),
        ("view.azimuth=true", "expected a number"),
        ("view.azimuth={uniform: [0, 400]}", "expected values from 0 to 360, found 0 to 400"),
        ("view.azimuth={uniform: [90, 0]}", "with from <= to"),
        ("view.azimuth={uniform: [0, 90], normal: [1, 1]}", "found uniform and normal"),
        ("view.azimuth={clip: [0, 1]}", "found none of them"),
        ("view.azimuth={uniform: [0, 1], clip: [0, 1]}", "clip goes with normal"),
        ("view.azimuth={normal: [10, -1]}", "sd 0 or more"),
        ("view.azimuth={normal: [999, 1]}", "a mean from 0 to 360"),
        ("view.azimuth={choice: []}", "at least 1"),
        ("view.azimuth={choice: [1, 2], weights: [1]}", "a weight for each choice"),
        ("view.azimuth={choice: [1, 2], weights: [0, 0]}", "not all 0"),
        ("view.azimuth={histogram: {edges: [0, 1], counts: [1, 2]}}", "one edge more"),
        ("view.azimuth={histogram: {edges: [1, 0], counts: [1]}}", "edges that grow"),
        ("view.azimuth={uniform: [0, 90], per: week}", "per"),
        ("view.azimut=3", "did you mean view.azimuth"),
        ("view.azimuth=.inf", "finite"),
        ("cameras_per_identity=11", "but cameras only 10: raise cameras"),
        ("occluders.kinds=[picture]", "occluders.directory is not set"),
        ("people.lookalike_share=0.001", "that is not one group"),
        ("sites=[atlantis]", "expected sites among"),
    ],
)
def test_what_cannot_be_drawn_is_refused(word, said):
    with pytest.raises(ConfigError, match=said):
        load_image_config(None, [word])


def test_a_config_reads_the_same_after_a_trip_through_json():
    words = ["look.gamma={normal: [1, 0.2]}", "view.height={choice: [64, 128], per: identity}"]
    config = load_image_config(None, words)
    again = ImageConfig.model_validate(config.model_dump(mode="json"))
    assert fingerprint(again) == fingerprint(config)
    assert again == config


def test_words_change_a_distribution_of_the_file(tmp_path):
    file = tmp_path / "images.yaml"
    file.write_text("view: {azimuth: {uniform: [0, 90]}, depression: 20}\n")
    config = load_image_config(file, ["view.azimuth.uniform=[0,45]", "view.distance=5"])
    assert config.view.azimuth == Distribution(uniform=(0, 45))
    assert config.view.depression.constant == 20


def test_every_setting_of_images_is_described():
    lines = list(describe_settings("render-images"))
    assert any(line.startswith("view.azimuth={uniform: [0.0,360.0]}  degrees") for line in lines)
    for line in lines:
        assert line.partition("  ")[2], line
