"""Scores of attributes, against what public code computes and against slow ones."""

from __future__ import annotations

import numpy as np
import pytest
from reid_datasets.attributes import AttributeTable

from uda.evaluation.attributes import AttributeScore, score

NO_YES = ("no", "yes")
COLOURS = ("black", "red", "white")


def sure(labels: list[int], classes: int) -> np.ndarray:
    return np.eye(classes, dtype=np.float32)[labels]


def test_flags_score_as_in_public_code() -> None:
    """Over binary flags: label and instance metrics of Rethinking_of_PAR, written anew."""
    random = np.random.default_rng(0)
    true, said = random.integers(0, 2, (2, 40, 6))
    true[:3] = 0
    said[2:5] = 0
    names = [f"flag{number}" for number in range(6)]
    found = score(
        AttributeTable(dict.fromkeys(names, NO_YES), dict(zip(names, true.T, strict=True))),
        {name: sure(said[:, n].tolist(), 2) for n, name in enumerate(names)},
    )
    recalls = [
        ((said[:, n] == v) & (true[:, n] == v)).sum() / (true[:, n] == v).sum()
        for n in range(6)
        for v in (0, 1)
    ]
    assert found.balanced == pytest.approx(np.mean(recalls))
    assert found.accuracy == pytest.approx((true == said).mean())
    tiny = 1e-20
    shared, either = (true & said).sum(1), (true | said).sum(1)
    accuracy = (shared / (either + tiny)).mean()
    precision = (shared / (said.sum(1) + tiny)).mean()
    recall = (shared / (true.sum(1) + tiny)).mean()
    assert found.examples.accuracy == pytest.approx(accuracy)
    assert found.examples.precision == pytest.approx(precision)
    assert found.examples.recall == pytest.approx(recall)
    assert found.examples.f1 == pytest.approx(2 * precision * recall / (precision + recall))
    assert found.tracklets == 40


def test_several_classes_and_unknown_labels() -> None:
    known = AttributeTable(
        {"upper": COLOURS, "hat": NO_YES},
        {"upper": np.array([0, 0, 1, -1, -1]), "hat": np.array([1, -1, 0, 0, -1])},
    )
    found = score(known, {"upper": sure([0, 2, 1, 1, 0], 3), "hat": sure([1, 1, 0, 1, 1], 2)})
    upper, hat = found.attributes
    assert upper.confusion.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert (upper.tested, upper.accuracy) == (3, pytest.approx(2 / 3))
    assert upper.balanced == pytest.approx((1 / 2 + 1) / 2)  # nobody wears white
    assert upper.commonest == pytest.approx(2 / 3)
    assert (hat.tested, hat.accuracy) == (3, pytest.approx(2 / 3))
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.tracklets == 4
    # Flags: {black, hat}; {black}; {red}; {}. Said: {black, hat}; {white}; {red}; {hat}.
    assert found.examples.accuracy == pytest.approx((1 + 0 + 1 + 0) / 4)
    assert found.examples.precision == pytest.approx((1 + 0 + 1 + 0) / 4)


def test_an_attribute_of_one_class_says_little() -> None:
    assert AttributeScore("hat", NO_YES, np.array([[3, 1], [0, 0]]), 0.9).one_class
    assert not AttributeScore("hat", NO_YES, np.array([[3, 1], [0, 2]]), 0.9).one_class
    assert AttributeScore("hat", NO_YES, np.array([[3, 1], [0, 0]]), 0.9).balanced == 0.75
