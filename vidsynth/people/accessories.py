"""Draws people's accessories, and postures of the arms that go with them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.body.posture import Posture
from vidsynth.config.accessories import PLACES, AccessoryConfig
from vidsynth.people.clothing import pick, vary
from vidsynth.people.person import Person
from vidsynth.wardrobe.colours import CLOTH
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.records import Accessories, Accessory
from vidsynth.wardrobe.sleeves import sleeve_reach

BEARDS = {"stubble": 2.0, "moustache": 0.8, "full": 2.2}

COLOURS: dict[str, dict[str, float]] = {
    "backpack": {
        "black": 5, "navy": 2, "grey": 2, "blue": 1.2, "red": 1, "olive": 1, "green": 0.6,
        "teal": 0.5, "purple": 0.4, "pink": 0.4, "brown": 0.5, "yellow": 0.3, "orange": 0.3,
    },
    "shoulder-bag": {
        "black": 5, "brown": 2.5, "navy": 1, "grey": 1.2, "beige": 1.2, "olive": 0.7, "red": 0.5,
    },
    "handbag": {
        "black": 4, "brown": 2.5, "beige": 1.5, "white": 1, "red": 1, "navy": 0.7, "pink": 0.5,
        "dark-red": 0.6, "grey": 0.6,
    },
    "cap": {"black": 4, "navy": 2, "white": 1.5, "grey": 1.2, "red": 1.2, "beige": 0.7, "blue": 0.7,
            "green": 0.4},
    "hat": {"beige": 3, "black": 2.5, "brown": 1.5, "grey": 1, "white": 1, "navy": 0.5},
    "beanie": {"black": 4, "grey": 2, "navy": 1.5, "dark-red": 0.8, "olive": 0.6, "yellow": 0.5},
    "headphones": {"black": 5, "white": 2, "grey": 1, "red": 0.5, "blue": 0.5},
    "glasses": {"black": 5, "brown": 2, "grey": 1.5, "dark-red": 0.3},
    "sunglasses": {"black": 5, "brown": 1.5},
    "face-mask": {"light-blue": 4, "white": 3, "black": 3},
    "scarf": {
        "grey": 2, "black": 2, "red": 1.2, "navy": 1.2, "beige": 1.5, "dark-red": 1, "green": 0.6,
        "yellow": 0.4, "light-blue": 0.6, "white": 0.7,
    },
    "phone": {"black": 4, "white": 1.5, "blue": 0.5},
    "umbrella": {
        "black": 5, "navy": 2, "red": 1.2, "grey": 1, "blue": 0.7, "yellow": 0.4, "green": 0.5,
        "purple": 0.3,
    },
}  # fmt: skip
"""How often each kind has each colour of CLOTH."""

BY_SEX = {"handbag": (1.7, 0.15), "cap": (0.6, 1.4), "hat": (1.2, 0.8), "scarf": (1.3, 0.7)}
"""Of women and of men, how much likelier than on the average."""

BY_WARMTH = {"scarf": (1.75, 0.15), "beanie": (1.75, 0.15)}
"""The same of the warmly and of the lightly dressed, who are half of all people each."""

HATS = ("cap", "hat", "beanie")
_RIGHT_HANDED, _CALLING = 0.88, 0.3
_BEARDS_GROW = (15.0, 20.0)
"""Years at which the first and the last have a beard that can be seen."""


def give_accessories(rng: np.random.Generator, person: Person, shares: AccessoryConfig) -> Person:
    """The person with beard, accessories and posture drawn."""
    # A stream for each place: what is at one changes no other.
    own = zip(PLACES, rng.spawn(len(PLACES)), strict=True)
    worn = Accessories(**{place: draw_accessory(r, person, place, shares) for place, r in own})
    grown = float(np.interp(person.body.age, _BEARDS_GROW, (0.0, 1.0)))
    bearded = rng.random() < shares.beard * grown and person.sex == "male"
    beard = pick(rng, BEARDS)
    person = replace(person, accessories=worn, beard=beard if bearded else "none")
    return replace(person, posture=draw_posture(rng, person, shares.hands))


def draw_accessory(
    rng: np.random.Generator, person: Person, place: str, shares: AccessoryConfig
) -> Accessory:
    """What the person has at a place, by the shares; nothing is an Accessory too."""
    nothing = max(0.0, 1.0 - sum(float(getattr(shares, kind)) for kind in PLACES[place]))
    odds = odds_of_accessories(person, place, shares)
    kind = pick(rng, odds | {"none": nothing}) if sum(odds.values()) else "none"
    return draw_colour_of(rng, kind)


def odds_of_accessories(person: Person, place: str, shares: AccessoryConfig) -> dict[str, float]:
    """How likely somebody of the person's sex, and as warmly dressed, has each kind at a place."""
    odds = {kind.replace("_", "-"): float(getattr(shares, kind)) for kind in PLACES[place]}
    for factors, first in (
        (BY_SEX, person.sex == "female"),
        (BY_WARMTH, _warmly_dressed(person)),
    ):
        for kind in odds.keys() & factors.keys():
            odds[kind] *= factors[kind][0 if first else 1]
    return odds


def _warmly_dressed(person: Person) -> bool:
    """In long sleeves, and in neither shorts nor sandals."""
    long = sleeve_reach(person.upper.sleeve) > 0.5
    return long and person.lower.kind != "shorts" and person.shoes.kind != "sandals"


def draw_colour_of(rng: np.random.Generator, kind: str) -> Accessory:
    """An accessory of that kind in a colour drawn for it."""
    if kind == "none":
        return Accessory()
    name = pick(rng, COLOURS[kind])
    return Accessory(kind, name, vary(rng, CLOTH[name][0]))


def draw_posture(rng: np.random.Generator, person: Person, free: float) -> Posture:
    """What the arms do with the person's accessories.

    Of free hands a share ``free`` is in a pocket or on a strap; the others swing.
    """
    worn = person.accessories
    right = "right" if rng.random() < _RIGHT_HANDED else "left"
    other = "left" if right == "right" else "right"
    calls, idle, both = (float(v) for v in rng.random(3))
    arms = {right: "swing", other: "swing"}
    if worn.hand.kind == "umbrella":
        arms[right] = "umbrella"
    elif worn.hand.kind == "phone":
        arms[right] = "call" if calls < _CALLING and worn.head.kind != "headphones" else "look"
    if worn.bag.kind == "handbag":
        arms[other] = "carry"
    elif worn.bag.kind == "shoulder-bag":
        arms[other] = "aside"
    hands = [side for side in (right, other) if arms[side] == "swing"]
    if idle < free and hands:
        if worn.bag.kind == "backpack":
            rests = "strap"
        else:
            rests = "pocket" if GARMENTS[person.lower.kind].pockets else "swing"
        for side in hands if both < 0.5 else hands[:1]:
            arms[side] = rests
    return Posture(**arms)


def take_hands_out(person: Person) -> Person:
    """The person with hands beside the body that are in pockets, where what they wear has none: in
    another outfit than that in which their posture was drawn."""
    if GARMENTS[person.lower.kind].pockets:
        return person
    arms = {"left": person.posture.left, "right": person.posture.right}
    swinging = {side: "swing" if arm == "pocket" else arm for side, arm in arms.items()}
    return replace(person, posture=Posture(**swinging))
