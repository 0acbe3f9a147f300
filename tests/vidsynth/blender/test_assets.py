"""MakeHuman assets in pictures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.blender.filming import ALONE, FRONT, film, mine, red_over_blue, shot
from tests.vidsynth.blender.filming import towards_minus_y as walk
from vidsynth.wardrobe.records import Garment


def film_assets(root):
    """One person in a striped tunic out of a folder, and without."""
    from tests.vidsynth.wardrobe.makehuman.made_up_assets import make_assets

    make_assets(root)
    person = red_over_blue(0)
    tunic = Garment("shirt", "red", (0.7, 0.1, 0.1), asset="clothes/tunic/tunic")
    scene = shot((walk(replace(person, upper=tunic), 0.0, 0.0),), (FRONT,))
    return [film("fast", one)[0] for one in (replace(scene, assets=root), ALONE)]


@pytest.fixture(scope="module")
def pair(blender, tmp_path_factory):
    return blender.submit(film_assets, tmp_path_factory.mktemp("assets")).result()


def test_the_picture_on_the_cloth_is_seen_where_its_coordinates_put_it(pair):
    crop, plain = pair
    # Bands of the trunk, from the neck to the hips: red with white lines.
    rows = np.linspace(0.22, 0.45, 40)
    height, width = crop.index.shape
    middle = slice(int(0.45 * width), int(0.55 * width))
    trunk = np.array([crop.light[int(r * height), middle].mean(0) for r in rows])
    red = trunk[:, 0] / np.maximum(trunk[:, 1], 1e-3)
    assert red.max() > 3
    assert red.min() < 2, "white lines"
    plain_height, plain_width = plain.index.shape
    columns = slice(int(0.45 * plain_width), int(0.55 * plain_width))
    ours = np.array([plain.light[int(r * plain_height), columns].mean(0) for r in rows])
    assert (ours[:, 0] / np.maximum(ours[:, 1], 1e-3)).min() > 2, "ours is red all over"


def test_the_person_is_whole(pair):
    crop, plain = pair
    assert 0.8 < mine(crop).mean() / mine(plain).mean() < 1.25
    assert crop.visibility > 0.3
