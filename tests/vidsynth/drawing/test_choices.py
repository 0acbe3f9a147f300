"""Names are drawn or dealt by their weights, and another name changes only who gets it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from scipy import stats

from vidsynth.drawing.choices import Choice, choice
from vidsynth.errors import ConfigError
from vidsynth.settings import load_config


def read(value: Any) -> Choice:
    return Choice.model_validate(value)


def drawn(value: Any, count: int = 3000) -> list[str]:
    rng = np.random.default_rng(0)
    return [read(value).draw(rng) for _ in range(count)]


def test_turns_go_to_whoever_had_least_for_their_weight_the_first_written_of_equals() -> None:
    rng = np.random.default_rng(4)
    for count in (1, 2, 7, 40):
        weights = rng.choice([0.5, 1.0, 1.0, 2.0, 3.7], count).tolist()
        names = [f"n{k}" for k in range(count)]
        had, expected = dict.fromkeys(names, 0), []
        for _ in range(150):
            claims = [(2 * had[n] + 1) / w for n, w in zip(names, weights, strict=True)]
            expected.append(names[int(np.argmin(claims))])
            had[expected[-1]] += 1
        assert read({"choice": names, "weights": weights}).deal(150) == tuple(expected)


def test_a_name_and_a_list_are_short_forms() -> None:
    assert set(drawn("noon", 20)) == {"noon"}
    assert read("noon") == read(["noon"]) == read({"choice": ["noon"]})
    counts = Counter(drawn(["a", "b", "c"]))
    assert stats.chisquare(list(counts.values())).pvalue > 1e-3


def test_names_come_by_their_weights() -> None:
    counts = Counter(drawn({"choice": ["a", "b", "c"], "weights": [1, 5, 0]}))
    assert stats.chisquare([counts["a"], counts["b"]], [500, 2500]).pvalue > 1e-3
    assert set(counts) == {"a", "b"}


def test_another_name_or_weight_changes_only_who_gets_it() -> None:
    before = np.array(drawn(["a", "b"]))
    more = np.array(drawn({"choice": ["c", "b", "a"], "weights": [1, 1, 1]}))
    assert set(more[more != before]) == {"c"}
    assert (more != before).mean() == pytest.approx(1 / 3, abs=0.03)
    heavier = np.array(drawn({"choice": ["a", "b"], "weights": [3, 1]}))
    assert set(heavier[heavier != before]) == {"a"}
    assert (heavier != before).mean() == pytest.approx(0.25, abs=0.03)


def test_equal_weights_are_dealt_in_rotation() -> None:
    assert choice("a", "b", "c").deal(7) == tuple("abcabca")
    assert choice("a", "b", "c").cycle(40) == tuple("abc")


def test_weights_are_dealt_as_evenly_as_can_be() -> None:
    weighted = read({"choice": ["a", "b"], "weights": [3, 1]})
    assert Counter(weighted.deal(8)) == {"a": 6, "b": 2}
    assert Counter(weighted.cycle(40)) == {"a": 3, "b": 1}
    uneven = read({"choice": ["a", "b", "c"], "weights": [0.31, 0.44, 0.25]})
    cycle = uneven.cycle(200)
    assert {n: c / len(cycle) for n, c in Counter(cycle).items()} == pytest.approx(
        {"a": 0.31, "b": 0.44, "c": 0.25}, abs=0.005
    )
    rare = read({"choice": ["a", "b"], "weights": [1000, 1]})
    assert set(rare.cycle(20)) == {"a", "b"}, "nobody is left out"


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sites=[atlantis]", "sites: there is no 'atlantis': known are garage"),
        ("hours=non", "hours: there is no 'non': did you mean noon"),
        ("hours=[]", "found an empty list"),
        ("hours=3", r"expected a name, \[name, ...\]"),
        ("hours=[1, 2]", "hours"),
        ("hours={choice: []}", "at least 1"),
        ("hours=[noon, noon]", "each name once: weights say how often"),
        ("hours={choice: [noon, dusk], weights: [1]}", "a weight for each name"),
        ("hours={choice: [noon, dusk], weights: [0, 0]}", "not all 0"),
        ("hours={choice: [noon, dusk], weights: [1, .inf]}", "finite"),
        ("hours={choice: [noon], per: image}", "per"),
        ("clothes.palette=blck", "did you mean black"),
        ("clothes.upper=[dress]", "which men do not wear here: add another kind"),
        ("clothes.lower=[skirt, leggings]", "bodies.female_share=1"),
    ],
)
def test_names_that_cannot_be_are_refused(word: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load_config(None, [word])


@pytest.mark.parametrize("weights", [(1, 1, 1, 1), (5, 1, 2, 3), (0.1, 7, 1, 1)])
def test_a_name_added_last_takes_seats_and_moves_no_others(weights: tuple[float, ...]) -> None:
    def claim(name: str) -> np.ndarray:
        return np.random.default_rng(ord(name)).random(17)

    shared = [
        Choice(choice=tuple("abcd")[:k], weights=weights[:k]).share_out(17, claim)
        for k in range(1, 5)
    ]
    for k, (before, after) in enumerate(pairwise(shared), 1):
        assert all(b in (a, "abcd"[k]) for a, b in zip(before, after, strict=True))
        some = Choice(choice=tuple("abcd")[: k + 1], weights=weights[: k + 1])
        assert Counter(after) == Counter(some.deal(17))
