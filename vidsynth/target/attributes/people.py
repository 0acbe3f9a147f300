"""Settings of who people are and what they wear, from what is told of a target's.

The less a model knows of an attribute beyond what is usual, the more of it stays as by default, and
never less than the defensive share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from vidsynth.config.accessories import PLACES, AccessoryConfig
from vidsynth.config.bodies import BodiesConfig
from vidsynth.config.clothes import LOWER
from vidsynth.people.accessories import BY_SEX, HATS
from vidsynth.people.attributes.words import AGES_END, HAIR_WORDS
from vidsynth.people.physique import draw_body, draw_skin
from vidsynth.people.sampling import hair_colours, hair_styles
from vidsynth.people.skin_and_hair import HAIR
from vidsynth.target.attributes.counting import Known
from vidsynth.target.attributes.raking import rake, usual_shares
from vidsynth.target.attributes.usual import (
    SEXES,
    cloth_of_terms,
    odds_of_kinds,
    outerwear,
    sleeves,
    terms_of_cloth,
    words_of,
)
from vidsynth.target.attributes.words import VALUES
from vidsynth.target.statistics import Clothes
from vidsynth.wardrobe.colours import CLOTH, FOOTWEAR, LEGWEAR
from vidsynth.wardrobe.garments import GARMENTS, UPPER_KINDS
from vidsynth.wardrobe.hair_styles import HAIR_STYLES

_BODIES = 600
"""People of whom it is asked how usual each colour of hair is."""
_LITTLE = 0.5
"""Share as by default from which on colours are better taken from pixels, which are right for about
half of tracklets (`target.clothes`)."""
_TIED = {"bun": "tied", "ponytail": "tied"}
_LOWER_WORDS = {"jeans": "jeans", "shorts": "shorts", "skirt": "skirt"}
"""Any other kind is trousers."""
_ACCESSORY_WORDS: dict[str, dict[str, dict[str, str]]] = {
    "bag": {"bag": {kind: kind for kind in ("backpack", "shoulder-bag", "handbag")}},
    "head": {"hat": dict.fromkeys(HATS, "yes"), "headphones": {"headphones": "yes"}},
    "eyes": {"glasses": {"glasses": "yes", "sunglasses": "yes"}},
    "face": {"mask": {"face-mask": "yes"}},
    "neck": {"scarf": {"scarf": "yes"}},
    "hand": {"held": {"phone": "phone", "umbrella": "umbrella"}},
}
"""By place and attribute, the words of kinds; any other kind is no, or none."""


@dataclass
class PeopleSettings:
    """Sections of a config for both render commands, and for each attribute they follow from how
    sure it is and how much stays as by default."""

    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    report: dict[str, dict[str, float]] = field(default_factory=dict)


def people_settings(
    known: Mapping[str, Known], clothes: Clothes | None = None, defensive: float = 0.2
) -> PeopleSettings:
    """Settings for what is told of people.

    Args:
        known: attributes as a model predicts them, over all cameras.
        clothes: colours as pixels have them, for those that no model told.
        defensive: least share that is as by default.
    """
    found = _Fit(known, defensive)
    found.fit(clothes)
    return found.made


def mixed(known: Known, usual: np.ndarray, defensive: float) -> tuple[np.ndarray, float]:
    """Shares (V,) to render, and how much of them is as ``usual`` (V,).

    It is what a model's skill leaves of 1: how much surer it is than whoever always says the usual
    commonest value, as Cohen's kappa counts it. Who shows nothing is answered with what was usual
    in training, and that is not to be taken for the target.
    """
    guess = float(usual.max())
    skill = max(0.0, (known.confidence - guess) / (1 - guess)) if guess < 1 else 0.0
    broad = max(defensive, 1 - skill)
    return (1 - broad) * known.shares + broad * usual, broad


class _Fit:
    def __init__(self, known: Mapping[str, Known], defensive: float) -> None:
        self.known, self.defensive = known, defensive
        self.made = PeopleSettings()
        self.women = BodiesConfig().female_share

    def fit(self, clothes: Clothes | None) -> None:
        self._gender()
        self._age()
        self._hair()
        self._garments()
        self._accessories()
        self._colours(clothes)

    def _wanted(self, name: str, usual: np.ndarray) -> np.ndarray:
        """The shares of an attribute's values that settings are to give; notes how they came."""
        known = self.known[name]
        shares, broad = mixed(known, usual, self.defensive)
        self.made.report[name] = {
            "confidence": round(known.confidence, 3),
            "as_by_default": round(broad, 3),
        }
        return shares

    def _set(self, section: str, **values: Any) -> None:
        self.made.settings.setdefault(section, {}).update(values)

    def _sexes(self) -> np.ndarray:
        return np.array([self.women, 1 - self.women])

    def _gender(self) -> None:
        if "gender" in self.known:
            usual = BodiesConfig().female_share
            self.women = float(self._wanted("gender", np.array([usual, 1 - usual]))[0])
            self._set("bodies", female_share=round(self.women, 3))

    def _age(self) -> None:
        if "age" not in self.known:
            return
        usual = BodiesConfig().ages.histogram
        assert usual is not None
        edges = np.unique([*usual.edges, *AGES_END])
        counts = np.diff(np.interp(edges, usual.edges, np.cumsum([0, *usual.counts])))
        word = np.searchsorted(AGES_END, (edges[1:] + edges[:-1]) / 2)
        shares = np.bincount(word, counts, len(VALUES["age"])) / counts.sum()
        counts = counts * (self._wanted("age", shares) / shares)[word]
        rounded = np.round(counts / counts.sum(), 4).tolist()
        self._set("bodies", ages={"histogram": {"edges": edges.tolist(), "counts": rounded}})

    def _hair(self) -> None:
        if "hair_type" in self.known:
            odds = np.array([[hair_styles(sex)[style] for style in HAIR_STYLES] for sex in SEXES])
            words = words_of(HAIR_STYLES, "hair_type", _TIED)
            factors = self._raked("hair_type", odds, self._sexes(), words)
            self._set("bodies", hair_styles=_choice(HAIR_STYLES, factors / factors.mean()))
        if "hair_colour" in self.known:
            rng, usual, names = np.random.default_rng(0), BodiesConfig(), tuple(HAIR)
            bodies = [
                draw_body(rng, SEXES[rng.random() >= self.women], draw_skin(rng, usual), usual)
                for _ in range(_BODIES)
            ]
            odds = np.array([[hair_colours(body)[name] for name in names] for body in bodies])
            words = words_of(names, "hair_colour", HAIR_WORDS)
            factors = self._raked("hair_colour", odds, np.full(_BODIES, 1 / _BODIES), words)
            self._set("bodies", hair_colours=_choice(names, factors / factors.mean()))
        if "beard" in self.known:
            usual_beards = AccessoryConfig().beard * (1 - self.women)
            bearded = self._wanted("beard", np.array([1 - usual_beards, usual_beards]))[1]
            share = float(min(1.0, bearded / max(1 - self.women, 1e-6)))
            self._set("accessories", beard=round(share, 3))

    def _raked(
        self, name: str, odds: np.ndarray, people: np.ndarray, words: np.ndarray
    ) -> np.ndarray:
        wanted = self._wanted(name, usual_shares(odds, people, words))
        return rake(odds, people, [(words, wanted)])

    def _garments(self) -> None:
        """Kinds of garments: of each as many, by the words of the attributes that tell of it."""
        upper = odds_of_kinds("upper", UPPER_KINDS)
        words = {"sleeve": sleeves(), "outerwear": outerwear()}
        told = [name for name in words if name in self.known]
        if told:
            kinds = self._kinds(upper, [(name, words[name]) for name in told], self._sexes())
            self._set("clothes", upper=_choice(UPPER_KINDS, kinds))
            upper = np.where(upper > 0, kinds, 0)
        if "lower_kind" not in self.known:
            return
        dresses = [GARMENTS[kind].one_piece for kind in UPPER_KINDS]
        others = self._sexes() * (1 - upper[:, dresses].sum(1) / upper.sum(1))
        dressed = 1 - others.sum()
        words_below = words_of(LOWER, "lower_kind", _LOWER_WORDS, "trousers")
        lower = odds_of_kinds("lower", LOWER)
        # Who wears a dress counts as in a skirt, and has nothing else below.
        of_dresses = dressed * (np.array(VALUES["lower_kind"]) == "skirt")
        usual = others @ (lower / lower.sum(1, keepdims=True)) @ words_below + of_dresses
        wanted = np.maximum(self._wanted("lower_kind", usual) - of_dresses, 0)
        kinds = _worn(lower, others / others.sum(), [(words_below, wanted / wanted.sum())])
        self._set("clothes", lower=_choice(LOWER, kinds))

    def _kinds(
        self, odds: np.ndarray, told: list[tuple[str, np.ndarray]], people: np.ndarray
    ) -> np.ndarray:
        wanted = [
            (words, self._wanted(name, usual_shares(odds, people, words))) for name, words in told
        ]
        return _worn(odds, people, wanted)

    def _accessories(self) -> None:
        usual = AccessoryConfig()
        for place, attributes in _ACCESSORY_WORDS.items():
            told = [name for name in attributes if name in self.known]
            if not told:
                continue
            kinds = tuple(kind.replace("_", "-") for kind in PLACES[place])
            shares = [float(getattr(usual, kind)) for kind in PLACES[place]]
            base = np.array([*shares, max(0.0, 1 - sum(shares))])
            by_sex = np.array([[BY_SEX.get(kind, (1, 1))[sex] for kind in kinds] for sex in (0, 1)])
            odds = base * np.hstack([by_sex, np.ones((2, 1))])
            wanted = []
            for name in told:
                words = words_of((*kinds, ""), name, attributes[name], VALUES[name][0])
                usually = usual_shares(odds, self._sexes(), words)
                wanted.append((words, self._wanted(name, usually)))
            found = base * rake(odds, self._sexes(), wanted)
            # Rounded down, as what people may have at one place is at most 1.
            rounded = np.floor(1e4 * found / found.sum()) / 1e4
            self._set("accessories", **dict(zip(PLACES[place], rounded.tolist(), strict=False)))

    def _colours(self, clothes: Clothes | None) -> None:
        """As a model told them; by pixels where it did not, or knows little."""
        for place, usual, seen in (
            ("upper", {name: often for name, (_, often) in CLOTH.items()}, clothes),
            ("lower", LEGWEAR, clothes),
            ("shoe", FOOTWEAR, None),
        ):
            name = f"{place}_colour"
            weights: dict[str, float] = {}
            if name in self.known:
                wanted = self._wanted(name, terms_of_cloth(name, usual))
                shares = dict(zip(VALUES[name], wanted.tolist(), strict=True))
                weights = cloth_of_terms(shares, usual, unusual=True)
            pixels = {} if seen is None else getattr(seen, place)
            others = cloth_of_terms(pixels, usual, unusual=False)
            if others and self._knows_little(name):
                weights = others
            if sum(weights.values()) > 0:
                drawn = _choice(tuple(weights), np.array([*weights.values()]))
                self._set("clothes", **{name: drawn})

    def _knows_little(self, name: str) -> bool:
        """Whether more is as by default than as a model told; then it is not told of."""
        if name in self.made.report and self.made.report[name]["as_by_default"] <= _LITTLE:
            return False
        self.made.report.pop(name, None)
        return True


def _worn(
    odds: np.ndarray, people: np.ndarray, wanted: list[tuple[np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Weights (K,) of kinds that both sexes draw from alike, each of those that it wears; who wears
    none of what is wanted wears what they usually do."""
    by_sex = odds / odds.sum(1, keepdims=True)
    usual = people @ by_sex
    found = usual * rake(usual * (odds > 0), people, wanted)
    found = found / found.sum()
    for kinds, share in zip(by_sex, people, strict=True):
        if found[kinds > 0].sum() < 1e-3:
            found = found + share * kinds
    return np.asarray(found / found.sum())


def _choice(names: tuple[str, ...], weights: np.ndarray) -> dict[str, Any]:
    kept = {n: round(float(w), 3) for n, w in zip(names, weights, strict=True) if round(w, 3) > 0}
    return {"choice": list(kept), "weights": list(kept.values())}
