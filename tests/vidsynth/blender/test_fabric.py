"""Patterns and pictures on cloth, in pictures."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from tests.vidsynth.blender.filming import FRONT, film, red_over_blue, shot
from vidsynth.motion.walker import Walker
from vidsynth.people.person import Person
from vidsynth.wardrobe.records import Garment

TOP = Garment("sweater", "white", (0.8, 0.8, 0.8), length=0.5, sleeve=0.2, looseness=0.012)
OPEN = Garment("jacket", "green", (0.05, 0.5, 0.1), length=0.8, sleeve=1, looseness=0.02, open=0.7)
PICTURED = replace(
    TOP, pattern="picture", picture="halves.png", picture_width=1.2, picture_at=(0.5, 0.0)
)


def dressed(upper: Garment, inner: Garment | None = None) -> Person:
    person = red_over_blue(0)
    return replace(person, upper=upper, inner=inner or person.inner, hair_style="cropped")


def film_cloth(root):
    """Crops of a picture from front and back, of plaid, of an open jacket over red, and of plaid
    the other way round."""
    halves = np.zeros((100, 100, 3), np.uint8)
    halves[:, :50] = (230, 20, 20)
    halves[:, 50:] = (20, 20, 230)
    Image.fromarray(halves).save(root / "halves.png")
    plaid = replace(TOP, pattern="plaid", second_colour=(0.05, 0.05, 0.05))
    paled = replace(TOP, colour=plaid.second_colour, pattern="plaid", second_colour=TOP.colour)
    red = replace(TOP, colour=(0.7, 0.05, 0.05))
    towards, away = ((0.0, 3.0), (0.0, -6.0)), ((0.0, -3.0), (0.0, 6.0))
    cases = (
        (dressed(PICTURED), towards), (dressed(PICTURED), away), (dressed(plaid), towards),
        (dressed(TOP), towards), (dressed(OPEN, red), towards), (dressed(OPEN, red), away),
        (dressed(paled), towards),
    )  # fmt: skip
    scenes = (shot((Walker(person, path, 3.0, 0.1),), (FRONT,)) for person, path in cases)
    return [film("fast", replace(scene, textures=root))[0] for scene in scenes]


@pytest.fixture(scope="module")
def crops(blender, tmp_path_factory) -> list[SimpleNamespace]:
    return blender.submit(film_cloth, tmp_path_factory.mktemp("textures")).result()


def chest(crop: SimpleNamespace, left: float, right: float) -> np.ndarray:
    """Mean colour (3,) of a part of the chest, in shares of the way across the hips."""
    shoulder, hip = crop.keypoints_2d[[5, 6]].mean(0), crop.keypoints_2d[[11, 12]].mean(0)
    half = abs(crop.keypoints_2d[5, 0] - crop.keypoints_2d[6, 0]) / 2
    x0, y0 = crop.box[:2]
    top, bottom = shoulder[1] * 0.7 + hip[1] * 0.3 - y0, shoulder[1] * 0.3 + hip[1] * 0.7 - y0
    rows = slice(int(top), int(bottom))
    columns = slice(int(shoulder[0] - x0 + left * half), int(shoulder[0] - x0 + right * half))
    return crop.light[rows, columns].reshape(-1, 3)


def test_a_picture_is_the_right_way_round_in_front_and_behind(crops):
    for crop in crops[:2]:
        left, right = chest(crop, -0.6, -0.2).mean(0), chest(crop, 0.2, 0.6).mean(0)
        assert left[0] > 3 * left[2], "the picture's left half is red, and on our left"
        assert right[2] > 3 * right[0]


def test_a_pattern_changes_from_light_to_dark_and_plain_cloth_does_not(crops):
    plaid, plain = (chest(crops[k], -0.6, 0.6).mean(1) for k in (2, 3))
    assert plaid.std() / plaid.mean() > 2 * plain.std() / plain.mean()
    assert plaid.mean() < 0.85 * plain.mean()


def test_a_plaid_looks_like_the_colour_it_goes_by(crops):
    dark, white = (chest(crops[k], -0.6, 0.6).mean(1) for k in (6, 3))
    as_seen = (dark / white.mean()) ** (1 / 2.2)
    assert as_seen.mean() < 0.55, "white on black is to look black rather than white"


def test_under_an_open_jacket_the_top_shows_in_front_and_not_behind(crops):
    middle, side, behind = (
        chest(crop, *where).mean(0)
        for crop, where in (
            (crops[4], (-0.1, 0.1)),
            (crops[4], (0.65, 0.9)),
            (crops[5], (-0.1, 0.1)),
        )
    )
    assert middle[0] > 3 * middle[1]
    assert side[1] > 1.5 * side[0]
    assert behind[1] > 3 * behind[0]
