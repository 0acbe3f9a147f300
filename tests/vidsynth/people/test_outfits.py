from dataclasses import replace

import numpy as np
import pytest

from vidsynth.errors import ConfigError
from vidsynth.people.attributes import describe
from vidsynth.people.outfits import change_clothes, changed
from vidsynth.people.sampling import sample_person


def wardrobe(seed, outfits):
    person = sample_person(np.random.default_rng(seed), 1)
    return [
        change_clothes(person, number, lambda n: np.random.default_rng([seed, n]))
        for number in range(1, outfits + 1)
    ]


def test_the_first_outfit_is_what_the_person_wore():
    assert wardrobe(4, 1) == [sample_person(np.random.default_rng(4), 1)]


def test_only_clothes_change():
    for seed in range(20):
        first, *others = wardrobe(seed, 4)
        for other in others:
            garments = ("upper", "inner", "lower", "shoes")
            assert replace(other, **{name: getattr(first, name) for name in garments}) == first
            assert other.lower != first.lower
            assert other.shoes != first.shoes


def test_any_two_outfits_differ_plainly_in_words():
    for seed in range(20):
        outfits = wardrobe(seed, 5)
        for i, one in enumerate(outfits):
            for other in outfits[:i]:
                assert changed(one, other)
                ours, theirs = describe(one), describe(other)
                assert any(ours[name] != theirs[name] for name in ("upper_colour", "lower_colour"))


def test_an_outfit_does_not_depend_on_those_after_it():
    assert wardrobe(9, 6)[:3] == wardrobe(9, 3)


def test_too_many_outfits_are_refused(monkeypatch):
    monkeypatch.setattr("vidsynth.people.outfits.changed", lambda one, other: False)
    with pytest.raises(ConfigError, match=r"found 1: lower people\.outfits"):
        wardrobe(0, 2)


def test_there_are_more_outfits_than_colours_that_can_be_told_apart():
    worn = wardrobe(0, 26)
    assert len({(p.upper, p.lower, p.shoes) for p in worn}) == 26
    assert all(changed(one, other) for k, one in enumerate(worn[:20]) for other in worn[:k])


def test_outfits_beyond_those_are_the_ones_least_like_others(monkeypatch):
    def alike(draws):
        monkeypatch.setattr("vidsynth.people.outfits._FEW", draws)
        worn = wardrobe(3, 24)
        return [sum(not changed(worn[k], other) for other in worn[:k]) for k in range(20, 24)]

    assert sum(alike(60)) < sum(alike(1))
