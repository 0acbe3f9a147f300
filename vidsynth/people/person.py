"""Who a person is: body, skin, hair, clothes and gait. Plain data, the same in every camera."""

from __future__ import annotations

from dataclasses import dataclass

from vidsynth.motion.gait import Gait

Colour = tuple[float, float, float]
"""sRGB, 0 to 1."""


@dataclass(frozen=True)
class Body:
    """A body in anny's phenotype space; every value 0 to 1 but ``age`` (years) and stature."""

    gender: float
    age: float
    muscle: float
    weight: float
    height: float
    proportions: float
    stature: float


@dataclass(frozen=True)
class Garment:
    """One piece of clothing. ``length`` and ``sleeve`` run from 0 (short) to 1 (long);
    ``looseness`` is how far cloth stands off the body, in metres."""

    kind: str
    colour_name: str
    colour: Colour
    pattern: str = "plain"
    second_name: str = ""
    second_colour: Colour = (0.0, 0.0, 0.0)
    pattern_scale: float = 1.0
    length: float = 1.0
    sleeve: float = 0.0
    looseness: float = 0.01


@dataclass(frozen=True)
class Accessory:
    """A thing that somebody has on or with them; ``none``: nothing."""

    kind: str = "none"
    colour_name: str = ""
    colour: Colour = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Accessories:
    """At most one thing at each place, so that any of them go together.

    The hand which the person's posture names holds ``hand``; a handbag hangs from the other.
    """

    bag: Accessory = Accessory()
    head: Accessory = Accessory()
    eyes: Accessory = Accessory()
    face: Accessory = Accessory()
    neck: Accessory = Accessory()
    hand: Accessory = Accessory()


@dataclass(frozen=True)
class Posture:
    """What each arm does while the legs walk: one of motion.postures.ARMS."""

    left: str = "swing"
    right: str = "swing"


@dataclass(frozen=True)
class Person:
    """An identity. ``person_id`` starts at 1: 0 means distractor in the field's benchmarks.

    ``motion`` names the motion-capture file that moves them, of which ``gait`` then has the speed
    and nothing else; empty, they walk by their gait.
    """

    person_id: int
    sex: str
    body: Body
    skin_name: str
    skin: Colour
    hair_style: str
    hair_name: str
    hair: Colour
    upper: Garment
    lower: Garment
    shoes: Garment
    gait: Gait
    motion: str = ""
    beard: str = "none"
    accessories: Accessories = Accessories()
    posture: Posture = Posture()
