"""Drawing a person nobody ever was: plausible together, independent of every other person."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from vidsynth.config.bodies import BodiesConfig
from vidsynth.motion.gait import sample_gait
from vidsynth.people.colours import CLOTH, DENIM, FOOTWEAR, HAIR, LEGWEAR, OUTER, SKIN, SUIT
from vidsynth.people.person import Body, Colour, Garment, Person
from vidsynth.people.population import draw_body, draw_sex, draw_skin

PATTERNS = ("plain", "stripes", "hoops", "check", "dots", "two-tone", "logo")
_PATTERN_SHARES = (0.52, 0.07, 0.11, 0.08, 0.05, 0.09, 0.08)
_ANYBODY = BodiesConfig()


def sample_person(
    rng: np.random.Generator, person_id: int, bodies: BodiesConfig = _ANYBODY
) -> Person:
    """Draw body, skin, hair, clothes and gait. Equal generators give equal people."""
    sex = draw_sex(rng, bodies)
    # A stream of its own: whatever a body takes, the clothes stay.
    own = rng.spawn(1)[0]
    skin_name = draw_skin(own, bodies)
    body = draw_body(own, sex, skin_name, bodies)
    style, hair_name = pick(rng, hair_styles(sex)), pick(rng, hair_colours(body))
    upper, lower, shoes = draw_outfit(rng, sex)
    return Person(
        person_id=person_id,
        sex=sex,
        body=body,
        skin_name=skin_name,
        skin=SKIN[skin_name],
        hair_style=style,
        hair_name=hair_name,
        hair=HAIR[hair_name],
        upper=upper,
        lower=lower,
        shoes=shoes,
        gait=sample_gait(rng, body.stature, body.bmi, body.age),
    )


def draw_outfit(rng: np.random.Generator, sex: str) -> tuple[Garment, Garment, Garment]:
    """What somebody wears above, below and on the feet."""
    upper = _upper(rng, sex)
    lower = _lower(rng, sex, upper)
    return upper, lower, draw_shoes(rng, lower.kind)


def pick(rng: np.random.Generator, options: dict[str, float]) -> str:
    """One of the options, each with its share."""
    shares = np.array(list(options.values()))
    return str(rng.choice(list(options), p=shares / shares.sum()))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def hair_styles(sex: str) -> dict[str, float]:
    """How often each style is worn."""
    if sex == "male":
        return {
            "cropped": 3.0, "short": 5.0, "bob": 0.3, "long": 0.3, "bun": 0.2, "bald": 0.9,
            "curly": 0.6, "ponytail": 0.2,
        }  # fmt: skip
    return {
        "cropped": 0.2, "short": 1.2, "bob": 2.5, "long": 3.2, "bun": 1.4, "bald": 0.05,
        "curly": 1.0, "ponytail": 1.8,
    }  # fmt: skip


def hair_colours(body: Body) -> dict[str, float]:
    """How often hair has each colour on a body.

    Grey is rare before 35 and what most have from 65 on, white mostly the oldest (after Panhard et
    al., British Journal of Dermatology 167, 2012); fair hair goes with European descent, or is
    dyed.
    """
    grey = float(np.interp(body.age, (28, 40, 50, 65, 80), (0.0, 0.3, 1.3, 8.0, 26.0)))
    white = float(np.interp(body.age, (45, 65, 85), (0.0, 0.4, 1.1))) * grey
    fair = 0.12 + 1.3 * body.caucasian
    return {
        "black": 4.0, "dark-brown": 3.0, "brown": 2.5 * min(fair, 1.0), "light-brown": 1.5 * fair,
        "blond": 1.2 * fair, "red": 0.5 * fair, "grey": grey, "white": white,
    }  # fmt: skip


def draw_second(rng: np.random.Generator, first: str, pool: Iterable[str]) -> str:
    """A colour that can be told from the first."""

    def contrast(name: str) -> float:
        return float(np.abs(np.subtract(CLOTH[name][0], CLOTH[first][0])).sum())

    return str(rng.choice([name for name in pool if contrast(name) > 0.6] or ["white"]))


def _garment(
    rng: np.random.Generator,
    kind: str,
    colour: str,
    patterned: bool,
    *,
    looseness: float,
    length: float = 1.0,
    sleeve: float = 0.0,
) -> Garment:
    pattern = str(rng.choice(PATTERNS, p=_PATTERN_SHARES)) if patterned else "plain"
    second = draw_second(rng, colour, CLOTH) if pattern != "plain" else ""
    second_colour: Colour = CLOTH[second][0] if second else (0.0, 0.0, 0.0)
    return Garment(
        kind=kind,
        colour_name=colour,
        colour=vary(rng, (DENIM if kind == "jeans" else CLOTH)[colour][0]),
        pattern=pattern,
        second_name=second,
        second_colour=second_colour,
        pattern_scale=float(np.exp(rng.normal(0, 0.35))),
        length=length,
        sleeve=sleeve,
        looseness=looseness,
    )


def vary(rng: np.random.Generator, colour: Colour) -> Colour:
    """A shade of a named colour that still deserves its name."""
    shade = float(np.exp(rng.normal(0, 0.12)))
    return tuple(float(np.clip(c * shade + rng.normal(0, 0.012), 0.015, 0.92)) for c in colour)  # type: ignore[return-value]


def _upper(rng: np.random.Generator, sex: str) -> Garment:
    kinds = {
        "t-shirt": 4.0, "long-sleeve": 2.0, "shirt": 2.0, "sweater": 2.0, "jacket": 2.5,
        "hoodie": 1.3, "coat": 1.0,
    }  # fmt: skip
    kinds |= {"tank-top": 0.9, "dress": 1.4, "coat": 1.5} if sex == "female" else {"tank-top": 0.25}
    kind = pick(rng, kinds)
    names = OUTER if kind == "coat" else {name: share for name, (_, share) in CLOTH.items()}
    colour = pick(rng, names)
    sleeve = {
        "tank-top": (0.0, 0.0), "t-shirt": (0.26, 0.46), "shirt": (0.4, 1.0), "dress": (0.0, 1.0),
    }.get(kind, (0.9, 1.0))  # fmt: skip
    loose = {
        "tank-top": (0.010, 0.014), "t-shirt": (0.011, 0.022), "shirt": (0.013, 0.022),
        "long-sleeve": (0.011, 0.020), "dress": (0.010, 0.015), "hoodie": (0.020, 0.028),
        "coat": (0.020, 0.028),
    }.get(kind, (0.016, 0.028))  # fmt: skip
    length = {
        "jacket": (0.15, 1.0), "coat": (0.0, 0.8), "dress": (0.15, 0.9), "hoodie": (0.3, 0.8),
    }.get(kind, (0.1, 0.75))  # fmt: skip
    patterned = kind not in ("jacket", "coat") or rng.random() < 0.3
    return _garment(
        rng, kind, colour, patterned,
        length=_between(rng, *length), sleeve=_between(rng, *sleeve),
        looseness=_between(rng, *loose),
    )  # fmt: skip


def _lower(rng: np.random.Generator, sex: str, upper: Garment) -> Garment:
    if upper.kind == "dress" and rng.random() < 0.6:
        # Bare legs: what is seen below is the dress.
        return Garment("none", upper.colour_name, upper.colour, length=0.0)
    kinds = {"trousers": 3.0, "jeans": 3.5, "shorts": 1.6, "suit-trousers": 0.5}
    if sex == "female":
        kinds |= {"skirt": 1.8, "leggings": 1.8}
    else:
        kinds["suit-trousers"] = 1.0
    if upper.kind == "dress":
        kinds = {"leggings": 1.0}
    if upper.kind == "coat":
        # A hem that shows under a coat, or no shorts in its weather.
        kinds = {k: v for k, v in kinds.items() if k not in ("shorts", "skirt")}
    kind = pick(rng, kinds)
    colours = dict(
        {name: share for name, (_, share) in DENIM.items()}
        if kind == "jeans"
        else SUIT
        if kind == "suit-trousers"
        else LEGWEAR
    )
    # Few people match top and legs.
    if upper.colour_name in colours:
        colours[upper.colour_name] *= 0.4
    length = {"shorts": (0.05, 0.5), "skirt": (0.0, 1.0), "leggings": (0.8, 0.97)}.get(
        kind, (0.96, 1.0)
    )
    loose = {
        "leggings": (0.003, 0.005), "shorts": (0.010, 0.020), "suit-trousers": (0.012, 0.018),
    }.get(kind, (0.006, 0.016))  # fmt: skip
    return _garment(
        rng, kind, pick(rng, colours), kind == "skirt" and rng.random() < 0.4,
        length=_between(rng, *length), looseness=_between(rng, *loose),
    )  # fmt: skip


def draw_shoes(rng: np.random.Generator, lower: str) -> Garment:
    """Shoes to go with a lower garment of that kind."""
    light = lower in ("shorts", "skirt", "none")
    kinds = {
        "sneakers": 4.0, "shoes": 3.0, "boots": 0.6 if light else 1.2,
        "sandals": 1.5 if light else 0.25,
    }  # fmt: skip
    if lower == "suit-trousers":
        kinds = {"shoes": 5.0, "sneakers": 1.0, "boots": 0.5}
    kind = pick(rng, kinds)
    return _garment(rng, kind, pick(rng, FOOTWEAR), False, looseness=0.007)
