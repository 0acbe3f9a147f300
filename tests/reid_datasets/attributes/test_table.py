"""A table of attributes, and the classes it is told in."""

from __future__ import annotations

import numpy as np
import pytest
from reid_datasets.attributes import AttributeTable
from reid_datasets.errors import DatasetError

COLOURS = ("black", "red", "white")


def table(**columns: list[int]) -> AttributeTable:
    values = {"colour": COLOURS, "hat": ("no", "yes"), "mask": ("no", "yes")}
    return AttributeTable(
        {name: values[name] for name in columns},
        {name: np.array(column, np.int64) for name, column in columns.items()},
    )


def test_labels_are_told_in_a_models_classes(caplog: pytest.LogCaptureFixture) -> None:
    found = table(colour=[0, 1, 2, -1], hat=[0, 1, 1, 0], mask=[-1, -1, -1, -1])
    mapped = found.mapped(
        {"hat": ("yes", "no"), "colour": ("white", "green", "black"), "mask": ("no", "yes"),
         "shoes": ("dark", "light")}
    )  # fmt: skip
    assert mapped.values == {"hat": ("yes", "no"), "colour": ("white", "green", "black")}
    assert mapped.labels["colour"].tolist() == [2, -1, 0, -1]
    assert mapped.labels["hat"].tolist() == [1, 0, 0, 1]
    assert mapped.labels["hat"].dtype == np.int64
    assert [record.getMessage() for record in caplog.records] == [
        "colour: red (1 tracklets) count as unknown, as known values are white, green, black"
    ]


def test_attributes_are_chosen_by_name() -> None:
    found = table(colour=[0, 1], hat=[0, 1])
    assert list(found.only(["hat"]).values) == ["hat"]
    assert found.only(None) is found
    assert list(found.columns()) == ["attribute:colour", "attribute:hat"]
    with pytest.raises(DatasetError, match=r"among colour, hat, found 'hta'\. Did you mean hat\?"):
        found.only(["hta"])


def test_what_does_not_differ_cannot_be_learnt() -> None:
    found = table(colour=[0, 2, -1], hat=[1, 1, -1], mask=[-1, -1, -1])
    assert found.counts("colour").tolist() == [1, 0, 1]
    assert list(found.learnable().values) == ["colour"]
    with pytest.raises(DatasetError, match="the attribute hat to learn from, found yes for every"):
        found.learnable(["colour", "hat"])
    with pytest.raises(DatasetError, match="the attribute mask to learn from, found it of nobody"):
        found.learnable(["mask"])
    with pytest.raises(DatasetError, match="in which people differ among hat, found none"):
        found.only(["hat"]).learnable()


def test_labels_without_a_class_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="from -1 to 2-1"):
        table(hat=[0, 2])
    with pytest.raises(ValueError, match="same tracklets"):
        table(hat=[0, 1], mask=[0])
