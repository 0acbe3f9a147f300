"""Settings of clothes decide what is drawn, and colours' names stay true."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from vidsynth.colour import difference
from vidsynth.config import ClothesConfig
from vidsynth.people.clothing import Clothing, draw_outfit
from vidsynth.people.sampling import sample_person
from vidsynth.wardrobe.cloth_pictures import ClothPicture
from vidsynth.wardrobe.colours import CLOTH, DENIM, PALETTES, in_palette
from vidsynth.wardrobe.patterns import PATTERNS

PICTURES = (
    ClothPicture("red.png", (0.7, 0.1, 0.1), None),
    ClothPicture("sky.png", (0.5, 0.7, 0.85), (0.86, 0.86, 0.84)),
)


def of(**settings):
    return Clothing(ClothesConfig(**settings))


def outfits(clothing, count=300):
    return [
        draw_outfit(np.random.default_rng(k), ("male", "female")[k % 2], clothing)
        for k in range(count)
    ]


@pytest.mark.parametrize("palette", [name for name in PALETTES if PALETTES[name]])
def test_a_palette_is_all_that_is_worn(palette):
    for outfit in outfits(of(palette=palette), 150):
        for garment in outfit:
            if garment.kind == "none" and not garment.colour_name:
                continue
            assert garment.colour_name in PALETTES[palette]
            assert not garment.second_name or garment.second_name in PALETTES[palette]


@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_has_denim_of_its_own(palette):
    shares = {name: share for name, (_, share) in DENIM.items()}
    assert set(in_palette(shares, palette)) <= set(DENIM)


def test_black_clothes_are_black_all_over():
    for outfit in outfits(of(palette="black"), 60):
        worn = [g for g in outfit if g.colour_name]
        assert max(max(garment.colour) for garment in worn) < 0.15
        assert {garment.pattern for garment in worn} <= {"plain", "knit", "denim"}


def test_shares_are_the_shares_of_what_is_worn():
    patterned = Counter(o.upper.pattern in PATTERNS for o in outfits(of(patterned=1.0)))
    assert patterned[True] > 0.7 * patterned.total(), "coats, jackets and denim less often"
    assert all(o.upper.pattern not in PATTERNS for o in outfits(of(patterned=0.0)))
    for share in (0.0, 0.5, 1.0):
        worn = [o for o in outfits(of(open_share=share)) if o.upper.kind in ("jacket", "coat")]
        assert np.mean([o.upper.open > 0 for o in worn]) == pytest.approx(share, abs=0.13)


def test_open_outerwear_is_worn_over_a_top_of_another_colour():
    seen = [o for o in outfits(of(open_share=1.0)) if o.upper.open]
    assert {o.upper.kind for o in seen} == {"jacket", "coat", "hoodie"}
    assert all(o.inner.kind != "none" for o in seen)
    assert all(o.inner.colour_name != o.upper.colour_name for o in seen)
    closed = [o for o in outfits(Clothing()) if not o.upper.open]
    assert all(o.inner.kind == "none" for o in closed)


def test_patterns_can_be_chosen() -> None:
    wanted = {"choice": ["plain", "stripes"], "weights": [1, 3]}
    found = outfits(of(upper_pattern=wanted, lower_pattern="check", upper="t-shirt"))
    above = Counter(outfit.upper.pattern for outfit in found)
    assert set(above) == {"plain", "stripes"}
    assert above["stripes"] / len(found) == pytest.approx(0.75, abs=0.08)
    below = {outfit.lower.pattern for outfit in found if outfit.lower.pattern != "denim"}
    assert below == {"check"}


def test_pictures_are_used_in_proportion_and_change_nothing_else():
    plain = outfits(Clothing())
    for share in (0.3, 1.0):
        clad = outfits(Clothing(pictures=PICTURES, picture_share=share))
        made = [bool(o.upper.picture) for o in clad]
        assert np.mean(made) == pytest.approx(share, abs=0.08)
        for before, after in zip(plain, clad, strict=True):
            assert before.shoes.colour == after.shoes.colour
            assert before.upper.kind == after.upper.kind
            if not after.upper.picture and not after.lower.picture and not after.inner.picture:
                assert before == after


def test_cloth_of_a_picture_has_the_pictures_colours():
    for outfit in outfits(Clothing(pictures=PICTURES, picture_share=1.0), 60):
        assert outfit.lower.kind != "jeans"
        picture = {p.name: p for p in PICTURES}[outfit.upper.picture]
        assert outfit.upper.colour == picture.colour
        assert outfit.upper.pattern == "picture"
        gaps = {name: difference(CLOTH[name][0], picture.colour) for name in CLOTH}
        assert outfit.upper.colour_name == min(gaps, key=gaps.get)
        assert bool(outfit.upper.second_name) == (picture.second is not None)
        assert 0.35 <= outfit.upper.picture_width <= 0.7


def test_clothes_leave_the_body_and_the_gait_alone():
    one = sample_person(np.random.default_rng(5), 1)
    other = sample_person(np.random.default_rng(5), 1, clothing=of(palette="bright"))
    worn = dict(upper=one.upper, inner=one.inner, lower=one.lower, shoes=one.shoes)
    assert replace(other, **worn) == one
    assert other != one
