"""A pool is read with truths that hold for what was done to its pictures since."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.vidsynth.shared_sets import made_once, paint_here
from vidsynth.errors import TargetError
from vidsynth.settings import load_image_config
from vidsynth.target.pool import cache, read_pool, recipe
from vidsynth.target.quantities import named

WORDS = ["identities=3", "cameras=4", "cameras_per_identity=2", "images_per_camera=3"]
WORDS += ["sites=[plaza,park]", "render.light=true"]
CONFIG = load_image_config(recipe(), WORDS)


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    return made_once(tmp_path_factory, "pool", lambda path: paint_here(path, CONFIG))[0]


@pytest.fixture
def own(root, tmp_path):
    """A copy of the pool, to be damaged."""
    return shutil.copytree(root, tmp_path / "pool")


def test_with_one_look_it_is_what_was_rendered(root):
    pool = read_pool(root)
    assert len(pool) == 18
    for row, pixels in zip(range(len(pool)), pool.pixels(), strict=True):
        with Image.open(root / pool.files[row]) as image:
            np.testing.assert_array_equal(pixels, np.asarray(image))
    np.testing.assert_allclose(pool.truth["gamma"], pool.table["gamma"])
    np.testing.assert_allclose(np.exp(pool.truth["log_height"]), pool.table["person_height"])
    assert set(pool.truth) == set(named("regressed"))
    assert (pool.truth["truncation"] == 0).all()


def test_other_looks_are_developed_of_the_same_view(root):
    pool = read_pool(root, 4)
    assert len(pool) == 72
    first = pool.image == 0
    assert len(set(pool.truth["depression"][first])) == 1
    assert len(set(pool.truth["gamma"][first])) == 4
    shapes = {pixels.shape for pixels in pool.pixels(np.flatnonzero(first))}
    assert all(shape[2] == 3 for shape in shapes)
    np.testing.assert_array_equal(
        *(next(read_pool(root, 4).pixels([5])) for _ in range(2)), "the same again"
    )


def test_every_second_look_is_seen_in_a_mirror(root):
    pool = read_pool(root, 4)
    azimuth = pool.truth["azimuth"].reshape(-1, 4)
    np.testing.assert_allclose((azimuth[:, 1] + azimuth[:, 0]) % 360 % 360, 0, atol=1e-3)
    np.testing.assert_allclose(azimuth[:, 2], azimuth[:, 0])
    light = pool.truth["light_azimuth"].reshape(-1, 4)
    np.testing.assert_allclose(light[:, 1], -light[:, 0])


def test_a_look_is_what_its_truth_says(root):
    pool = read_pool(root, 4)
    row = next(k for k, look in enumerate(pool.looks) if look.photometry is not None)
    look = pool.looks[row]

    def mean(**changed):
        photometry = replace(look.photometry, noise=0, **changed)
        looks = [*pool.looks[:row], replace(look, photometry=photometry), *pool.looks[row + 1 :]]
        return next(replace(pool, looks=tuple(looks)).pixels([row])).mean()

    assert mean(exposure_ev=-1.0) < mean(exposure_ev=0.0) < mean(exposure_ev=1.0)
    assert mean(gamma=2.0) < mean(gamma=1.0) < mean(gamma=0.5)
    assert pool.truth["exposure"][row] == look.photometry.exposure_ev


def test_what_a_cut_hides_is_truncated(root):
    pool = read_pool(root, 16)
    cut = pool.truth["truncation"]
    assert 0.15 < (cut > 0.05).mean() < 0.5
    assert cut.max() <= 0.8
    assert np.isnan(pool.truth["occlusion"][cut > 0.05]).all()
    row = int(cut.argmax())
    whole = pool.table["box"][int(pool.image[row])]
    pixels = next(pool.pixels([row]))
    assert pixels.shape[0] * pixels.shape[1] < (whole[2] - whole[0]) * (whole[3] - whole[1])


def test_light_is_asked_for_only_where_it_is_needed(own):
    shutil.rmtree(own / "light")
    assert len(read_pool(own)) == 18
    with pytest.raises(TargetError, match=r"render\.light=true"):
        read_pool(own, 4)


def test_a_pool_that_is_none_is_said(own, tmp_path):
    with pytest.raises(TargetError, match="Expected a finished set of still images"):
        read_pool(tmp_path / "nothing")
    next((own / "shots").glob("*.json")).unlink()
    with pytest.raises(TargetError, match=r"of \d+ shots"):
        read_pool(own)


def test_a_pool_of_another_build_is_refused(own):
    path = own / "dataset.json"
    description = json.loads(path.read_text())
    description["software"]["bpy"] = "4.2.0"
    path.write_text(json.dumps(description))
    with pytest.raises(TargetError, match=r"bpy 4\.2\.0 there"):
        read_pool(own)


def test_every_recipe_has_a_place_of_its_own():
    other = load_image_config(recipe(), ["seed=5"])
    assert cache(CONFIG) != cache(other)
    assert cache(CONFIG) == cache(load_image_config(recipe(), WORDS))


@pytest.mark.parametrize("what", ["crops/000000.parquet", "light/000000.npz", "bounding_box_train"])
def test_a_damaged_pool_is_named(own, what):
    path = own / what if "." in what else next((own / what).iterdir())
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[: size // 2] + bytes(size - size // 2))
    with pytest.raises(TargetError, match="cannot be read"):
        for _ in read_pool(own, 2).pixels():
            pass
