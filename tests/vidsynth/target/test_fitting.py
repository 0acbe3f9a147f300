from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.vidsynth.target.made_up_target import a_pool, a_target, around, embedded
from vidsynth.errors import TargetError
from vidsynth.planning.images import ImagePlan
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config, load_image_config
from vidsynth.target.fitted_file import write_fitted
from vidsynth.target.fitting import fit
from vidsynth.target.statistics import Clothes


def known() -> dict:
    return {
        "depression": around("depression", 5, 4),
        "log_height": around("log_height", 5.0, 0.25),
        "gamma": around("gamma", 1.2, 0.1),
        "jpeg_quality": around("jpeg_quality", 60, 5),
    }


def dusk_in_the_plaza(count: int = 300) -> np.ndarray:
    """Features of a target that is seen in the evening, out of doors and underexposed."""
    rng = np.random.default_rng(9)
    return np.stack(
        [0 * rng.random(count), 0 * rng.random(count), 3 + 0 * rng.random(count),
         rng.normal(-2, 0.5, count), rng.normal(size=count)],
        axis=1,
    )  # fmt: skip


def test_both_commands_read_what_is_fitted(tmp_path: Path) -> None:
    pool = a_pool()
    clothes = Clothes(upper={"black": 0.5, "blue": 0.5}, lower={"blue": 1.0})
    target = a_target(known(), embedding=embedded(dusk_in_the_plaza()), clothes=clothes)
    fitted = fit(target, pool, pool.features)
    file = tmp_path / "fitted.yaml"
    write_fitted(file, fitted.settings, "a word")

    images = load_image_config(file, ["identities=4", "cameras=5"])
    rows = images.tables["target"].content
    assert len(rows.values) == 2000
    assert rows.columns[:2] == ("view.depression", "view.height")
    assert {"plaza", "mall"} == set(images.sites.names)
    assert images.clothes.upper_colour is not None
    assert set(images.clothes.upper_colour.names) == {"black", "navy", "blue", "light-blue"}
    plan = ImagePlan(images)
    plan.check()
    assert plan.shot(0).takes

    tracklets = load_config(file, ["identities=4", "cameras=4", "frames=4"])
    assert len(tracklets.tables["target"].content.values) == 400
    film = TrackletPlan(tracklets)
    cameras = film.cameras
    seen = {(c.photometry.gamma, c.photometry.jpeg_quality) for c in cameras}
    assert all(0.5 < gamma < 2 and quality >= 20 for gamma, quality in seen)
    looks = [np.subtract(camera.position, camera.look_at) for camera in cameras]
    depression = [np.degrees(np.arctan2(look[2], np.hypot(*look[:2]))) for look in looks]
    assert np.median(depression) < 14, "fitted to 5, of four cameras one as by default"


def test_what_cannot_be_estimated_is_weighed() -> None:
    pool = a_pool()
    target = a_target(known(), embedding=embedded(dusk_in_the_plaza()))
    fitted = fit(target, pool, pool.features, defensive=0)
    settings = fitted.settings
    assert dict(zip(*settings["sites"].values(), strict=True))["plaza"] > 0.8
    assert dict(zip(*settings["hours"].values(), strict=True))["dusk"] > 0.8
    exposure = settings["render-images"]["look"]["exposure_ev"]["histogram"]
    middles = (np.array(exposure["edges"])[1:] + np.array(exposure["edges"])[:-1]) / 2
    counts = np.array(exposure["counts"])
    assert middles @ counts / counts.sum() < -0.5, "as dark as the target"
    assert fitted.report["weights"]["effective_sample"] >= 50


def test_a_share_of_places_stays_as_broad_as_the_pool() -> None:
    pool = a_pool()
    target = a_target(known(), embedding=embedded(dusk_in_the_plaza()))
    sites = fit(target, pool, pool.features, defensive=0.5).settings["sites"]
    shares = dict(zip(sites["choice"], sites["weights"], strict=True))
    assert 0.2 < shares["mall"] < 0.35


def test_photographs_are_weighed_where_they_lie_somewhere(tmp_path: Path) -> None:
    pool = a_pool()
    rng = np.random.default_rng(3)
    features = np.stack(
        [np.zeros(200), np.full(200, 3.0), np.zeros(200), *rng.normal(size=(2, 200))], axis=1
    )
    target = a_target(known(), embedding=embedded(features))
    settings = fit(target, pool, pool.features, photographs=tmp_path).settings
    assert settings["backgrounds"]["share"] > 0.7
    assert set(settings["backgrounds"]["pictures"]["choice"]) == {"a.jpg", "b.jpg"}
    assert "backgrounds" not in fit(target, pool, pool.features).settings


def test_images_unlike_the_fit_are_not_weighed() -> None:
    # Steep images look like the target here, but it was seen that its cameras are not steep.
    pool = a_pool(2000)
    steep = pool.truth["depression"] > 30
    pool.features[:, 4] = 4.0 * steep
    features = dusk_in_the_plaza()
    features[:, 4] = 4.0
    fitted = fit(a_target(known(), embedding=embedded(features)), pool, pool.features)
    assert fitted.report["weights"]["images"] < 1000


def test_without_estimators_or_embedding_there_is_nothing_to_fit() -> None:
    target = a_target({"luma_q50": around("luma_q50", 0.4, 0.1, how="computed")})
    with pytest.raises(TargetError, match="Expected statistics with distributions"):
        fit(target)
    pool = a_pool()
    with pytest.raises(TargetError, match="no embedding"):
        fit(target, pool, pool.features)


def test_an_embedding_alone_gives_places(tmp_path: Path) -> None:
    pool = a_pool()
    target = a_target(
        {"luma_q50": around("luma_q50", 0.4, 0.1, how="computed")},
        embedding=embedded(dusk_in_the_plaza()),
    )
    file = tmp_path / "fitted.yaml"
    write_fitted(file, fit(target, pool, pool.features).settings)
    assert not load_image_config(file).tables
    assert load_config(file).sites.shares["plaza"] > 0.5


def test_equal_targets_give_equal_files(tmp_path: Path) -> None:
    pool = a_pool()
    target = a_target(known(), embedding=embedded(dusk_in_the_plaza()))
    for name in ("a", "b"):
        write_fitted(tmp_path / name / "fitted.yaml", fit(target, pool, pool.features).settings)
    assert (tmp_path / "a/fitted.yaml").read_bytes() == (tmp_path / "b/fitted.yaml").read_bytes()


def test_things_in_front_are_as_often_as_found() -> None:
    """Somebody is hidden or not: shares lie at the ends of the range, not in middles of bins."""
    found = around("occluder", 0.5, 0.2).model_copy(update={"counts": (0.75, *[0.0] * 14, 0.25)})
    images = fit(a_target({**known(), "occluder": found})).settings["render-images"]
    assert images["occluders"]["probability"] == 0.25
