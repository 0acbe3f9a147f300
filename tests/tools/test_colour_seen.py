"""tools/colour_seen.py: which crops leave nothing to guess, and what their torsos show."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from vidsynth.labels.masks import encode_mask

PLACE = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def colour_seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PLACE))
    yield importlib.import_module("colour_seen")
    sys.modules.pop("colour_seen", None)


def row(left: float, right: float) -> dict[str, object]:
    """A crop of 60 x 120 pixels at (100, 50): shoulders so far apart at 30, hips at 70."""
    joints = np.zeros((17, 2))
    joints[[5, 6, 11, 12]] = (right, 80), (left, 80), (right, 120), (left, 120)
    mask = np.zeros((120, 60), bool)
    mask[:, 15:45] = True
    return {"box": [100, 50, 160, 170], "keypoints_2d": joints.tolist(), "mask": encode_mask(mask)}


def test_torso_lies_between_shoulders_and_hips_within_the_person(colour_seen: ModuleType) -> None:
    front, side = colour_seen._torso(row(110, 150)), colour_seen._torso(row(129, 131))
    for torso in (front, side):
        rows, columns = np.nonzero(torso)
        assert 30 < rows.min() < rows.max() < 70
        assert 15 <= columns.min() < columns.max() < 45
    assert front.sum() > 2 * side.sum() > 0.2 * front.sum()


def test_plain_closed_tops_without_bags_count(colour_seen: ModuleType) -> None:
    plain = {
        "upper_pattern": "plain", "upper_open": 0.0, "upper_picture": "", "upper_asset": "",
        "accessories_bag_kind": "none",
    }  # fmt: skip
    assert colour_seen._plain(plain)
    for other in ({"upper_pattern": "stripes"}, {"upper_open": 0.3},
                  {"accessories_bag_kind": "backpack"}):  # fmt: skip
        assert not colour_seen._plain(plain | other)
