"""Draws outfits: kinds of garments that go together, their measures, colours and patterns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from vidsynth.colour import Colour
from vidsynth.config.clothes import ClothesConfig
from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.distributions import Distribution, of
from vidsynth.drawing.races import one_of, winner
from vidsynth.wardrobe.cloth_pictures import ClothPicture
from vidsynth.wardrobe.colours import CLOTH, DENIM, in_palette, nearest
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.garments.kind import ANY_CLOTH, Kind
from vidsynth.wardrobe.patterns import PATTERNS, WEAVES
from vidsynth.wardrobe.records import NOTHING, Garment

_ALL_DENIM = {name: share for name, (_, share) in DENIM.items()}
_BARE_LEGS = 0.6
"""Share of those in a dress who wear nothing on their legs."""

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
    if GARMENTS[upper.kind].opens and beneath.random() < clothing.settings.open_share:
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
    """A second colour that contrasts with the first; empty where none of the names does."""

    def contrast(name: str) -> float:
        return float(np.abs(np.subtract(CLOTH[name][0], CLOTH[first][0])).sum())

    chance, apart = float(rng.random()), [name for name in names if contrast(name) > 0.6]
    return one_of(chance, apart) if apart else ""


def patterned(
    rng: np.random.Generator, garment: Garment, pattern: str, clothing: Clothing
) -> Garment:
    """The garment with a pattern in another colour; plain where the palette has no second."""
    names = clothing.colours(ANY_CLOTH)
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
    """A shade of a named colour that still goes by its name."""
    shade = float(np.exp(rng.normal(0, 0.12)))
    return tuple(float(np.clip(c * shade + rng.normal(0, 0.012), 0.015, 0.92)) for c in colour)  # type: ignore[return-value]


def draw_shoes(rng: np.random.Generator, lower: str, clothing: Clothing = EVERYDAY) -> Garment:
    """Shoes to go with a lower garment of that kind."""
    settings = clothing.settings
    kinds = worn("shoes", GARMENTS[lower].legs)
    kind = GARMENTS[pick(rng, kinds if settings.shoes is None else settings.shoes.shares)]
    colours = clothing.colours(kind.colours)
    if settings.shoe_colour is not None:
        colours = settings.shoe_colour.shares
    return _cut(rng, kind, pick(rng, colours))


def worn(place: str, by: str) -> dict[str, float]:
    """How often each kind is worn in a place, by people or with legs of that sort."""
    kinds = (kind for kind in GARMENTS.values() if kind.place == place)
    return {kind.name: kind.worn[by] for kind in kinds if by in kind.worn}


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _cut(rng: np.random.Generator, kind: Kind, colour: str, denim: bool = False) -> Garment:
    """A garment of one colour, in measures of its kind."""
    return Garment(
        kind=kind.name,
        colour_name=colour,
        colour=vary(rng, (DENIM if denim else CLOTH)[colour][0]),
        pattern="denim" if denim else "plain",
        length=_between(rng, *kind.length),
        sleeve=_between(rng, *kind.sleeve),
        looseness=_between(rng, *kind.looseness),
    )


def _is_denim(rng: np.random.Generator, kind: Kind) -> bool:
    return kind.denim == 1 or (kind.denim > 0 and float(rng.random()) < kind.denim)


def _upper(rng: np.random.Generator, sex: str, clothing: Clothing) -> Garment:
    settings = clothing.settings
    kind = GARMENTS[pick(rng, _wanted(worn("upper", sex), settings.upper))]
    denim = _is_denim(rng, kind)
    wanted = settings.upper_colour
    colours = clothing.colours(_ALL_DENIM if denim else kind.colours)
    colour = pick(rng, colours if wanted is None else wanted.shares)
    garment = _cut(rng, kind, colour, denim and colour in DENIM)
    return _with_pattern(rng, kind, garment, clothing, settings.upper_pattern)


def _inner(rng: np.random.Generator, sex: str, clothing: Clothing, over: Garment) -> Garment:
    """A top that shows under an open jacket, in another colour than that."""
    kinds = {kind.name: kind.beneath[sex] for kind in GARMENTS.values() if sex in kind.beneath}
    colours = clothing.colours(ANY_CLOTH)
    if len(colours) > 1:
        colours.pop(over.colour_name, None)
    kind = replace(
        GARMENTS[pick(rng, kinds)],
        length=(0.1, 0.5), sleeve=(0.0, 0.0), looseness=(0.006, 0.009), knitted=0.0,
    )  # fmt: skip
    return _with_pattern(rng, kind, _cut(rng, kind, pick(rng, colours)), clothing)


def _wanted(usual: dict[str, float], wanted: Choice | None) -> dict[str, float]:
    """The kinds that are wanted, of those that the person's sex wears; or the usual ones."""
    if wanted is None:
        return usual
    return {kind: share for kind, share in wanted.shares.items() if kind in usual}


def _lower(rng: np.random.Generator, sex: str, upper: Garment, clothing: Clothing) -> Garment:
    above = GARMENTS[upper.kind]
    if above.one_piece and rng.random() < _BARE_LEGS:
        return NOTHING
    settings = clothing.settings
    kinds = _wanted(worn("lower", sex), settings.lower)
    if above.one_piece:
        kinds = {"leggings": 1.0}
    elif above.outer and above.hangs:
        # A hem that shows under a coat, or no shorts in its weather.
        kinds = {k: v for k, v in kinds.items() if GARMENTS[k].legs != "bare"} or kinds
    kind = GARMENTS[pick(rng, kinds)]
    denim = _is_denim(rng, kind)
    colours = clothing.colours(_ALL_DENIM if denim else kind.colours)
    # Few people match top and legs.
    if upper.colour_name in colours:
        colours[upper.colour_name] *= 0.4
    wanted = settings.lower_colour
    colour = pick(rng, colours if wanted is None else wanted.shares)
    if denim and colour not in DENIM:
        denim, kind = False, _in_cloth(kind)
    garment = _cut(rng, kind, colour, denim)
    return _with_pattern(rng, kind, garment, clothing, settings.lower_pattern)


def _in_cloth(kind: Kind) -> Kind:
    """What a kind is called where it is not made of denim: jeans are trousers."""
    return GARMENTS["trousers"] if kind.denim == 1 else kind


def _with_pattern(
    rng: np.random.Generator,
    kind: Kind,
    garment: Garment,
    clothing: Clothing,
    wanted: Choice | None = None,
) -> Garment:
    """The garment with a pattern that is wanted, or patterned, knitted or plain as often as its
    kind is."""
    if garment.pattern == "denim":
        return garment
    if wanted is not None:
        return patterned(rng, garment, wanted.draw(rng), clothing)
    share = kind.patterned * clothing.settings.patterned
    if kind.patterned and rng.random() < share:
        return patterned(rng, garment, pick(rng, PATTERNS), clothing)
    knitted = kind.knitted and rng.random() < kind.knitted
    return patterned(rng, garment, "knit", clothing) if knitted else garment


def _made_of_picture(rng: np.random.Generator, garment: Garment, clothing: Clothing) -> Garment:
    """The garment made of one of the pictures, or as it is. Jeans of a picture are trousers."""
    made, which, *at = rng.random(4)
    width = clothing.picture_width.draw(rng)
    if garment.kind == "none" or made >= clothing.picture_share or not clothing.pictures:
        return garment
    named = {picture.name: picture for picture in clothing.pictures}
    picture = named[one_of(float(which), named)]
    second = picture.second
    return replace(
        garment,
        kind=_in_cloth(GARMENTS[garment.kind]).name,
        colour_name=nearest(picture.colour),
        colour=picture.colour,
        pattern="picture",
        second_name=nearest(second) if second else "",
        second_colour=second or (0.0, 0.0, 0.0),
        picture=picture.name,
        picture_width=width,
        picture_at=(at[0], at[1]),
    )
