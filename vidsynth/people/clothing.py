"""Drawing what somebody wears: kinds that go together, cuts, colours, patterns and layers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from vidsynth.colour import Colour
from vidsynth.config.clothes import ClothesConfig
from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.races import winner
from vidsynth.wardrobe.cloth_pictures import ClothPicture
from vidsynth.wardrobe.colours import (
    CLOTH,
    DENIM,
    FOOTWEAR,
    LEGWEAR,
    OUTER,
    SUIT,
    in_palette,
    nearest,
)
from vidsynth.wardrobe.records import NOTHING, Garment

PATTERNS: dict[str, float] = {
    "stripes": 0.07, "hoops": 0.11, "check": 0.06, "plaid": 0.06, "dots": 0.04, "two-tone": 0.08,
    "logo": 0.08,
}  # fmt: skip
"""Patterns of a second colour, and how often each is worn."""

WEAVES = ("plain", "knit", "denim")
"""Cloth of one colour."""

_ALL_CLOTH = {name: share for name, (_, share) in CLOTH.items()}
_ALL_DENIM = {name: share for name, (_, share) in DENIM.items()}
_KNITTED, _DENIM_JACKETS, _DENIM_BELOW = 0.6, 0.15, 0.2
_OPEN_KINDS = ("jacket", "coat", "hoodie")
_ANY, _WIDTH = ClothesConfig(), of([0.35, 0.7])


@dataclass(frozen=True)
class Clothing:
    """The clothes there are: kinds, colours and shares as ``settings`` say; ``picture_share`` of
    the garments that can be are made of one of the ``pictures``, ``picture_width`` metres wide."""

    settings: ClothesConfig = _ANY
    pictures: tuple[ClothPicture, ...] = ()
    picture_share: float = 0.0
    picture_width: Distribution = _WIDTH

    def colours(self, shares: Mapping[str, float]) -> dict[str, float]:
        """Those of the named colours that are worn: of any palette that there is."""
        found: dict[str, float] = {}
        for palette in self.settings.palette.names:
            found |= in_palette(shares, palette)
        return found

    def in_one_palette(self, chance: float) -> Clothing:
        """The clothes of the palette for a chance from 0 to 1."""
        palette = choice(self.settings.palette.at(chance))
        return replace(self, settings=self.settings.model_copy(update={"palette": palette}))


EVERYDAY = Clothing()


class Outfit(NamedTuple):
    """Garments by the names that Person has for them."""

    upper: Garment
    inner: Garment
    lower: Garment
    shoes: Garment


def draw_outfit(rng: np.random.Generator, sex: str, clothing: Clothing = EVERYDAY) -> Outfit:
    """What somebody wears above, below and on the feet."""
    # Streams of their own: what is worn in one place changes the others only where it must.
    of_pictures, above, beneath, below, feet = rng.spawn(5)
    clothing = clothing.in_one_palette(float(rng.random()))
    upper = _made_of_picture(of_pictures, _upper(above, sex, clothing), clothing)
    inner = NOTHING
    if upper.kind in _OPEN_KINDS and beneath.random() < clothing.settings.open_share:
        upper = replace(upper, open=_between(beneath, 0.15, 1.0))
        inner = _made_of_picture(of_pictures, _inner(beneath, sex, clothing, upper), clothing)
    lower = _made_of_picture(of_pictures, _lower(below, sex, upper, clothing), clothing)
    if lower.kind == "none":
        # Bare legs: what is seen below is the dress.
        lower = replace(lower, colour_name=upper.colour_name, colour=upper.colour)
    return Outfit(upper, inner, lower, draw_shoes(feet, lower.kind, clothing))


def pick(rng: np.random.Generator, options: Mapping[str, float]) -> str:
    """One of the options, each with its share; another option changes only who gets it."""
    return winner(float(rng.random()), options)


def draw_second(rng: np.random.Generator, first: str, names: Iterable[str]) -> str:
    """A colour that can be told from the first; none of the names can: empty."""

    def contrast(name: str) -> float:
        return float(np.abs(np.subtract(CLOTH[name][0], CLOTH[first][0])).sum())

    chance, apart = float(rng.random()), [name for name in names if contrast(name) > 0.6]
    return winner(chance, dict.fromkeys(apart, 1.0)) if apart else ""


def patterned(
    rng: np.random.Generator, garment: Garment, pattern: str, clothing: Clothing
) -> Garment:
    """The garment with a pattern of another colour, or plain where the palette has none to tell."""
    names = clothing.colours(_ALL_CLOTH)
    second = "" if pattern in WEAVES else draw_second(rng, garment.colour_name, names)
    return replace(
        garment,
        pattern=pattern if second or pattern in WEAVES else "plain",
        second_name=second,
        second_colour=CLOTH[second][0] if second else (0.0, 0.0, 0.0),
        pattern_scale=float(np.exp(rng.normal(0, 0.35))),
        picture="",
    )


def vary(rng: np.random.Generator, colour: Colour) -> Colour:
    """A shade of a named colour that still deserves its name."""
    shade = float(np.exp(rng.normal(0, 0.12)))
    return tuple(float(np.clip(c * shade + rng.normal(0, 0.012), 0.015, 0.92)) for c in colour)  # type: ignore[return-value]


def draw_shoes(rng: np.random.Generator, lower: str, clothing: Clothing = EVERYDAY) -> Garment:
    """Shoes to go with a lower garment of that kind."""
    light = lower in ("shorts", "skirt", "none")
    kinds = {
        "sneakers": 4.0, "shoes": 3.0, "boots": 0.6 if light else 1.2,
        "sandals": 1.5 if light else 0.25,
    }  # fmt: skip
    if lower == "suit-trousers":
        kinds = {"shoes": 5.0, "sneakers": 1.0, "boots": 0.5}
    settings = clothing.settings
    kind = pick(rng, kinds if settings.shoes is None else settings.shoes.shares)
    colours = clothing.colours(FOOTWEAR)
    if settings.shoe_colour is not None:
        colours = settings.shoe_colour.shares
    return _cut(rng, kind, pick(rng, colours), looseness=(0.007, 0.007))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _cut(
    rng: np.random.Generator,
    kind: str,
    colour: str,
    *,
    looseness: tuple[float, float],
    length: tuple[float, float] = (1.0, 1.0),
    sleeve: tuple[float, float] = (0.0, 0.0),
    denim: bool = False,
) -> Garment:
    """A garment of one colour, its measures from and to."""
    return Garment(
        kind=kind,
        colour_name=colour,
        colour=vary(rng, (DENIM if denim else CLOTH)[colour][0]),
        pattern="denim" if denim else "plain",
        length=_between(rng, *length),
        sleeve=_between(rng, *sleeve),
        looseness=_between(rng, *looseness),
    )


def _upper(rng: np.random.Generator, sex: str, clothing: Clothing) -> Garment:
    kinds = {
        "t-shirt": 4.0, "long-sleeve": 2.0, "shirt": 2.0, "sweater": 2.0, "jacket": 2.5,
        "hoodie": 1.3, "coat": 1.0,
    }  # fmt: skip
    kinds |= {"tank-top": 0.9, "dress": 1.4, "coat": 1.5} if sex == "female" else {"tank-top": 0.25}
    settings = clothing.settings
    kind = pick(rng, _wanted(kinds, settings.upper))
    denim = kind == "jacket" and rng.random() < _DENIM_JACKETS
    names = _ALL_DENIM if denim else OUTER if kind == "coat" else _ALL_CLOTH
    wanted = settings.upper_colour
    colour = pick(rng, clothing.colours(names) if wanted is None else wanted.shares)
    denim = denim and colour in DENIM
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
    garment = _cut(
        rng, kind, colour,
        length=length, sleeve=sleeve, looseness=loose, denim=denim,
    )  # fmt: skip
    if denim:
        return garment
    share = settings.patterned * (0.3 if kind in ("jacket", "coat") else 1.0)
    if rng.random() < share:
        return patterned(rng, garment, pick(rng, PATTERNS), clothing)
    knitted = kind == "sweater" and rng.random() < _KNITTED
    return patterned(rng, garment, "knit", clothing) if knitted else garment


def _inner(rng: np.random.Generator, sex: str, clothing: Clothing, over: Garment) -> Garment:
    """A top that shows under an open jacket, in another colour than that."""
    kinds = {"t-shirt": 3.0, "shirt": 2.0, "sweater": 1.0}
    if sex == "female":
        kinds["tank-top"] = 1.0
    colours = clothing.colours(_ALL_CLOTH)
    if len(colours) > 1:
        colours.pop(over.colour_name, None)
    garment = _cut(
        rng, pick(rng, kinds), pick(rng, colours), length=(0.1, 0.5), looseness=(0.006, 0.009)
    )
    if rng.random() < clothing.settings.patterned:
        return patterned(rng, garment, pick(rng, PATTERNS), clothing)
    return garment


def _wanted(usual: dict[str, float], wanted: Choice | None) -> dict[str, float]:
    """The kinds that are wanted, of those that the person's sex wears; or the usual ones."""
    if wanted is None:
        return usual
    return {kind: share for kind, share in wanted.shares.items() if kind in usual}


def _lower(rng: np.random.Generator, sex: str, upper: Garment, clothing: Clothing) -> Garment:
    if upper.kind == "dress" and rng.random() < 0.6:
        return NOTHING
    kinds = {"trousers": 3.0, "jeans": 3.5, "shorts": 1.6, "suit-trousers": 0.5}
    if sex == "female":
        kinds |= {"skirt": 1.8, "leggings": 1.8}
    else:
        kinds["suit-trousers"] = 1.0
    kinds = _wanted(kinds, clothing.settings.lower)
    if upper.kind == "dress":
        kinds = {"leggings": 1.0}
    if upper.kind == "coat":
        # A hem that shows under a coat, or no shorts in its weather.
        kinds = {k: v for k, v in kinds.items() if k not in ("shorts", "skirt")} or kinds
    settings = clothing.settings
    kind = pick(rng, kinds)
    denim = kind == "jeans" or (kind in ("shorts", "skirt") and rng.random() < _DENIM_BELOW)
    names = _ALL_DENIM if denim else SUIT if kind == "suit-trousers" else LEGWEAR
    colours = clothing.colours(names)
    # Few people match top and legs.
    if upper.colour_name in colours:
        colours[upper.colour_name] *= 0.4
    wanted = settings.lower_colour
    colour = pick(rng, colours if wanted is None else wanted.shares)
    if denim and colour not in DENIM:
        denim, kind = False, "trousers" if kind == "jeans" else kind
    length = {"shorts": (0.05, 0.5), "skirt": (0.0, 1.0), "leggings": (0.8, 0.97)}.get(
        kind, (0.96, 1.0)
    )
    loose = {
        "leggings": (0.003, 0.005), "shorts": (0.010, 0.020), "suit-trousers": (0.012, 0.018),
    }.get(kind, (0.006, 0.016))  # fmt: skip
    garment = _cut(rng, kind, colour, length=length, looseness=loose, denim=denim)
    if kind == "skirt" and not denim and rng.random() < 0.8 * clothing.settings.patterned:
        return patterned(rng, garment, pick(rng, PATTERNS), clothing)
    return garment


def _made_of_picture(rng: np.random.Generator, garment: Garment, clothing: Clothing) -> Garment:
    """The garment made of one of the pictures, or as it is. Jeans of a picture are trousers."""
    made, which, *at = rng.random(4)
    width = clothing.picture_width.draw(rng)
    if garment.kind == "none" or made >= clothing.picture_share or not clothing.pictures:
        return garment
    named = {picture.name: picture for picture in clothing.pictures}
    picture = named[winner(float(which), dict.fromkeys(named, 1.0))]
    second = picture.second
    return replace(
        garment,
        kind="trousers" if garment.kind == "jeans" else garment.kind,
        colour_name=nearest(picture.colour),
        colour=picture.colour,
        pattern="picture",
        second_name=nearest(second) if second else "",
        second_colour=second or (0.0, 0.0, 0.0),
        picture=picture.name,
        picture_width=width,
        picture_at=(at[0], at[1]),
    )
