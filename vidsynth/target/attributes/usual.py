"""How usual things are without a target, and which words they go by."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from vidsynth.colour import term
from vidsynth.config.clothes import ClothesConfig
from vidsynth.people.attributes.words import sleeve_word
from vidsynth.people.clothing import worn
from vidsynth.target.attributes.words import VALUES
from vidsynth.wardrobe.colours import CLOTH
from vidsynth.wardrobe.garments import GARMENTS, UPPER_KINDS

SEXES = ("female", "male")
_LENGTHS = np.linspace(0, 1, 101)


def odds_of_kinds(place: str, kinds: tuple[str, ...]) -> np.ndarray:
    """How often each sex wears each kind in a place (2, K)."""
    return np.array([[worn(place, sex).get(kind, 0.0) for kind in kinds] for sex in SEXES])


def words_of(
    things: tuple[str, ...], attribute: str, known: Mapping[str, str], other: str | None = None
) -> np.ndarray:
    """Which value of an attribute each thing goes by, 0 or 1 (K, W): that of ``known``, or else
    ``other``, or its own name."""
    values = VALUES[attribute]
    found = np.zeros((len(things), len(values)))
    for row, thing in enumerate(things):
        found[row, values.index(known.get(thing, other or thing))] = 1
    return found


def sleeves() -> np.ndarray:
    """How often each kind worn above has sleeves of each word (K, W)."""
    values, found = VALUES["sleeve"], np.zeros((len(UPPER_KINDS), len(VALUES["sleeve"])))
    for row, kind in enumerate(UPPER_KINDS):
        low, high = GARMENTS[kind].sleeve
        for length in low + (high - low) * _LENGTHS:
            found[row, values.index(sleeve_word(float(length)))] += 1 / len(_LENGTHS)
    return found


def outerwear() -> np.ndarray:
    """How often each kind worn above is outerwear (K, 2): a jacket, a coat, or worn open."""
    opened = ClothesConfig().open_share
    kinds = [GARMENTS[kind] for kind in UPPER_KINDS]
    yes = np.array([1.0 if kind.outer else opened * kind.opens for kind in kinds])
    return np.stack([1 - yes, yes], 1)


def basic_term(colour: str) -> str:
    """Of a named colour of cloth."""
    return term(CLOTH[colour][0])


def terms_of_cloth(attribute: str, usual: Mapping[str, float]) -> np.ndarray:
    """Shares of an attribute's basic terms (W,) where named colours are so usual."""
    found = np.zeros(len(VALUES[attribute]))
    for colour, often in usual.items():
        found[VALUES[attribute].index(basic_term(colour))] += often
    return np.asarray(found / found.sum())


def cloth_of_terms(
    shares: Mapping[str, float], usual: Mapping[str, float], unusual: bool
) -> dict[str, float]:
    """Weights of named colours: those of a basic term share what the term has as they usually do.

    Of a term that no usual colour has, with ``unusual`` those of any cloth, else none."""
    weights: dict[str, float] = {}
    for basic, share in shares.items():
        there = {name: often for name, often in usual.items() if basic_term(name) == basic}
        if unusual and not there:
            there = {name: often for name, (_, often) in CLOTH.items() if basic_term(name) == basic}
        total = sum(there.values())
        weights |= {name: share * often / total for name, often in there.items()}
    return weights
