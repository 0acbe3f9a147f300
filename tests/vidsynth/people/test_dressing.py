"""What is left of legs and trousers under long garments."""

from dataclasses import replace

import numpy as np
import pytest

from vidsynth.people.figure import SLOTS, dress
from vidsynth.wardrobe.records import Garment

pytestmark = pytest.mark.usefixtures("anatomy")


def upper(kind, length):
    return Garment(kind, "red", (0.6, 0.1, 0.1), length=length, sleeve=0.9, looseness=0.02)


def below(kind):
    return Garment(kind, "navy", (0.1, 0.1, 0.3), length=0.97, looseness=0.012)


@pytest.mark.parametrize(
    ("top", "legs"), [(upper("coat", 0.6), "jeans"), (upper("dress", 0.5), "none")]
)
def test_what_nobody_sees_under_a_coat_or_dress_is_not_there_to_push_through(
    model, people, top, legs
):
    person = replace(people[1], upper=top, lower=below(legs))
    shape = model.shape(person.body)
    figure = dress(person, shape)
    slot = {name: np.unique(figure.triangles[figure.slots == SLOTS.index(name)]) for name in SLOTS}
    hem = figure.rest[slot["upper"], 2].min()
    inner = np.concatenate([slot["skin"], slot["lower"]])
    inner = inner[(np.abs(figure.rest[inner, 0]) < 0.2) & (figure.rest[inner, 2] < 0.6)]
    assert figure.rest[inner, 2].max() < hem + 0.12
    assert figure.rest[inner, 2].max() > hem, "no gap shows at the hem"
