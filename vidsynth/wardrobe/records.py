"""What somebody wears and carries, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from vidsynth.colour import Colour


@dataclass(frozen=True)
class Garment:
    """One piece of clothing.

    kind: a name in wardrobe.garments.GARMENTS.
    colour_name, colour: sRGB; of a pattern the first colour.
    second_name, second_colour: of its pattern.
    length, sleeve: 0 (short) to 1 (long).
    looseness: metres that cloth stands off the body.
    open: how wide the front is open, 0 (closed) to 1.
    picture: file of the picture that the cloth is made of, whose colours are then given.
    picture_width: metres of cloth that the picture covers.
    picture_at: where in the picture the cloth begins, shares of its width and height.
    asset: MakeHuman asset that is worn instead, of which the rest is measured.
    """

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
