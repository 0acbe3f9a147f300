from dataclasses import fields

import numpy as np
import pytest

from vidsynth.body.posture import Posture
from vidsynth.config import AccessoryConfig
from vidsynth.config.accessories import PLACES
from vidsynth.errors import ConfigError
from vidsynth.people.accessories import COLOURS, give_accessories
from vidsynth.people.sampling import sample_person
from vidsynth.settings import load_config
from vidsynth.wardrobe.colours import CLOTH
from vidsynth.wardrobe.records import Accessories

NOTHING = {name: 0.0 for name in AccessoryConfig.model_fields}


def crowd(count=400, **shares):
    config = AccessoryConfig(**shares)
    rng = np.random.default_rng
    return [
        give_accessories(rng([1, k]), sample_person(rng(k), k + 1), config) for k in range(count)
    ]


@pytest.fixture(scope="module")
def people():
    return crowd(1200)


def kinds(person):
    worn = person.accessories
    return {getattr(worn, place.name).kind for place in fields(worn)} - {"none"}


def test_every_kind_is_had_by_about_its_share(people):
    config = AccessoryConfig()
    for places in PLACES.values():
        for kind in places:
            share = np.mean([kind.replace("_", "-") in kinds(person) for person in people])
            assert share == pytest.approx(getattr(config, kind), abs=0.035), kind


def test_nobody_has_anything_at_shares_of_zero_and_everybody_at_one():
    for person in crowd(40, **NOTHING):
        assert person.accessories == Accessories()
        assert person.posture == Posture()
        assert person.beard == "none"
    for person in crowd(40, **(NOTHING | {"handbag": 1.0, "cap": 1.0, "umbrella": 1.0})):
        assert kinds(person) == {"handbag", "cap", "umbrella"}


def test_colours_are_named_as_they_are(people):
    for person in people[:300]:
        for place in fields(person.accessories):
            thing = getattr(person.accessories, place.name)
            if thing.kind == "none":
                assert thing.colour_name == ""
                continue
            assert thing.colour_name in COLOURS[thing.kind]
            assert np.abs(np.subtract(thing.colour, CLOTH[thing.colour_name][0])).max() < 0.5
            assert 0 <= min(thing.colour) <= max(thing.colour) <= 1


def test_a_hand_has_one_thing_to_do(people):
    for person in people:
        arms = [person.posture.left, person.posture.right]
        worn = person.accessories
        holding = {"phone": ("look", "call"), "umbrella": ("umbrella",), "none": ()}
        held = [arm for arm in arms if arm in ("look", "call", "umbrella")]
        assert len(held) == (worn.hand.kind != "none")
        assert all(arm in holding[worn.hand.kind] for arm in held)
        assert arms.count("carry") == (worn.bag.kind == "handbag")
        assert arms.count("aside") == (worn.bag.kind == "shoulder-bag")
        assert "strap" not in arms or worn.bag.kind == "backpack"
        assert "call" not in arms or worn.head.kind != "headphones"


def test_every_arm_is_seen_doing_everything(people):
    for side in ("left", "right"):
        seen = {getattr(person.posture, side) for person in people}
        assert {"swing", "carry", "aside", "strap", "pocket", "look"} <= seen
    assert {"call", "umbrella"} <= {person.posture.right for person in people}


def test_beards_are_of_men(people):
    beards = {person.beard for person in people if person.sex == "male"}
    assert beards == {"none", "stubble", "moustache", "full"}
    assert {person.beard for person in people if person.sex == "female"} == {"none"}


def test_boys_grow_a_beard_after_fifteen():
    men = [p for p in crowd(300, **(NOTHING | {"beard": 1.0})) if p.sex == "male"]
    assert {p.beard for p in men if p.body.age < 15} == {"none"}
    assert "none" not in {p.beard for p in men if p.body.age > 20}


def test_scarves_and_knitted_caps_seldom_go_with_light_clothes(people):
    light = {"neck": [], "head": []}
    for person in people:
        bare = person.lower.kind == "shorts" or person.upper.kind in ("t-shirt", "tank-top")
        for place, kind in (("neck", "scarf"), ("head", "beanie")):
            if getattr(person.accessories, place).kind == kind:
                light[place].append(bare)
    assert all(np.mean(found) < 0.15 for found in light.values())
    everybody = crowd(40, **(NOTHING | {"scarf": 1.0}))
    assert all(kinds(person) == {"scarf"} for person in everybody), "asked for, all have one"


def test_shares_of_one_place_must_not_exceed_one():
    with pytest.raises(ConfigError, match=r"cap, hat, beanie, headphones add up to 1\.21.* lower"):
        load_config(None, ["accessories.cap=0.6", "accessories.hat=0.53"])
    assert load_config(None, ["accessories.cap=0.7"]).accessories.cap == 0.7
