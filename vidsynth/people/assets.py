"""Dresses people in MakeHuman assets in place of garments cut out of helper shells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from vidsynth.drawing.races import one_of
from vidsynth.people.clothing import EVERYDAY, Clothing, draw_outfit
from vidsynth.people.outfits import changed
from vidsynth.people.person import Person
from vidsynth.wardrobe.colours import nearest
from vidsynth.wardrobe.garments import GARMENTS
from vidsynth.wardrobe.makehuman.asset import Asset
from vidsynth.wardrobe.records import NOTHING, Accessory, Garment

_HATS, _TRIES = 0.25, 200


def give_assets(
    outfits: Sequence[Person],
    assets: Sequence[Asset],
    share: float,
    head: np.random.Generator,
    clothes: Callable[[int], np.random.Generator],
    clothing: Clothing = EVERYDAY,
) -> Person:
    """The person in the last of ``outfits``, in assets where they wear any.

    ``outfits`` are the person's outfits from the first on, in garments. Hair, drawn from ``head``,
    is the same in each; ``clothes(number)`` draws what else is worn in outfit ``number``, which
    differs plainly from all before it: where assets do not suffice for that, in some other
    garments.
    """
    person = outfits[-1]
    crowned = _grow(person, assets, share, head)
    worn: list[Person] = []
    for number, plain in enumerate(outfits, 1):
        rng, base = clothes(number), plain
        for _ in range(_TRIES):
            dressed = _clothe(rng, base, assets, share)
            if all(changed(dressed, before) for before in worn):
                break
            base = replace(plain, **draw_outfit(rng, person.sex, clothing)._asdict())
        worn.append(dressed)
    last = worn[-1]
    # A hat would cut through hair that was not made for it, and there is one hat to a head.
    if crowned.hair_asset:
        bare = replace(last.accessories, head=Accessory())
        return replace(
            last, hair_style=crowned.hair_style, hair_asset=crowned.hair_asset, hat_asset="",
            beard="none", accessories=bare,
        )  # fmt: skip
    return last if last.accessories.head.kind == "none" else replace(last, hat_asset="")


def _grow(
    person: Person, assets: Sequence[Asset], share: float, rng: np.random.Generator
) -> Person:
    hair = _pick(rng, person, assets, ("hair",), share)
    if hair is None:
        return person
    return replace(person, hair_style=hair.hair_style, hair_asset=hair.name)


def _clothe(
    rng: np.random.Generator, person: Person, assets: Sequence[Asset], share: float
) -> Person:
    above = _pick(rng, person, assets, ("top", "dress", "suit"), share)
    below = _pick(rng, person, assets, ("trousers", "skirt"), share)
    shoes = _pick(rng, person, assets, ("shoes",), share)
    hat = _pick(rng, person, assets, ("hat",), share * _HATS)
    if GARMENTS[person.upper.kind].one_piece and above is None:
        below = None
    if above is not None:
        if person.lower.kind == "none":
            # The dress' lower half stays, as a skirt.
            half = replace(person.lower, kind="skirt", length=person.upper.length)
            person = replace(person, lower=half)
        person = replace(person, upper=_upper(above), inner=NOTHING)
        below = above if above.kind != "top" else below
    if below is not None:
        person = replace(person, lower=_lower(below))
    if shoes is not None:
        kind = (
            "boots"
            if "boot" in shoes.words
            else "sneakers"
            if "sneaker" in shoes.words
            else "shoes"
        )
        person = replace(person, shoes=_garment(shoes, kind))
    return replace(person, hat_asset=hat.name if hat is not None else "")


def _pick(
    rng: np.random.Generator,
    person: Person,
    assets: Sequence[Asset],
    kinds: tuple[str, ...],
    share: float,
) -> Asset | None:
    """One of the assets of these kinds for the person's sex, with probability ``share``."""
    drawn, place = rng.random(2)
    fitting = {a.name: a for a in assets if a.kind in kinds and a.sex in ("", person.sex)}
    if not fitting or drawn >= share:
        return None
    return fitting[one_of(float(place), fitting)]


def _upper(asset: Asset) -> Garment:
    length = asset.length if asset.kind == "top" else 1.0
    return replace(_garment(asset, asset.upper_kind), sleeve=asset.sleeve, length=length)


def _lower(asset: Asset) -> Garment:
    kind = "skirt" if asset.kind in ("skirt", "dress") else "trousers"
    if kind == "trousers" and asset.words & {"jean", "denim"}:
        kind = "jeans"
    if kind == "trousers" and asset.length < 0.6:
        kind = "shorts"
    return replace(_garment(asset, kind), length=asset.length)


def _garment(asset: Asset, kind: str) -> Garment:
    return Garment(kind, nearest(asset.colour), asset.colour, asset=asset.name)
