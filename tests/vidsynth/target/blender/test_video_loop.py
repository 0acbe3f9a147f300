"""A rendered target is measured, rendered back from what was measured, and measured again."""

from __future__ import annotations

from collections import defaultdict
from importlib.util import find_spec

import numpy as np
import pytest

from tests.vidsynth.needs import needs_anny
from tests.vidsynth.target.video.made_up import spread
from vidsynth.settings import load_config
from vidsynth.target.video.course import apart
from vidsynth.target.video.settings import tracklet_settings
from vidsynth.target.video.tracklet import measure_tracklet
from vidsynth.target.video.truth import rendered_tracklets

pytestmark = pytest.mark.slow

SCENE = (
    "identities=4", "cameras=2", "cameras_per_shot=1", "sites=[plaza]", "distractor_share=0",
    "quality=fast", "boxes.min_frames=20", "weathers=[neutral]", "hours=[noon]",
)  # fmt: skip
TARGET = (
    "seed=5", "frames=30", "fps=10", "motion.stand_share=0", "motion.run_share=0",
    "motion.group_share=0", "motion.speed=1.55", "motion.azimuth=135", "boxes.jitter=0.15",
)  # fmt: skip


@pytest.fixture(scope="module")
def loop(tmp_path_factory):
    """Values of every quantity: of the target, rendered back, and rendered without a target."""
    needs_anny()
    if find_spec("bpy") is None:
        pytest.skip("needs bpy")
    root = tmp_path_factory.mktemp("loop")
    target = render_and_measure(root / "target", list(TARGET))
    distributions = {name: spread(name, of) for name, of in target.items()}
    settings = tracklet_settings(distributions, fps=float(target["fps"][0]), defensive=0)
    again = ["seed=6", *(f"{key}={value}" for key, value in words(settings))]
    return target, render_and_measure(root / "again", again), settings


def words(settings, prefix=""):
    for key, value in settings.items():
        if prefix == "" and isinstance(value, dict):
            yield from words(value, f"{key}.")
        else:
            yield prefix + key, value


def render_and_measure(root, settings):
    from vidsynth.run.job import render

    render(load_config(None, [*SCENE, *settings]), root, 1, progress=False)
    found = defaultdict(list)
    for tracklet, _ in rendered_tracklets(root):
        for name, value in measure_tracklet(tracklet).items():
            found[name].append(value)
    return {name: np.array(values) for name, values in found.items()}


def test_people_walk_as_in_the_target(loop):
    target, again, settings = loop
    assert settings["motion"]["stand_share"] == settings["motion"]["run_share"] == 0
    assert np.median(target["speed"]) == pytest.approx(1.55, abs=0.25)
    asked = settings["motion"]["speed"]["histogram"]
    edges, counts = np.array(asked["edges"]), np.array(asked["counts"])
    mean = (edges[1:] + edges[:-1]) @ counts / 2 / counts.sum()
    assert mean == pytest.approx(np.median(target["speed"]), abs=0.25)
    # Four people are few for a median: each of them walks as somebody was asked to.
    wanted = counts > 0
    assert again["speed"].min() > edges[:-1][wanted].min() - 0.3
    assert again["speed"].max() < edges[1:][wanted].max() + 0.3


def test_cameras_see_them_from_where_the_targets_did(loop):
    target, again, _ = loop
    assert np.median(apart(target["heading"], 135)) < 25
    assert np.median(apart(again["heading"], 135)) < 35
    assert (again["approach_rate"] < 0).mean() > 0.8
    assert (again["across_rate"] < 0).mean() > 0.8


def test_boxes_jump_about_them_as_in_the_target(loop):
    target, again, settings = loop
    assert settings["boxes"]["jitter"] == pytest.approx(0.15, abs=0.05)
    found = np.median(again["box_jitter"])
    assert found == pytest.approx(np.median(target["box_jitter"]), abs=0.05)


def test_tracklets_are_as_long_and_as_fast(loop):
    target, again, settings = loop
    assert again["fps"][0] == target["fps"][0] == 10
    assert "camera" not in settings, "stills have no groups of pictures"
    assert np.median(again["log_frames"]) == pytest.approx(np.median(target["log_frames"]), abs=0.3)
