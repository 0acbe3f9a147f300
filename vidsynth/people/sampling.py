"""Drawing a person nobody ever was: plausible together, independent of every other person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vidsynth.body.phenotype import Body
from vidsynth.config.bodies import BodiesConfig
from vidsynth.drawing.choices import Choice
from vidsynth.drawing.distributions import Distribution
from vidsynth.people.clothing import EVERYDAY, Clothing, draw_outfit, pick
from vidsynth.people.gait import sample_gait
from vidsynth.people.person import Person
from vidsynth.people.physique import draw_body, draw_sex, draw_skin
from vidsynth.people.skin_and_hair import HAIR, SKIN

_ANYBODY = BodiesConfig()


def sample_person(
    rng: np.random.Generator,
    person_id: int,
    bodies: BodiesConfig = _ANYBODY,
    clothing: Clothing = EVERYDAY,
    speed: Distribution | None = None,
) -> Person:
    """Draw body, skin, hair, clothes and gait. Equal generators give equal people.

    ``speed``, m/s, is what walking speeds are drawn from, None: as people of their age walk."""
    sex = draw_sex(rng, bodies)
    # Streams of their own: whatever body and clothes take, the others stay.
    own, worn = rng.spawn(2)
    skin_name = draw_skin(own, bodies)
    body = draw_body(own, sex, skin_name, bodies)
    style = pick(rng, hair_styles(sex, bodies, body.age))
    hair_name = pick(rng, hair_colours(body, bodies))
    outfit = draw_outfit(worn, sex, clothing)
    return Person(
        person_id=person_id,
        sex=sex,
        body=body,
        skin_name=skin_name,
        skin=SKIN[skin_name],
        hair_style=style,
        hair_name=hair_name,
        hair=HAIR[hair_name],
        **outfit._asdict(),
        gait=sample_gait(rng, body.stature, body.bmi, body.age, speed),
    )


def hair_styles(
    sex: str, bodies: BodiesConfig = _ANYBODY, age: float = 45.0
) -> Mapping[str, float]:
    """How often each of the styles that there are is worn at an age, years: bald heads come with
    the years, and nobody has one before 18."""
    bald = float(np.interp(age, (18, 45, 75), (0.0, 1.0, 1.6)))
    usual = _STYLES[sex]
    return _wanted(usual | {"bald": bald * usual["bald"]}, bodies.hair_styles)


_STYLES: dict[str, dict[str, float]] = {
    "male": {
        "cropped": 3.0, "short": 5.0, "bob": 0.3, "long": 0.3, "bun": 0.2, "bald": 0.9,
        "curly": 0.6, "ponytail": 0.2,
    },
    "female": {
        "cropped": 0.2, "short": 1.2, "bob": 2.5, "long": 3.2, "bun": 1.4, "bald": 0.05,
        "curly": 1.0, "ponytail": 1.8,
    },
}  # fmt: skip


def hair_colours(body: Body, bodies: BodiesConfig = _ANYBODY) -> Mapping[str, float]:
    """How often hair has each of the colours that there are on a body.

    Grey is rare before 35 and what most have from 65 on, white mostly the oldest (after Panhard et
    al., British Journal of Dermatology 167, 2012); fair hair goes with European descent, or is
    dyed.
    """
    grey = float(np.interp(body.age, (28, 40, 50, 65, 80), (0.0, 0.3, 1.3, 8.0, 26.0)))
    white = float(np.interp(body.age, (45, 65, 85), (0.0, 0.4, 1.1))) * grey
    fair = 0.12 + 1.3 * body.caucasian
    usual = {
        "black": 4.0, "dark-brown": 3.0, "brown": 2.5 * min(fair, 1.0), "light-brown": 1.5 * fair,
        "blond": 1.2 * fair, "red": 0.5 * fair, "grey": grey, "white": white,
    }  # fmt: skip
    return _wanted(usual, bodies.hair_colours)


def _wanted(usual: Mapping[str, float], wanted: Choice | None) -> Mapping[str, float]:
    """How often somebody has each, times the weights that are wanted; where they usually have none
    of those, as often as the weights say."""
    if wanted is None:
        return usual
    shares = {name: usual[name] * weight for name, weight in wanted.shares.items()}
    return shares if any(shares.values()) else wanted.shares
