"""tools/colour_seen.py: which crops leave nothing to guess, and what their torsos show."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

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


def test_crops_are_counted_by_hour_and_weather_or_by_site_and_lamps(
    colour_seen: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    image = Image.new("RGB", (40, 90))

    def sight(row: str, column: str, seen: str, brightness: float) -> object:
        return colour_seen.Sight(row, column, "mall", True, "red", seen, brightness, image)

    table = colour_seen.Table(
        [sight("mall", "windows", "red", 50), sight("mall", "windows", "black", 70),
         sight("garage", "all", "red", 90)]
    )  # fmt: skip
    assert (table.rows, table.columns) == (["garage", "mall"], ["all", "windows"])
    table.show("right", colour_seen._right)
    table.show("bright", colour_seen._brightness)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[2] == ["mall", "-", "50", "of", "2", "50", "of", "2"]
    assert lines[3] == ["total", "100", "of", "1", "50", "of", "2", "67", "of", "3"]
    assert lines[6] == ["mall", "-", "60", "60"]
    assert table.draw(2).size[0] > 70
