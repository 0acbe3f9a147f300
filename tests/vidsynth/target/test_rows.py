from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from tests.vidsynth.target.made_up_target import a_target, around
from vidsynth.settings import load_image_config
from vidsynth.target.pool import recipe
from vidsynth.target.rows import RENDERED, camera_rows, image_rows, in_frame


def a_street() -> dict:
    return {
        "depression": around("depression", 5, 3),
        "log_height": around("log_height", 5.0, 0.2),
        "gamma": around("gamma", 1.3, 0.1),
        "exposure": around("exposure", 0.5, 0.3, verdict="refuse"),
        "luma_q50": around("luma_q50", 0.4, 0.1, how="computed"),
    }


def test_rows_are_distributed_as_the_target() -> None:
    rows = image_rows(a_target(a_street()), defensive=0)
    assert rows is not None
    assert rows.columns == ("view.depression", "view.height", "look.gamma")
    assert rows.values.shape == (2000, 3)
    depression, height, gamma = rows.values.T
    # Evenly filled bins of 5 degrees are a little wider than what was measured.
    assert np.median(depression) == pytest.approx(5, abs=0.5)
    assert np.median(np.log(height)) == pytest.approx(5.0, abs=0.03)
    assert gamma.mean() == pytest.approx(1.3, abs=0.02)


def test_each_camera_has_its_own_rows() -> None:
    steep = a_street() | {
        "depression": around("depression", 45, 3),
        "gamma": around("gamma", 0.8, 0.05),
    }
    rows = image_rows(a_target(a_street(), steep, tracklets=(300, 100)), defensive=0)
    assert rows is not None
    depression, _, gamma = rows.values.T
    high = depression > 25
    assert high.mean() == pytest.approx(0.25, abs=0.01)
    assert gamma[high].mean() == pytest.approx(0.8, abs=0.03)
    assert gamma[~high].mean() == pytest.approx(1.3, abs=0.03)


def test_what_goes_together_does_so_in_rows() -> None:
    target = a_target(a_street(), together=("depression", "gamma", 0.5))
    rows = image_rows(target, defensive=0)
    assert rows is not None
    rho = stats.spearmanr(rows.values[:, 0], rows.values[:, 2]).statistic
    assert rho == pytest.approx(0.5 / 0.7, abs=0.06), "noise of estimates is taken out"
    apart = image_rows(a_target(a_street()), defensive=0)
    assert apart is not None
    assert abs(stats.spearmanr(apart.values[:, 0], apart.values[:, 2]).statistic) < 0.1


def test_a_share_of_rows_is_as_without_a_target() -> None:
    rows = image_rows(a_target(a_street()))
    assert rows is not None
    # By default images are seen from 10 to 45 degrees above.
    assert np.mean(rows.values[:, 0] > 18) == pytest.approx(0.2 * 27 / 35, abs=0.03)


def test_cameras_stand_where_their_depression_wants_them() -> None:
    rows = camera_rows(a_target(a_street()), defensive=0)
    assert rows is not None
    assert rows.columns[-1] == "camera.distance"
    depression, distance = rows.values[:, 0], rows.values[:, -1]
    height = 0.9 + distance * np.tan(np.radians(depression))
    assert depression.min() >= 0.5
    assert (distance.min() >= 2) & (distance.max() <= 14)
    assert (height.min() > 0.9) & (height.max() < 7)


def test_large_people_get_a_large_frame() -> None:
    near = a_street() | {"log_height": around("log_height", 5.9, 0.3)}
    rows = camera_rows(a_target(near))
    assert rows is not None
    fitting, frame = in_frame(rows)
    assert frame == {"width": 1920, "height": 1080}
    assert fitting.values[:, 1].max() == pytest.approx(0.45 * 1080)
    usual = camera_rows(a_target(a_street()))
    assert usual is not None
    assert in_frame(usual)[1] is None


def test_where_nothing_is_known_there_are_no_rows() -> None:
    unknown = {"luma_q50": around("luma_q50", 0.4, 0.1, how="computed")}
    assert image_rows(a_target(unknown)) is None
    assert camera_rows(a_target(unknown)) is None


def test_a_camera_of_few_tracklets_has_what_all_have() -> None:
    small = {"luma_q50": around("luma_q50", 0.4, 0.1, how="computed")}
    target = a_target(a_street())
    lone = target.cameras[0].model_copy(update={"name": "2", "quantities": small})
    rows = image_rows(target.model_copy(update={"cameras": (*target.cameras, lone)}), defensive=0)
    assert rows is not None
    assert np.median(rows.values[:, 0]) == pytest.approx(5, abs=0.5)


def test_nothing_is_rendered_that_the_pool_does_not_show() -> None:
    lowest, highest = load_image_config(recipe()).view.depression.support
    assert RENDERED["depression"] == (lowest, highest)
