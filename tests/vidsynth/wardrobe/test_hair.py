import numpy as np
import pytest

from vidsynth.people.accessories import HATS
from vidsynth.wardrobe.accessories.headwear import rim_height
from vidsynth.wardrobe.hair import make_hair, shaved
from vidsynth.wardrobe.hair_styles import HAIR_STYLES

pytestmark = pytest.mark.usefixtures("anatomy")


@pytest.mark.parametrize("style", HAIR_STYLES)
def test_hair_grows_on_the_head_and_leaves_the_face_free(style):
    hair = make_hair(style)
    assert len(hair.stand_off) == len(hair.piece.rest)
    if style == "bald":
        assert not len(hair.piece.rest)
        return
    assert hair.piece.rest[:, 2].max() > 0.97
    x, y, z = hair.piece.rest.T
    assert not ((y < -0.06) & (z < 0.95) & (np.abs(x) < 0.03)).any()


@pytest.mark.parametrize("style", HAIR_STYLES)
@pytest.mark.parametrize("hat", HATS)
def test_under_a_hat_there_is_only_the_hair_below_its_edge(style, hat):
    rest = make_hair(style, hat=hat).piece.rest
    assert (rest[:, 2] < rim_height(hat, rest[:, 1]) + 0.013).all()
    if style in ("bob", "long"):
        assert rest[:, 2].min() < 0.88, "what hangs out is left"


def test_beards_grow_around_the_mouth():
    full, moustache = (make_hair("bald", beard).piece.rest for beard in ("full", "moustache"))
    for rest in (full, moustache):
        assert len(rest) > 30
        assert rest[:, 1].max() < -0.02
        assert rest[:, 2].max() < 0.935
    assert full[:, 2].min() < 0.88 < 0.895 < moustache[:, 2].min()
    assert not len(make_hair("bald", "stubble").piece.rest), "stubble is painted on the skin"


def test_long_hair_falls_lower_than_a_bob_and_a_bob_lower_than_short_hair():
    ends = {style: make_hair(style).piece.rest[:, 2].min() for style in ("short", "bob", "long")}
    assert ends["long"] < ends["bob"] < ends["short"]


def test_what_depends_on_nobody_is_made_once():
    from vidsynth.wardrobe.hair import _grown, _hair

    make_hair("short", hat="cap")
    before = _grown.cache_info().hits
    first, second = make_hair("short", hat="headphones"), make_hair("short")
    assert _grown.cache_info().hits > before, "headphones leave the hair as it is"
    np.testing.assert_array_equal(first.piece.rest, second.piece.rest)
    assert _grown(_hair, "short", "cap")[0][0] is _grown(_hair, "short", "cap")[0][0]


@pytest.mark.parametrize("style", ["short", "cropped"])
def test_short_hair_is_thin_at_forehead_and_nape(style):
    hair = make_hair(style)
    (x, y, z), thick = hair.piece.rest.T, hair.stand_off
    crown = thick[z > 0.985].mean()
    forehead = (y < -0.055) & (np.abs(x) < 0.03) & (z < 0.976)
    nape = (y > -0.005) & (z < 0.923)
    for edge in (forehead, nape):
        assert edge.sum() > 50
        assert thick[edge].max() < 0.6 * crown, "a brim stands off the skin"


def test_skin_shows_cut_hair_at_the_nape_and_not_on_the_face(anatomy):
    rest = anatomy.rest
    grown = shaved("short", rest)
    assert grown.min() == 0
    assert grown.max() <= 1
    nape = (rest[:, 1] > 0) & (np.abs(rest[:, 2] - 0.916) < 0.004) & (np.abs(rest[:, 0]) < 0.03)
    assert grown[nape].mean() > 0.3
    assert not grown[(rest[:, 1] < -0.05) | (rest[:, 2] < 0.87)].any()
    assert not shaved("long", rest).any()
