"""Paired intervals hold the truth as often as they say, and say what can be concluded."""

from __future__ import annotations

import numpy as np
import pytest

from uda.evaluation.paired import paired_gain


def scores(
    rng: np.random.Generator, gain: float, seeds: int = 3, people: int = 60
) -> tuple[list[np.ndarray], list[np.ndarray], np.ndarray]:
    """AP of two models on 4 queries of each person: people differ in how hard they are, and in
    how much they gain."""
    owner = np.repeat(np.arange(people), 4)
    hard = rng.normal(0.5, 0.2, people)[owner]
    gains = rng.normal(gain, 0.08, people)[owner]

    def seen(ap: np.ndarray) -> np.ndarray:
        return ap + rng.normal(0, 0.05, len(owner))

    one = [seen(hard + gains) for _ in range(seeds)]
    return one, [seen(hard) for _ in range(seeds)], owner


def test_the_truth_is_inside_about_as_often_as_it_should_be() -> None:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(200):
        found = paired_gain(*scores(rng, 0.02))
        inside += found.low <= 0.02 <= found.high
    assert 180 <= inside <= 198


def test_queries_of_one_person_are_no_independent_evidence() -> None:
    """Each person's queries four times over: the interval stays as wide."""
    one, other, owner = scores(np.random.default_rng(1), 0.02)
    once = paired_gain(one, other, owner)
    more = paired_gain(
        [np.tile(ap, 4) for ap in one], [np.tile(ap, 4) for ap in other], np.tile(owner, 4)
    )
    assert more.queries == 4 * once.queries
    assert more.high - more.low == pytest.approx(once.high - once.low, rel=1e-6)


def test_it_is_paired() -> None:
    """Hard and easy people alike for both: far narrower than the spread over people."""
    one, other, owner = scores(np.random.default_rng(2), 0.1)
    found = paired_gain(one, other, owner)
    assert found.concluded
    assert found.mean == pytest.approx(0.1, abs=0.03)
    assert found.high - found.low < 0.06
    turned = paired_gain(other, one, owner)
    assert (turned.mean, turned.low, turned.high) == pytest.approx(
        (-found.mean, -found.high, -found.low), abs=0.005
    )


def test_sentences_say_what_can_be_concluded() -> None:
    rng = np.random.default_rng(3)
    clear = paired_gain(*scores(rng, 0.2, seeds=2)).sentence("cbn", "source_only")
    assert clear.startswith("cbn is better than source_only: mAP +")
    assert "60 people with 240 queries and 2 trainings of each" in clear
    once = paired_gain(*scores(rng, -0.2, seeds=1)).sentence("cbn", "source_only")
    assert once.startswith("cbn is worse than source_only")
    assert once.endswith("Another seed may say otherwise.")
    unclear = paired_gain(*scores(rng, 0.0)).sentence("cbn", "source_only")
    assert unclear.startswith("Neither cbn nor source_only is better as far as can be told")


@pytest.mark.parametrize("people", [1, 2, 5])
def test_a_few_people_prove_nothing(people: int) -> None:
    """All of them gain, so whoever is drawn does."""
    rng = np.random.default_rng(5)
    found = paired_gain(*scores(rng, 0.5, people=people))
    assert found.low > 0
    assert not found.concluded
    said = found.sentence("cbn", "source_only")
    assert said.startswith("Neither cbn nor source_only")
    assert said.endswith("Fewer than 6 people cannot tell.")
    assert paired_gain(*scores(rng, 0.5, people=6)).concluded


def test_queries_without_a_match_are_left_out_and_nonsense_is_refused() -> None:
    one, other, owner = scores(np.random.default_rng(4), 0.1)
    for ap in (*one, *other):
        ap[0] = np.nan
    assert paired_gain(one, other, owner).queries == len(owner) - 1
    with pytest.raises(ValueError, match="as many trainings of both, found 3 and 2"):
        paired_gain(one, other[:2], owner)
    with pytest.raises(ValueError, match="found none"):
        paired_gain([np.full(4, np.nan)], [np.full(4, np.nan)], np.arange(4))


def test_other_queries_are_no_pair() -> None:
    one, other, owner = scores(np.random.default_rng(4), 0.1)
    with pytest.raises(ValueError, match="same queries, found 1, 240 of them"):
        paired_gain(one, [ap[:1] for ap in other], owner)
    with pytest.raises(ValueError, match="same queries, found 239, 240 of them"):
        paired_gain(one, other, owner[1:])
    other[1][[7, 8]] = np.nan
    with pytest.raises(ValueError, match="found 2 that have one in some of the trainings alone"):
        paired_gain(one, other, owner)
