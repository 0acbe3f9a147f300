"""What a view says of a person: from which side, how much of them, in which colours."""

from dataclasses import replace

import numpy as np
import pytest

from tests.vidsynth.blender.filming import (
    ALONE,
    camera,
    mine,
    red_over_blue,
    seen_by,
    towards_minus_y,
)

pytestmark = pytest.mark.slow


def test_azimuth_says_which_side_the_camera_sees(render):
    around = tuple(
        camera(k + 1, 6 * x, 6 * y) for k, (x, y) in enumerate([(0, -1), (1, 0), (0, 1), (-1, 0)])
    )
    sides = [crop.azimuth for crop in render("fast", seen_by(ALONE, *around))]
    gaps = (np.subtract(sides, [0, 90, 180, 270]) + 180) % 360 - 180
    assert np.abs(gaps).max() < 5


def test_depression_grows_with_the_cameras_height(render, alone):
    high = seen_by(ALONE, camera(1, 0.0, -6.0, 5.0))
    assert render("fast", high)[0].depression > alone.depression + 15
    assert alone.depression == pytest.approx(np.degrees(np.arctan2(1.1, 6)), abs=3)


@pytest.fixture(scope="module")
def covered(render):
    """(behind, front): the person of ALONE with another right in front."""
    shade = towards_minus_y(red_over_blue(3), 0.0, -1.6)
    return render("fast", replace(ALONE, walkers=(*ALONE.walkers, shade)))


def test_who_stands_behind_another_is_seen_less(alone, covered):
    behind, front = covered
    assert min(alone.visibility, front.visibility) > 0.97
    assert behind.visibility < 0.85
    assert behind.body_box == alone.body_box
    assert mine(behind).sum() < 0.6 * mine(alone).sum()


def test_visibility_is_the_share_of_the_body_that_shows(alone, covered):
    share = mine(covered[0]).sum() / mine(alone).sum()
    assert covered[0].visibility == pytest.approx(share, abs=0.15)


def test_clothes_have_their_colours(alone):
    """In neutral light a red top is red and blue trousers are blue."""
    rows = np.nonzero(mine(alone).any(1))[0]
    height = rows[-1] - rows[0]

    def middle(top, bottom):
        band = slice(rows[0] + round(top * height), rows[0] + round(bottom * height))
        return alone.light[band][mine(alone)[band]].mean(0)

    chest, thighs = middle(0.25, 0.38), middle(0.56, 0.70)
    assert chest[0] > 3 * chest[2]
    assert thighs[2] > 3 * thighs[0]
