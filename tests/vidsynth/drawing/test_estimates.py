"""TAGPerson's lists of estimates as tables: one entry an image, whatever else is in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vidsynth.drawing.tables import Table

ENTRIES = [
    {"camera_elev": 17.342, "gamma_value": 1.25, "file_name": "0002_c1s1_000451_03.jpg"},
    {"camera_elev": 8.5, "gamma_value": 0.75, "file_name": "0002_c1s1_000776_01.jpg"},
    {"camera_elev": 8.5, "gamma_value": 0.75, "file_name": "0007_c3s3_077419_03.jpg"},
]


def table(folder: Path, entries: Any, columns: list[str] | None = None) -> Table:
    (folder / "list.json").write_text(json.dumps(entries))
    return Table.model_validate({"rows": folder / "list.json", "columns": columns, "per": "image"})


def test_entries_are_drawn_with_equal_probability_and_stay_together(tmp_path: Path) -> None:
    rows = table(tmp_path, ENTRIES).content
    assert rows.columns == ("view.depression", "look.gamma")
    drawn = [tuple(rows.at(n / 3000).values()) for n in range(3000)]
    assert set(drawn) == {(17.342, 1.25), (8.5, 0.75)}
    assert drawn.count((8.5, 0.75)) == pytest.approx(2000, abs=100)


def test_columns_are_the_fields_that_are_kept(tmp_path: Path) -> None:
    rows = table(tmp_path, ENTRIES, ["look.gamma"]).content
    assert rows.shares("look.gamma") == {1.25: 1, 0.75: 2}


def test_light_is_beside_the_camera_and_of_a_size_the_shape_remains(tmp_path: Path) -> None:
    entry = {"light_azim": 330, "light_elev": 60, "img_width": 64, "img_height": 128}
    (row,) = table(tmp_path, [entry]).content.values
    assert row == (60, -30, 0.5)


@pytest.mark.parametrize(
    ("entries", "columns", "phrase"),
    [
        ([{"camera_elev": 3, "gamma": 1.2}], ["look.gamma"], "expected a column look.gamma"),
        ([{"gamma": 1.2, "file_name": "a.jpg"}], None, "expected entries with camera_elev"),
        ([{"camera_elev": 3}, {"gamma_value": 2}], None, "found none in entry 2"),
        ([{"camera_elev": "3"}], None, "expected a number as camera_elev, found '3' in entry 1"),
        ([{"img_width": 0, "img_height": 5}], None, "expected an image's size"),
        ({"camera_elev": [3]}, None, "expected a list of estimates"),
        ([3], None, "expected a list of estimates"),
        ([], None, "found none"),
    ],
)
def test_other_lists_are_refused(
    tmp_path: Path, entries: Any, columns: list[str] | None, phrase: str
) -> None:
    with pytest.raises(ValueError, match=phrase):
        table(tmp_path, entries, columns)
