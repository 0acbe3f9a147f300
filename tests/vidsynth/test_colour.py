import numpy as np
import pytest

from vidsynth.colour import TERMS, difference, oklab, term
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.colours import CLOTH, DENIM, FOOTWEAR

CALLED = {
    "light-grey": "grey", "navy": "blue", "light-blue": "blue", "dark-red": "red",
    "olive": "green", "teal": "green", "beige": "brown",
}  # fmt: skip
"""What a wardrobe colour is called where its own name is no basic term."""


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        # Of the paper that defines OKLab: XYZ of D65 white, and sRGB's primaries as published.
        ((1.0, 1.0, 1.0), (1.0, 0.0, 0.0)),
        ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
        ((1.0, 0.0, 0.0), (0.6280, 0.2249, 0.1258)),
        ((0.0, 1.0, 0.0), (0.8664, -0.2339, 0.1795)),
        ((0.0, 0.0, 1.0), (0.4520, -0.0325, -0.3115)),
    ],
)
def test_oklab_of_known_colours(colour, expected):
    np.testing.assert_allclose(oklab(colour), expected, atol=2e-4)


def test_difference_is_symmetric_and_nothing_only_for_equals():
    assert difference((0.2, 0.3, 0.4), (0.2, 0.3, 0.4)) == 0
    assert difference((0, 0, 0), (1, 1, 1)) == pytest.approx(1, abs=1e-3)
    assert difference((0.9, 0, 0), (0, 0, 0.9)) == difference((0, 0, 0.9), (0.9, 0, 0)) > 0.3


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ((1, 0, 0), "red"),
        ((0, 0.5, 0), "green"),
        ((0, 0, 1), "blue"),
        ((1, 1, 0), "yellow"),
        ((1, 0.65, 0), "orange"),
        ((0.5, 0, 0.5), "purple"),
        ((1, 0.75, 0.8), "pink"),
        ((0.65, 0.16, 0.16), "red"),
        ((0.55, 0.27, 0.07), "brown"),
        ((0.5, 0.5, 0.5), "grey"),
        ((1, 1, 1), "white"),
        ((0, 0, 0), "black"),
        ((0, 0, 0.5), "blue"),
        ((0.5, 0, 0), "red"),
        ((0.82, 0.71, 0.55), "brown"),
    ],
)
def test_colours_of_the_web_have_the_names_people_give_them(colour, name):
    assert term(colour) == name


@pytest.mark.parametrize("palette", [CLOTH, DENIM], ids=["cloth", "denim"])
def test_the_wardrobe_is_called_by_its_names(palette):
    for name, (colour, _) in palette.items():
        assert term(colour) == CALLED.get(name, name)
    assert set(FOOTWEAR) <= set(CLOTH)


@pytest.mark.parametrize("light", [0.05, 0.3, 0.54, 0.7])
def test_a_hint_of_colour_leaves_grey_grey(light):
    for hint in np.eye(3) * 0.02:
        assert term(tuple(light + hint)) in ("black", "grey", "white")
    assert term((light, light, light + 0.25)) in ("blue", "purple")


def test_worn_shades_mostly_keep_the_name_of_their_colour():
    people = [sample_person(np.random.default_rng(k), k + 1) for k in range(200)]
    worn = [garment for p in people for garment in (p.upper, p.lower, p.shoes)]
    names = [(term(g.colour), CALLED.get(g.colour_name, g.colour_name)) for g in worn]
    assert {name for name, _ in names} <= set(TERMS)
    assert np.mean([found == drawn for found, drawn in names]) > 0.95


def test_contrast_is_steep_in_the_middle_and_clips_nothing_but_black_and_white():
    from vidsynth.colour import add_contrast, take_contrast

    shown = np.linspace(0, 1, 1001)
    for slope in (1.0, 1.2, 1.6, 2.0):
        steep = add_contrast(shown, slope)
        assert (np.diff(steep) > 0).all()
        np.testing.assert_allclose([steep[0], steep[-1]], [0, 1], atol=1e-9)
        middle = np.abs(shown - 0.46) < 0.05
        np.testing.assert_allclose(np.diff(steep[middle]), slope * 0.001, rtol=1e-6)
        assert np.abs(np.diff(steep, 2)).max() < 1e-4, "no kink"
        np.testing.assert_allclose(take_contrast(steep, slope), shown, atol=1e-9)
    np.testing.assert_allclose(add_contrast(shown, 1.0), shown, atol=1e-12)
    np.testing.assert_allclose(add_contrast(shown, 0.6), 0.46 + 0.6 * (shown - 0.46))
