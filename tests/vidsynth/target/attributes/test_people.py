"""Settings of people from shares of attributes: who is drawn from them looks as was told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.vidsynth.target.made_up_target import a_target
from vidsynth.config.images import ImageConfig
from vidsynth.people.accessories import give_accessories
from vidsynth.people.attributes import describe
from vidsynth.people.clothing import Clothing
from vidsynth.people.sampling import sample_person
from vidsynth.settings import load_config, load_image_config
from vidsynth.target.attributes.counting import Known
from vidsynth.target.attributes.people import people_settings
from vidsynth.target.attributes.raking import rake
from vidsynth.target.attributes.words import VALUES
from vidsynth.target.fitted_file import write_fitted
from vidsynth.target.fitting import fit
from vidsynth.target.statistics import AttributeShares, Clothes

PEOPLE = 700
TOLD: dict[str, dict[str, float]] = {
    "gender": {"female": 0.3, "male": 0.7},
    "age": {"young": 0.6, "middle-aged": 0.1, "old": 0.3},
    "upper_colour": {"yellow": 0.5, "black": 0.3, "pink": 0.2},
    "lower_colour": {"purple": 0.4, "blue": 0.6},
    "sleeve": {"none": 0.1, "short": 0.7, "long": 0.2},
    "lower_kind": {"shorts": 0.6, "skirt": 0.15, "trousers": 0.15, "jeans": 0.1},
    "hair_colour": {"blond": 0.5, "black": 0.3, "grey": 0.2},
    "hair_type": {"long": 0.4, "cropped": 0.2, "bald": 0.2, "tied": 0.2},
    "beard": {"none": 0.9, "beard": 0.1},
    "bag": {"backpack": 0.6, "handbag": 0.2, "none": 0.2},
    "hat": {"yes": 0.5, "no": 0.5},
    "headphones": {"yes": 0.2, "no": 0.8},
    "glasses": {"yes": 0.7, "no": 0.3},
    "held": {"umbrella": 0.3, "phone": 0.1, "none": 0.6},
}


def known(told: dict[str, dict[str, float]], confidence: float = 1.0) -> dict[str, Known]:
    return {
        name: Known(np.array([shares.get(value, 0.0) for value in VALUES[name]]), confidence)
        for name, shares in told.items()
    }


def drawn(settings: dict[str, Any]) -> dict[str, Counter[str]]:
    """How many of the people drawn by these settings have each value of each attribute."""
    config = ImageConfig.model_validate(settings)
    counts: dict[str, Counter[str]] = {name: Counter() for name in VALUES}
    for number in range(PEOPLE):
        person = sample_person(
            np.random.default_rng([1, number]), number + 1, config.bodies, Clothing(config.clothes)
        )
        person = give_accessories(np.random.default_rng([2, number]), person, config.accessories)
        words = describe(person)
        gender, _, rest = words["body_type"].partition("-")
        words |= {"gender": gender, "age": rest.rpartition("-")[0]}
        for name, counter in counts.items():
            counter[words[name]] += 1
    return counts


def test_who_is_drawn_looks_as_was_told() -> None:
    made = people_settings(known(TOLD), defensive=0)
    assert made.report["hat"] == {"confidence": 1.0, "as_by_default": 0.0}
    counts = drawn(made.settings)
    off = {
        f"{name} {value}": round(abs(counts[name][value] / PEOPLE - share), 3)
        for name, shares in TOLD.items()
        for value, share in shares.items()
    }
    # Denim has colours of its own, and coats hide no bare legs.
    assert max(off.values()) < 0.08, dict(Counter(off).most_common(6))


def test_long_hair_still_goes_with_women() -> None:
    settings = people_settings(known({"hair_type": TOLD["hair_type"]}), defensive=0).settings
    config = ImageConfig.model_validate(settings)
    people = [sample_person(np.random.default_rng(k), k + 1, config.bodies) for k in range(400)]
    long = {
        sex: np.mean([p.hair_style in ("long", "bob") for p in people if p.sex == sex])
        for sex in ("female", "male")
    }
    assert long["female"] > 2 * long["male"]


def test_what_a_model_is_unsure_of_stays_broad() -> None:
    told = {"hat": {"yes": 1.0}, "upper_colour": {"yellow": 1.0}}
    sure = people_settings(known(told, 0.99), defensive=0.2)
    unsure = people_settings(known(told, 0.4), defensive=0.2)
    assert sure.report["hat"]["as_by_default"] == pytest.approx(0.2), "never less"
    assert unsure.report["hat"]["as_by_default"] == 1, "87 % have none: it knows nothing more"
    half = people_settings(known(told, 0.935), defensive=0.2)
    assert half.report["hat"]["as_by_default"] == pytest.approx(0.5, abs=0.01)

    def yellow(found: dict[str, Any]) -> float:
        colour = found["clothes"]["upper_colour"]
        shares = dict(zip(colour["choice"], colour["weights"], strict=True))
        return float(shares["yellow"] / sum(shares.values()))

    assert yellow(sure.settings) == pytest.approx(0.8 + 0.2 * 0.8 / 31.2, abs=0.005)
    blue = 7 / 31.2  # navy, blue and light blue: what is worn most
    broad = 1 - (0.4 - blue) / (1 - blue)
    assert yellow(unsure.settings) == pytest.approx(1 - broad + broad * 0.8 / 31.2, abs=0.005)
    hats = sum(sure.settings["accessories"][kind] for kind in ("cap", "hat", "beanie"))
    assert hats == pytest.approx(0.8 + 0.2 * 0.13, abs=0.01)


def test_what_is_told_as_usual_stays_as_usual() -> None:
    usual = {"gender": {"female": 0.5, "male": 0.5}, "hat": {"yes": 0.13, "no": 0.87}}
    settings = people_settings(known(usual), defensive=0).settings
    assert settings["bodies"] == {"female_share": 0.5}
    accessories = settings["accessories"]
    for kind, share in (("cap", 0.07), ("hat", 0.03), ("beanie", 0.03), ("headphones", 0.05)):
        assert accessories[kind] == pytest.approx(share, abs=0.002)


def test_nobody_goes_naked_where_everybody_is_said_to_wear_skirts() -> None:
    told = {"lower_kind": {"skirt": 1.0}, "hair_colour": {"grey": 1.0}, "beard": {"beard": 1.0}}
    made = people_settings(known(told), defensive=0).settings
    counts = drawn(made)
    assert counts["lower_kind"]["skirt"] > 0.2 * PEOPLE
    assert counts["hair_colour"] == {"grey": PEOPLE}
    assert made["accessories"]["beard"] == 1


def test_colours_of_a_model_come_before_those_of_pixels() -> None:
    pixels = Clothes(upper={"red": 1.0}, lower={"green": 1.0})
    made = people_settings(known({"upper_colour": {"white": 1.0}}), pixels, defensive=0).settings
    assert made["clothes"]["upper_colour"]["choice"] == ["white"]
    assert made["clothes"]["lower_colour"]["choice"] == ["olive"]
    unsure = people_settings(known({"upper_colour": {"white": 1.0}}, 0.4), pixels)
    assert set(unsure.settings["clothes"]["upper_colour"]["choice"]) == {"red", "dark-red"}
    assert not unsure.report, "it is not the model that told"
    alone = people_settings(known({"upper_colour": {"white": 1.0}}, 0.4))
    assert "white" in alone.settings["clothes"]["upper_colour"]["choice"]


def test_both_commands_read_what_is_fitted_to_attributes_alone(tmp_path: Path) -> None:
    told = {
        name: AttributeShares(
            counts=tuple(TOLD[name].get(value, 0.0) for value in VALUES[name]),
            tracklets=100,
            confidence=0.98,
        )
        for name in TOLD
    }
    target = a_target({}, tracklets=(100,)).model_copy(update={"attributes": {"1": told}})
    fitted = fit(target)
    assert fitted.report["people"]["bag"] == {"confidence": 0.98, "as_by_default": 0.2}
    file = tmp_path / "fitted.yaml"
    write_fitted(file, fitted.settings)
    for config in (load_config(file), load_image_config(file)):
        worn = config.accessories
        eyes = worn.glasses + worn.sunglasses
        assert eyes == pytest.approx(0.8 * 0.7 + 0.2 * 0.25, abs=0.002)
        assert config.bodies.hair_colours is not None
        assert config.clothes.lower is not None


def test_raking_reaches_margins_and_keeps_what_goes_together() -> None:
    odds = np.array([[4.0, 1.0, 1.0], [1.0, 4.0, 0.0]])
    people = np.array([0.5, 0.5])
    words = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    factors = rake(odds, people, [(words, np.array([0.2, 0.8]))])
    shares = odds * factors / (odds * factors).sum(1, keepdims=True)
    assert people @ shares @ words == pytest.approx([0.2, 0.8], abs=1e-6)
    ratio = shares[0, 0] * shares[1, 1] / (shares[0, 1] * shares[1, 0])
    assert ratio == pytest.approx(16), "the odds ratio is as before"
    assert factors[1] == pytest.approx(factors[2])
