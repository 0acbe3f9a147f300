"""Names take turns by their weights; another name, or weight, changes only the turns it wins."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from vidsynth.drawing.choices import Choice, choice
from vidsynth.drawing.even_turns import BLOCK, EvenTurns

KNOWN = tuple("abcdefgh")


def turns(seed: int = 0) -> EvenTurns:
    return EvenTurns(KNOWN, lambda block: np.random.default_rng([seed, block]))


def names(some: Choice, count: int, seed: int = 0) -> list[str]:
    return [turns(seed).name(turn, some) for turn in range(count)]


@pytest.mark.parametrize("seed", range(3))
def test_another_name_takes_turns_and_changes_no_others(seed: int) -> None:
    for size in range(2, len(KNOWN)):
        for some in list(combinations(KNOWN, size))[::7]:
            before = names(choice(*some), 3 * BLOCK // 2, seed)
            for added in set(KNOWN) - set(some):
                after = names(choice(added, *some), 3 * BLOCK // 2, seed)
                assert all(b in (a, added) for a, b in zip(before, after, strict=True))
                assert added in after


def test_more_weight_takes_turns_and_changes_no_others() -> None:
    before = names(Choice(choice=("a", "b", "c"), weights=(1, 1, 1)), 300)
    after = names(Choice(choice=("c", "a", "b"), weights=(4, 1, 1)), 300)
    assert all(b in (a, "c") for a, b in zip(before, after, strict=True))
    assert after.count("c") == pytest.approx(200, abs=12)


def test_small_sets_have_all_names_in_proportion() -> None:
    missing, off = [], []
    for size in range(2, len(KNOWN) + 1):
        for some in combinations(KNOWN, size):
            for count in (12, 24):
                counts = Counter(names(choice(*some), count))
                missing.append(len(counts) < size)
                off.append(max(abs(counts[name] - count / size) for name in some))
    assert not any(missing)
    assert np.mean(off) < 1.5
    assert max(off) < 4


def test_weights_hold_in_large_sets_too() -> None:
    counts = Counter(names(Choice(choice=("a", "b", "c"), weights=(8, 1, 1)), 10 * BLOCK))
    assert counts["a"] / counts.total() == pytest.approx(0.8, abs=0.03)
    assert counts["b"] / counts.total() == pytest.approx(0.1, abs=0.03)


def test_another_seed_is_another_order_and_blocks_differ() -> None:
    some = choice(*KNOWN)
    assert names(some, 40) == names(some, 40) != names(some, 40, seed=1)
    both = names(some, 2 * BLOCK)
    assert both[:BLOCK] != both[BLOCK:]
