"""Who a person is: body, skin, hair, clothes and gait. Plain data, the same in every camera."""

from __future__ import annotations

from dataclasses import dataclass

from vidsynth.motion.gait import Gait

Colour = tuple[float, float, float]
"""sRGB, 0 to 1."""


@dataclass(frozen=True)
class Body:
    """A body in anny's phenotype space: every value 0 to 1 but ``age`` (years), ``stature``
    (metres) and ``bmi`` (kg/m², of the mesh at the density of water).

    ``gender`` is 0 female, 1 male; ``cupsize`` and ``firmness`` shape women's chests only;
    ``african``, ``asian`` and ``caucasian``, which sum to 1, are the shares of anny's three faces
    and builds.
    """

    gender: float
    age: float
    muscle: float
    weight: float
    height: float
    proportions: float
    stature: float
    bmi: float = 22.0
    cupsize: float = 0.5
    firmness: float = 0.5
    african: float = 1 / 3
    asian: float = 1 / 3
    caucasian: float = 1 / 3


@dataclass(frozen=True)
class Garment:
    """One piece of clothing. ``length`` and ``sleeve`` run from 0 (short) to 1 (long);
    ``looseness`` is how far cloth stands off the body, in metres; ``open`` how wide its front is
    open, from 0 (closed) to 1. Cloth made of the picture ``picture`` shows ``picture_width``
    metres of it, from the point ``picture_at`` (shares of its width and height) on; colours are
    the picture's then. ``asset`` names the MakeHuman asset that is worn instead, of which the rest
    is measured."""

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
    open: float = 0.0
    picture: str = ""
    picture_width: float = 0.5
    picture_at: tuple[float, float] = (0.0, 0.0)
    asset: str = ""


NOTHING = Garment("none", "", (0.0, 0.0, 0.0), length=0.0)
"""What is worn where nothing is."""


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

    ``upper`` is what is worn outermost above; ``inner`` the top that shows where it is open.

    ``motion`` names the motion-capture file that moves them, of which ``gait`` then has the speed
    and nothing else; empty, they walk by their gait. ``hair_asset`` and ``hat_asset`` name
    MakeHuman assets.
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
    inner: Garment = NOTHING
    motion: str = ""
    hair_asset: str = ""
    hat_asset: str = ""
    beard: str = "none"
    accessories: Accessories = Accessories()
    posture: Posture = Posture()
