import subprocess
import sys
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from vidsynth.body.anatomy import KNEE
from vidsynth.wardrobe.cloth import finish
from vidsynth.wardrobe.cutting import rings
from vidsynth.wardrobe.garments import GARMENTS, LOWER_KINDS, SHOE_KINDS, UPPER_KINDS, sew_garment
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.sleeves import arm_parameter

pytestmark = pytest.mark.usefixtures("anatomy")
LENGTHS = (0.0, 0.3, 0.7, 1.0)
ONE_PIECE = [kind for kind in UPPER_KINDS if GARMENTS[kind].add is None]
LOWER_WORN = tuple(kind for kind in LOWER_KINDS if kind != "none")


def cloth(kind, length=0.5, sleeve=0.5):
    return sew_garment(Garment(kind, "grey", (0.4, 0.4, 0.4), length=length, sleeve=sleeve))


@pytest.mark.parametrize("kind", UPPER_KINDS + LOWER_WORN + SHOE_KINDS)
def test_every_kind_sews_and_finishes(kind):
    sewn = finish(cloth(kind), 5)
    count = len(sewn.piece.rest)
    assert sewn.piece.triangles.max() == count - 1
    assert len(sewn.stand_off) == len(sewn.drape) == len(sewn.sunk) == count
    assert np.isfinite(sewn.piece.rest).all()
    assert (sewn.stand_off >= 0).all()
    assert (sewn.drape >= 0).all()
    assert (sewn.drape <= 1).all()
    np.testing.assert_allclose(np.asarray(sewn.piece.weights.sum(1)).ravel(), 1, atol=1e-6)


@pytest.mark.parametrize("kind", ONE_PIECE)
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("sleeve", [0.0, 0.45, 1.0])
def test_a_top_opens_at_the_neck_two_sleeves_and_the_hem(kind, length, sleeve):
    piece = cloth(kind, length, sleeve).piece
    openings = [piece.rest[loop].mean(0) for loop in rings(piece)]
    assert len(openings) == 4
    left, right = (sum(s * at[0] > 0.07 for at in openings) for s in (1, -1))
    assert (left, right) == (1, 1)
    heights = [at[2] for at in openings if abs(at[0]) < 0.02]
    assert min(heights) < 0.6
    assert max(heights) > 0.8


@pytest.mark.parametrize(
    ("kind", "openings"),
    [("trousers", 3), ("shorts", 3), ("leggings", 3), ("suit-trousers", 3), ("skirt", 2)],
)
def test_what_the_legs_go_through(kind, openings):
    for length in LENGTHS:
        assert len(rings(cloth(kind, length).piece)) == openings


@pytest.mark.parametrize("kind", UPPER_KINDS + LOWER_WORN)
def test_a_longer_garment_has_a_lower_hem(kind):
    hems = [cloth(kind, length).piece.rest[:, 2].min() for length in LENGTHS]
    assert all(lower < higher - 0.01 for higher, lower in pairwise(hems))


@pytest.mark.parametrize("kind", UPPER_KINDS)
def test_a_longer_sleeve_reaches_further_along_the_arm(kind):
    reach = [arm_parameter(cloth(kind, sleeve=s).piece).max() for s in (0.1, 0.4, 0.7, 1.0)]
    assert all(further > nearer + 0.1 for nearer, further in pairwise(reach))


@pytest.mark.parametrize("kind", UPPER_KINDS + LOWER_WORN + SHOE_KINDS)
def test_clothes_are_the_same_left_and_right(kind):
    rest = cloth(kind).piece.rest
    assert rest[:, 0].max() == pytest.approx(-rest[:, 0].min(), abs=0.004)


def test_a_coat_and_a_dress_hang_below_any_jacket():
    for length in LENGTHS:
        jacket = cloth("jacket", 1.0).piece.rest[:, 2].min()
        assert cloth("coat", length).piece.rest[:, 2].min() < KNEE + 0.04 < jacket
        assert cloth("dress", length).piece.rest[:, 2].min() < 0.4 < jacket


@pytest.mark.parametrize("kind", ["coat", "dress", "skirt"])
@pytest.mark.parametrize("length", LENGTHS)
def test_a_hem_is_one_level_line_around_both_legs(kind, length):
    piece = cloth(kind, length).piece
    low = min(rings(piece), key=lambda loop: piece.rest[loop, 2].mean())
    assert np.ptp(piece.rest[low, 2]) < 1e-6
    assert piece.rest[low, 0].min() < -0.08
    assert piece.rest[low, 0].max() > 0.08


def test_a_hood_lies_on_the_back_over_the_top():
    plain, hooded = cloth("sweater"), cloth("hoodie")
    more = [r for r in rings(hooded.piece) if hooded.piece.rest[r, 2].min() > 0.75]
    sack = hooded.piece.rest[np.concatenate(more)]
    assert sack[:, 1].max() > 0.03
    low = sack[sack[:, 2] < 0.79]
    assert len(low)
    assert (low[:, 1] > 0.0).all(), "below the shoulders it lies behind alone"
    assert hooded.stand_off.max() > 1.5 * plain.stand_off.max()


@pytest.mark.parametrize("kind", ["shirt", "jacket", "coat"])
def test_a_collar_falls_from_the_neck_line_to_two_points(kind):
    sewn = cloth(kind)
    collar = min(rings(sewn.piece), key=lambda r: -np.ptp(sewn.piece.rest[r, 2]) * (len(r) > 80))
    edge, out = sewn.piece.rest[collar], sewn.stand_off[collar]
    low = edge[edge[:, 2] < 0.82]
    assert set(np.sign(low[:, 0])) == {-1, 1}
    assert np.abs(low[:, 0]).min() > 0.01, "open in the middle"
    assert (low[:, 1] < -0.03).all()
    assert out[edge[:, 2] < 0.82].min() > 1.2 > out[edge[:, 2] > 0.86].max()


def test_the_collar_of_an_open_jacket_leaves_the_opening_free():
    wide = replace(Garment("jacket", "grey", (0.4, 0.4, 0.4), sleeve=1.0), open=0.6)
    x, y, z = sew_garment(wide).piece.rest.T
    assert np.abs(x[(y < -0.03) & (z > 0.8)]).min() > 0.03


def test_a_sole_stands_out_under_a_shoe_and_sandals_show_the_foot():
    for kind in SHOE_KINDS:
        sewn = cloth(kind)
        low = sewn.piece.rest[:, 2] < 0.0121
        assert sewn.stand_off[low].max() > 1.5 > sewn.stand_off[~low].max()
        tread = sewn.piece.rest[:, 2] < 0.0
        assert (sewn.stand_off[tread] == 1).all(), "nobody stands deeper than on the sole"

    def area(kind):
        piece = cloth(kind).piece
        a, b, c = (piece.rest[piece.triangles[:, k]] for k in range(3))
        high = piece.rest[piece.triangles, 2].min(1) > 0.012
        return np.linalg.norm(np.cross(b - a, c - a), axis=1)[high].sum()

    assert area("sandals") < 0.5 * area("shoes")


def test_bare_legs_are_no_cloth_and_other_kinds_are_refused():
    assert not len(finish(cloth("none"), 5).piece.rest)
    with pytest.raises(ValueError, match="toga"):
        cloth("toga")


def test_boots_are_higher_than_shoes():
    assert cloth("boots").piece.rest[:, 2].max() > cloth("shoes").piece.rest[:, 2].max()


def test_the_config_names_kinds_without_loading_scipy():
    script = "import sys, vidsynth.config; print('scipy.sparse' in sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
