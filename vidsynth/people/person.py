"""Who a person is: body, skin, hair, clothes and gait. Plain data, the same in every camera."""

from __future__ import annotations

from dataclasses import dataclass

from vidsynth.body.phenotype import Body
from vidsynth.body.posture import Posture
from vidsynth.colour import Colour
from vidsynth.people.gait import Gait
from vidsynth.wardrobe.records import NOTHING, Accessories, Garment


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
