"""Settings of what people have on and with them besides clothes."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from vidsynth.config.sections import Section
from vidsynth.drawing.markers import ONE_A_PERSON, Share

PLACES: dict[str, tuple[str, ...]] = {
    "bag": ("backpack", "shoulder_bag", "handbag"),
    "head": ("cap", "hat", "beanie", "headphones"),
    "eyes": ("glasses", "sunglasses"),
    "face": ("face_mask",),
    "neck": ("scarf",),
    "hand": ("phone", "umbrella"),
}
"""Of the kinds at one place nobody has two; any others go together."""


_OfPeople = Annotated[float, Share(ONE_A_PERSON)]


def _share(default: float, meaning: str) -> float:
    value: float = Field(default, ge=0.0, le=1.0, description=meaning)
    return value


class AccessoryConfig(Section):
    """How many people have what: shares of all, the same person with the same in every camera."""

    backpack: _OfPeople = _share(0.18, "share of people")
    shoulder_bag: _OfPeople = _share(0.12, "share of people; its strap crosses the chest")
    handbag: _OfPeople = _share(0.10, "share of people; hangs from one hand")
    cap: _OfPeople = _share(0.07, "share of people")
    hat: _OfPeople = _share(0.03, "share of people; with a brim all around")
    beanie: _OfPeople = _share(0.03, "share of people; a knitted cap, seldom with light clothes")
    headphones: _OfPeople = _share(0.05, "share of people; over the head")
    glasses: _OfPeople = _share(0.20, "share of people")
    sunglasses: _OfPeople = _share(0.05, "share of people")
    face_mask: _OfPeople = _share(0.04, "share of people")
    scarf: _OfPeople = _share(0.05, "share of people; few with light clothes")
    phone: _OfPeople = _share(0.08, "share of people who look at one or call")
    umbrella: _OfPeople = _share(0.02, "share of people under an open one, in any weather")
    beard: _OfPeople = _share(
        0.45, "share of grown men with a beard: stubble, moustache or full; from 15 years on few"
    )
    hands: _OfPeople = _share(0.10, "share of free-handed people: a hand in a pocket or on a strap")

    @model_validator(mode="after")
    def _one_at_each_place(self) -> AccessoryConfig:
        for kinds in PLACES.values():
            total = sum(getattr(self, kind) for kind in kinds)
            if total > 1 + 1e-9:
                raise ValueError(
                    f"of accessories the shares {', '.join(kinds)} add up to {total:g}, and nobody "
                    "has two of them: lower some, they must not exceed 1"
                )
        return self
