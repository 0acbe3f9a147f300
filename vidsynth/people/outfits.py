"""The same person in other clothes: body, face, hair and gait stay, every garment changes.

What SVReID (w cc) and CCVID have: Zhang et al., Synthetic-to-Real Video Person Re-ID; Gu et al.,
Clothes-changing Person Re-identification with RGB Modality Only, CVPR 2022.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from vidsynth.colour import told_apart
from vidsynth.errors import ConfigError
from vidsynth.people.clothing import EVERYDAY, Clothing, draw_outfit
from vidsynth.people.person import Person
from vidsynth.wardrobe.garments import GARMENTS

PLAIN = 20
"""Outfits that surely differ plainly: of colours that are told apart there are not many more."""

_TRIES, _FEW = 1000, 60


def change_clothes(
    person: Person,
    outfit: int,
    rng: Callable[[int], np.random.Generator],
    clothing: Callable[[int], Clothing] = lambda attempt: EVERYDAY,
) -> Person:
    """The person in outfit number ``outfit``, of which the one worn is number 1.

    ``rng(number)`` draws outfit ``number``, from 2; each differs plainly from all before it, and is
    drawn anew until it does; from number PLAIN + 1 on, a few times, of which the one is taken that
    is much like fewest of those before. ``clothing(attempt)`` are the clothes there are in the
    attempts, which are counted from 1 over all outfits. Raises ConfigError where no further outfit
    differs.
    """
    worn, attempt = [person], 0
    for number in range(2, outfit + 1):
        draws, alike, chosen = rng(number), len(worn) + 1, person
        for _ in range(_TRIES if number <= PLAIN else _FEW):
            attempt += 1
            drawn = draw_outfit(draws, person.sex, clothing(attempt))
            dressed = replace(person, **drawn._asdict())
            found = sum(not changed(dressed, before) for before in worn)
            if found < alike:
                alike, chosen = found, dressed
            if not found:
                break
        if alike and number <= PLAIN:
            raise ConfigError(
                f"Expected {min(outfit, PLAIN)} outfits that differ plainly, found "
                f"{len(worn)}: lower people.outfits."
            )
        worn.append(chosen)
    return worn[-1]


def changed(one: Person, other: Person) -> bool:
    """Whether two outfits differ plainly: in the colour above, or in its kind and the colour
    below."""
    if told_apart(one.upper.colour, other.upper.colour):
        return True
    # Below the waist a dress is what is seen, whatever legs are in.
    below = [
        (p.upper if GARMENTS[p.upper.kind].one_piece else p.lower).colour for p in (one, other)
    ]
    return one.upper.kind != other.upper.kind and told_apart(*below)
