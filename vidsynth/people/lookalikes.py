"""Groups of people who look alike: one body, one skin, nearly one outfit, and small differences.

The hard samples of Zhang et al., UnrealPerson, CVPR 2021, which teach a model to look at details.
Any two of a group can be told apart from all sides; gaits are everybody's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vidsynth import colour as colour_names
from vidsynth.config.accessories import AccessoryConfig
from vidsynth.config.bodies import BodiesConfig
from vidsynth.drawing.distributions import Distribution
from vidsynth.drawing.races import keys, times
from vidsynth.errors import ConfigError
from vidsynth.people.accessories import (
    HATS,
    draw_colour_of,
    draw_posture,
    odds_of_accessories,
)
from vidsynth.people.attributes.words import hair_colour, sleeve
from vidsynth.people.clothing import (
    EVERYDAY,
    Clothing,
    draw_shoes,
    patterned,
    pick,
)
from vidsynth.people.gait import sample_gait
from vidsynth.people.person import Person
from vidsynth.people.sampling import hair_colours, hair_styles
from vidsynth.people.skin_and_hair import HAIR
from vidsynth.wardrobe.patterns import PATTERNS, WEAVES
from vidsynth.wardrobe.records import Accessory, Garment

REGIONS = ("hair-style", "hair-colour", "shoes", "pattern", "sleeve", "bag", "headwear")
"""Where members of a group may differ: the names that persons.parquet has."""

_OTHER_HAIR, _TWO_REGIONS = 0.45, 0.4
_SLEEVED = {"t-shirt", "long-sleeve", "shirt"}
_OUTLINE = {"cropped": "short", "ponytail": "bun"}
_UNDER_A_HAT = {"cropped", "short", "bun", "bald"}
_TRIES = 1000
_ANYBODY = BodiesConfig()


@dataclass(frozen=True)
class LookAlike:
    """A member of a group, and the REGIONS in which it differs from the first one."""

    person: Person
    regions: tuple[str, ...] = ()


def look_alikes(
    first: Person,
    person_ids: Sequence[int],
    own: Callable[[int], np.random.Generator],
    clothes: np.random.Generator,
    shares: AccessoryConfig | None = None,
    clothing: Clothing = EVERYDAY,
    speed: Distribution | None = None,
    bodies: BodiesConfig = _ANYBODY,
) -> tuple[LookAlike, ...]:
    """A group in the outfit that ``first``, the first of ``person_ids``, wears.

    ``own(person_id)`` draws gait and hair of a member, which outfits do not change; ``clothes``
    what differs in the outfit, one member after the other: a larger group begins like a smaller;
    of accessories the kinds that ``shares`` give to anybody, of clothes and of the hair of
    ``bodies`` those there are, of walking ``speed``, m/s, what it gives.
    Raises ConfigError where no further member can be told from those before.
    """
    shares = shares or AccessoryConfig()
    group = [LookAlike(first)]
    for person_id in person_ids[1:]:
        head = _head(own(person_id), replace(first, person_id=person_id), speed, bodies)
        for _ in range(_TRIES):
            member = _dress(clothes, head, first, shares, clothing)
            if all(told_apart(member.person, other.person) for other in group):
                break
        else:
            raise ConfigError(
                f"Expected to tell {len(person_ids)} look-alikes apart, found differences for "
                f"{len(group)}: lower people.lookalike_size."
            )
        group.append(member)
    return tuple(group)


def told_apart(one: Person, other: Person) -> bool:
    """Whether two people differ in one of REGIONS, seen from the front and from behind."""
    mine, theirs = _pattern_all_around(one.upper), _pattern_all_around(other.upper)
    seconds = (one.upper.second_colour, other.upper.second_colour)
    return (
        _outline(one) != _outline(other)
        or _other_hair(one, other)
        or colour_names.told_apart(one.shoes.colour, other.shoes.colour)
        or sleeve(one) != sleeve(other)
        or mine != theirs
        or (mine != "plain" and colour_names.told_apart(*seconds))
        or _other_thing(one.accessories.bag, other.accessories.bag)
        or _other_thing(one.accessories.head, other.accessories.head)
    )


def _other_thing(one: Accessory, other: Accessory) -> bool:
    """Whether things differ by more than a hat's form or the colour of headphones."""
    kinds = ["hat" if thing.kind in HATS else thing.kind for thing in (one, other)]
    if kinds[0] != kinds[1]:
        return True
    return kinds[0] != "headphones" and colour_names.told_apart(one.colour, other.colour)


def _other_hair(one: Person, other: Person) -> bool:
    if "bald" in (one.hair_style, other.hair_style):
        return False
    gap = colour_names.difference(one.hair, other.hair)
    return hair_colour(one) != hair_colour(other) and gap >= colour_names.APART


def _pattern_all_around(garment: Garment) -> str:
    # A logo is on the chest; a weave is hardly seen from afar.
    return "plain" if garment.pattern in ("logo", *WEAVES) else garment.pattern


def _outline(person: Person) -> str:
    style = person.hair_style
    if person.accessories.head.kind in HATS and style in _UNDER_A_HAT:
        return "short"
    return _OUTLINE.get(style, style)


def _head(
    rng: np.random.Generator, person: Person, speed: Distribution | None, bodies: BodiesConfig
) -> LookAlike:
    """The person with a gait of their own and, for some, other hair, where there is other."""
    body = person.body
    gait = sample_gait(rng, body.stature, body.bmi, body.age, speed)
    person = replace(person, gait=gait)
    if rng.random() >= _OTHER_HAIR:
        return LookAlike(person)
    if rng.random() < 0.5 or person.hair_style == "bald":
        worn = hair_styles(person.sex, bodies, body.age)
        cut = {style: replace(person, hair_style=style) for style in worn}
        there = _outline(person)
        styles = {s: worn[s] for s in worn if worn[s] and _outline(cut[s]) != there}
        if not styles:
            return LookAlike(person)
        return LookAlike(cut[pick(rng, styles)], ("hair-style",))
    dyed = {n: replace(person, hair_name=n, hair=HAIR[n]) for n in HAIR}
    shares = hair_colours(body, bodies)
    colours = {n: shares[n] for n in shares if shares[n] and _other_hair(dyed[n], person)}
    if not colours:
        return LookAlike(person)
    return LookAlike(dyed[pick(rng, colours)], ("hair-colour",))


def _dress(
    rng: np.random.Generator,
    head: LookAlike,
    first: Person,
    shares: AccessoryConfig,
    clothing: Clothing,
) -> LookAlike:
    """The member in the first one's clothes but for one or two regions."""
    drawn = [r for r in ("shoes", "pattern", "sleeve") if r != "sleeve" or _sleeved(first)]
    for region, place in _THINGS.items():
        if any(odds_of_accessories(first, place, shares).values()):
            drawn.append(region)
    more = int(rng.random() < _TWO_REGIONS)
    count = more if head.regions else 1 + more
    arrival = times(float(rng.random()), keys(drawn), np.ones(len(drawn)))
    regions = [drawn[k] for k in np.argsort(arrival)[:count]]
    person, changed = head.person, list(head.regions)
    for region in sorted(regions, key=REGIONS.index):
        before = person
        if region in _THINGS:
            person = _other_accessory(rng, person, _THINGS[region], shares)
        else:
            person = _CHANGES[region](rng, person, clothing)
        if person != before:
            changed.append(region)
    return LookAlike(person, tuple(changed))


def _sleeved(person: Person) -> bool:
    return person.upper.kind in _SLEEVED


def _other_shoes(rng: np.random.Generator, person: Person, clothing: Clothing) -> Person:
    for _ in range(_TRIES):
        shoes = draw_shoes(rng, person.lower.kind, clothing)
        if colour_names.told_apart(shoes.colour, person.shoes.colour):
            return replace(person, shoes=shoes)
    return person  # in a palette of one colour there are no others


def _other_pattern(rng: np.random.Generator, person: Person, clothing: Clothing) -> Person:
    """The same cloth in the same main colour, with another pattern on it, or none."""
    upper, wanted = person.upper, clothing.settings.upper_pattern
    names = {"plain": 1.0}
    if wanted is None and clothing.settings.patterned:
        names |= dict.fromkeys(PATTERNS, 1.0)
    elif wanted is not None:
        names = {n: s for n, s in wanted.shares.items() if n == "plain" or n in PATTERNS}
    others = {name: share for name, share in names.items() if name != upper.pattern}
    if not others:
        return person
    other = patterned(rng, upper, pick(rng, others), clothing)
    # In a palette of one colour there are no patterns.
    return person if other.pattern == upper.pattern else replace(person, upper=other)


def _other_sleeve(rng: np.random.Generator, person: Person, clothing: Clothing) -> Person:
    """Long sleeves short, or short ones long; the garment's kind is what it then is, of those that
    are worn."""
    upper, wanted = person.upper, clothing.settings.upper
    longer = sleeve(person) != "long"
    reach = float(rng.uniform(0.9, 1.0) if longer else rng.uniform(0.26, 0.46))
    kind = upper.kind if upper.kind == "shirt" else "long-sleeve" if longer else "t-shirt"
    if wanted is not None and kind not in wanted.names:
        return person
    return replace(person, upper=replace(upper, kind=kind, sleeve=reach))


_THINGS = {"bag": "bag", "headwear": "head"}
"""Regions that are places of accessories."""


def _other_accessory(
    rng: np.random.Generator, person: Person, place: str, shares: AccessoryConfig
) -> Person:
    """Something of another kind at the place, or nothing there any more."""
    odds = odds_of_accessories(person, place, shares)
    odds["none"] = 0.3 * sum(odds.values())
    del odds[getattr(person.accessories, place).kind]
    worn = replace(person.accessories, **{place: draw_colour_of(rng, pick(rng, odds))})
    changed = replace(person, accessories=worn)
    return replace(changed, posture=draw_posture(rng, changed, shares.hands))


_CHANGES: dict[str, Callable[[np.random.Generator, Person, Clothing], Person]] = {
    "shoes": _other_shoes,
    "pattern": _other_pattern,
    "sleeve": _other_sleeve,
}
