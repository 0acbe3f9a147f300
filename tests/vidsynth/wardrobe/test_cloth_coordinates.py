"""Patterns keep their size and direction on the cloth."""

import numpy as np
import pytest

from vidsynth.wardrobe.cloth import finish
from vidsynth.wardrobe.cloth_coordinates import cloth_coordinates
from vidsynth.wardrobe.garments import sew_garment
from vidsynth.wardrobe.records import Garment
from vidsynth.wardrobe.sleeves import arm_parameter

pytestmark = pytest.mark.usefixtures("anatomy")


def cloth(kind, **cut):
    return finish(sew_garment(Garment(kind, "grey", (0.4, 0.4, 0.4), **cut)), 6)


@pytest.fixture(scope="module")
def top(anatomy):
    piece = cloth("sweater", length=0.5, sleeve=0.9).piece
    return by_corner(piece, anatomy, cloth_coordinates(piece))


def by_corner(piece, anatomy, laid):
    """What laid (F, 3, 3) says of each corner (3 F,): where it is, how far along the arm, and the
    cloth's coordinates."""
    corners = piece.triangles.ravel()
    at, arm = piece.field(anatomy.rest)[corners], arm_parameter(piece)[corners]
    return at, arm, laid.reshape(-1, 3)


def test_a_front_is_laid_flat_up_to_the_shoulders(top):
    at, arm, laid = top
    chest = (at[:, 2] > 0.55) & (np.abs(at[:, 0]) < 0.05) & (arm < 0)
    np.testing.assert_allclose(laid[chest, 0], at[chest, 0], atol=0.008)
    np.testing.assert_allclose(laid[chest, 1], at[chest, 2], atol=1e-9)


def test_a_side_is_as_wide_as_the_cloth_around_it(top):
    at, arm, laid = top
    waist = (np.abs(at[:, 2] - 0.62) < 0.02) & (arm < 0)
    half = np.abs(laid[waist, 0]).max()
    assert half > at[waist, 0].max() + 0.02, "around the side it goes on"
    quarter = np.pi / 2 * np.sqrt((at[waist, 0].max() ** 2 + (np.ptp(at[waist, 1]) / 2) ** 2) / 2)
    assert half == pytest.approx(quarter, rel=0.15)


def test_front_and_back_are_told_apart_and_left_is_positive(top):
    at, arm, laid = top
    trunk = (arm < 0) & (np.abs(at[:, 1]) > 0.05)
    assert (laid[trunk & (at[:, 1] < 0), 2] == 1).all()
    assert (laid[trunk & (at[:, 1] > 0), 2] == 0).all()
    aside = (np.abs(at[:, 0]) > 0.01) & (arm < 0)
    assert (np.sign(laid[aside, 0]) == np.sign(at[aside, 0])).all()


def test_each_leg_is_unrolled_around_its_own_middle(anatomy):
    sewn = cloth("trousers", length=1.0, looseness=0.01)
    at, _, laid = by_corner(sewn.piece, anatomy, cloth_coordinates(sewn.piece, legs=True))
    shank = (np.abs(at[:, 2] - 0.15) < 0.02) & (at[:, 0] > 0)
    centre = (at[shank, 0].min() + at[shank, 0].max()) / 2
    across = laid[shank, 0] - centre
    assert across.min() < -0.02
    assert across.max() > 0.02
    # More cloth than the leg is wide: it goes around it.
    assert np.ptp(across) > 1.3 * np.ptp(at[shank, 0])
    assert (at[shank & (laid[:, 2] == 1), 1].mean()) < at[shank & (laid[:, 2] == 0), 1].mean()


def test_no_triangle_is_torn_at_a_seam(top):
    """Not where sleeves are set in, nor at the sides: a pattern would be squeezed into it."""
    at, arm, laid = (values.reshape(-1, 3, *values.shape[1:]) for values in top)
    size = np.linalg.norm(np.roll(at, 1, 1) - at, axis=2).max(1)
    for along, rows in ((0, (arm < 0.08).any(1)), (1, size > 0)):
        spread = np.ptp(laid[rows][..., along], axis=1)
        assert (spread > 2 * size[rows] + 0.01).mean() < 0.01
    assert (np.ptp(laid[..., 2], axis=1) == 0).all()
    sides = np.abs(laid[..., 0]).min(1) > 0.09
    assert {0, 1} <= set(laid[sides][..., 2].ravel()), "front and back meet there"


def test_a_sleeve_is_unrolled_around_the_arm(top):
    """Its outer side is its middle all the way down, in front it is as wide as behind."""
    at, arm, laid = top
    for low, high in ((0.12, 0.4), (0.6, 0.85)):
        ring = (arm > low) & (arm < high) & (at[:, 0] > 0)
        across, back = laid[ring, 0], at[ring, 1] - at[ring, 1].mean()
        assert np.ptp(across) > 2 * np.ptp(back), "around it there is more cloth than it is wide"
        assert across.max() == pytest.approx(-across.min(), rel=0.1)
        outer = np.abs(across) < 0.04
        if high < 0.5:
            assert np.corrcoef(across[outer], back[outer])[0, 1] > 0.9
    sleeve = (arm.reshape(-1, 3) > 0.12).all(1)
    across = laid[:, 0].reshape(-1, 3)[sleeve]
    outside = (np.abs(across) < 0.035).all(1)
    assert outside.mean() > 0.4
    assert np.quantile(np.ptp(across[outside], axis=1), 0.9) < 0.03
