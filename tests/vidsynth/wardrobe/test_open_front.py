"""Outerwear worn open, and what shows under it."""

from dataclasses import replace

import numpy as np
import pytest

from vidsynth.people.figure import SLOTS, dress
from vidsynth.wardrobe.cutting import rings
from vidsynth.wardrobe.garments import sew_garment, sew_inner
from vidsynth.wardrobe.records import NOTHING, Garment
from vidsynth.wardrobe.sleeves import arm_parameter

pytestmark = pytest.mark.usefixtures("anatomy")
JACKET = Garment("jacket", "navy", (0.1, 0.1, 0.3), length=0.5, sleeve=1.0, looseness=0.02)
SHIRT = Garment("shirt", "white", (0.9, 0.9, 0.9), length=0.3, looseness=0.007)


def gap(garment):
    """Width of the opening at the waist, statures: the cloth nearest to the middle of the front."""
    rest = sew_garment(garment).piece.rest
    front = (rest[:, 1] < -0.02) & (np.abs(rest[:, 2] - 0.62) < 0.03)
    return 2 * np.abs(rest[front, 0]).min()


@pytest.mark.parametrize("kind", ["jacket", "coat", "hoodie"])
def test_the_front_opens_as_wide_as_it_says(kind):
    widths = [gap(replace(JACKET, kind=kind, open=wide)) for wide in (0.0, 0.2, 0.6, 1.0)]
    assert widths[0] < 0.01
    assert widths == sorted(widths)
    assert widths[1] > 0.015
    assert 0.08 < widths[3] < 0.13


def test_collar_front_edges_and_hem_become_one_edge():
    closed = rings(sew_garment(JACKET).piece)
    opened = rings(sew_garment(replace(JACKET, open=0.5)).piece)
    assert len(opened) == len(closed) - 1
    piece = sew_garment(replace(JACKET, open=0.5)).piece
    longest = max(opened, key=len)
    heights = piece.rest[longest, 2]
    assert heights.max() > 0.84
    assert heights.min() < 0.51


def test_the_back_and_the_sleeves_stay():
    closed, opened = (sew_garment(replace(JACKET, open=w)).piece for w in (0.0, 1.0))
    for piece in (closed, opened):
        assert arm_parameter(piece).max() > 0.95
    behind = [piece.rest[(piece.rest[:, 1] > 0.02)] for piece in (closed, opened)]
    assert len(behind[0]) == len(behind[1])


def test_of_a_top_underneath_there_is_the_front_alone():
    rest = sew_inner(SHIRT).piece.rest
    assert len(rest) > 100
    assert rest[:, 1].max() < 0.02
    assert np.abs(rest[:, 0]).max() < 0.11
    assert not len(sew_inner(NOTHING).piece.rest)


def test_the_figure_wears_both_and_hides_the_skin_in_the_gap(model, people):
    person = replace(people[0], upper=replace(JACKET, open=0.8), inner=SHIRT)
    figure = dress(person, model.shape(person.body))
    slot = {n: np.unique(figure.triangles[figure.slots == SLOTS.index(n)]) for n in SLOTS}
    assert len(slot["inner"]) > 100
    skin = figure.rest[slot["skin"]]
    chest = (np.abs(skin[:, 0]) < 0.06) & (skin[:, 2] > 0.6) & (skin[:, 2] < 0.8)
    assert not chest.any()
    alone = dress(replace(person, upper=JACKET, inner=NOTHING), model.shape(person.body))
    assert not (alone.slots == SLOTS.index("inner")).any()
