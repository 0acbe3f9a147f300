"""Tables of predicted attributes: what is read of them, left out, and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from vidsynth.errors import TargetError
from vidsynth.people.attributes.words import AGES, ATTRIBUTES, GENDERS
from vidsynth.target.attributes.predicted import Predicted, read_predicted
from vidsynth.target.attributes.words import VALUES, counterpart

TRACKLETS = ("a/1/0.jpg", "b/1/0.jpg")


def read(tmp_path: Path, header: str, *rows: str) -> Predicted:
    file = tmp_path / "predicted.csv"
    lines = [f"{name},{row}" for name, row in zip(TRACKLETS, rows, strict=False)]
    file.write_text("\n".join((f"first_frame,{header}", *lines)) + "\n")
    return read_predicted(file, TRACKLETS)


def told(found: Predicted, name: str) -> list[dict[str, float]]:
    """Of each tracklet the values that are not impossible."""
    rows = found.probabilities[name].round(6).tolist()
    return [{v: p for v, p in zip(VALUES[name], row, strict=True) if p} for row in rows]


def test_values_are_put_in_order_and_rounding_is_taken_off(tmp_path: Path) -> None:
    found = read(
        tmp_path, "hat=yes,hat=no,sleeve=long,sleeve=short", "0.3,0.7,1,0", "0.999,0,0.5,0.5"
    )
    assert told(found, "hat") == [{"no": 0.7, "yes": 0.3}, {"yes": 1.0}]
    assert told(found, "sleeve") == [{"long": 1.0}, {"short": 0.5, "long": 0.5}]
    assert list(found.probabilities) == ["sleeve", "hat"]
    assert not found.left_out


def test_rows_are_found_by_tracklet_in_any_order(tmp_path: Path) -> None:
    file = tmp_path / "predicted.csv"
    file.write_text("hat=no,first_frame,hat=yes\n0.1,b/1/0.jpg,0.9\n\n0.8,a/1/0.jpg,0.2\n")
    assert told(read_predicted(file, TRACKLETS), "hat")[0] == {"no": 0.8, "yes": 0.2}


def test_shades_count_as_the_colour_that_they_are_of(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "upper_colour=navy,upper_colour=light-blue,upper_colour=gray,hair_colour=dark-brown,"
        "hair_colour=blond",
        "0.4,0.4,0.2,0.5,0.5",
        "0,0,1,0,1",
    )
    assert told(found, "upper_colour") == [{"blue": 0.8, "grey": 0.2}, {"grey": 1.0}]
    assert told(found, "hair_colour") == [{"black": 0.5, "blond": 0.5}, {"blond": 1.0}]
    assert counterpart("shoe_colour", "Olive") == "green"
    assert counterpart("sleeve", "navy") is None


def test_bags_that_are_told_one_by_one_become_one(tmp_path: Path) -> None:
    header = "backpack=no,backpack=yes,handbag=no,handbag=yes,bag=no,bag=yes"
    found = read(tmp_path, header, "0.2,0.8,0.9,0.1,1,0", "0,1,0.5,0.5,0.5,0.5")
    assert told(found, "bag") == [
        {"none": 0.1, "backpack": 0.8, "handbag": 0.1},
        {"backpack": 0.5, "shoulder-bag": 0.25, "handbag": 0.25},
    ]
    some = read(tmp_path, "bag=no,bag=yes,hat=no,hat=yes", "1,0,1,0", "1,0,1,0")
    assert some.left_out == {
        "bag": "who has no bag may have another bag, and backpack, handbag is missing"
    }


def test_what_has_no_counterpart_is_left_out_by_name_with_the_nearest(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "hat=no,hat=yes,upper_colour=blue,upper_colour=turquoise,shoe_colour=blak,"
        "shoe_colour=red,gendre=female,gendre=male",
        "1,0,0.5,0.5,1,0,1,0",
        "1,0,0.5,0.5,1,0,1,0",
    )
    assert list(found.probabilities) == ["hat"]
    assert found.left_out["upper_colour"].startswith(
        "turquoise has no counterpart (known are black"
    )
    assert found.left_out["shoe_colour"] == "blak has no counterpart (nearest: black, blue)"
    assert found.left_out["gendre"].endswith("(nearest: gender)")
    with pytest.raises(TargetError, match=r"found none of them\. gendre: .*nearest: gender"):
        read(tmp_path, "gendre=female,gendre=male", "1,0", "1,0")


@pytest.mark.parametrize(
    ("header", "row", "said"),
    [
        ("hat=no,hat=yes", "0.4,0.4", r"hat that sum to 1 .* found 0\.800 for a/1/0\.jpg"),
        ("hat=yes", "0.4", "a column hat=VALUE for every value"),
        ("hat=no,hat=yes", "-0.2,1.2", r"from 0 to 1 as hat=no in line 2 .* found '-0\.2'"),
        ("hat=no,hat=yes", "93,7", "Logits and percentages are none"),
        ("hat=no,hat=yes", "nan,1", "from 0 to 1 as hat=no"),
        ("hat=no,hat=yes", "sure,1", "found 'sure'"),
        ("hat=no,hat=yes", "1", "Expected 3 values in line 2"),
        ("hat,hat=yes", "1,0", r"ATTRIBUTE=VALUE .* found the column 'hat'"),
        ("hat=,hat=yes", "1,0", "found the column 'hat='"),
        ("hat=yes,hat=yes", "1,0", "different columns"),
    ],
)
def test_damaged_tables_are_refused(tmp_path: Path, header: str, row: str, said: str) -> None:
    with pytest.raises(TargetError, match=said):
        read(tmp_path, header, row, row)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "found an empty file"),
        ("tracklet,hat=no,hat=yes\n", "a column first_frame"),
        ("first_frame\n", "a column first_frame and different columns"),
        ("first_frame,hat=no,hat=yes\na/1/0.jpg,1,0\na/1/0.jpg,1,0\n", "another of a/1/0.jpg"),
        (
            "first_frame,hat=no,hat=yes\na/1/0.jpg,1,0\n",
            r"2 tracklets .* found tracklets 1 without a row \(b/1/0.jpg\): Predict",
        ),
        (
            "first_frame,hat=no,hat=yes\na/1/0.jpg,1,0\nb/1/0.jpg,1,0\nc/1/0.jpg,1,0\n",
            r"found tracklets 1 that are not in the target \(c/1/0.jpg\)",
        ),
        (
            "first_frame,hat=no,hat=yes\nx/0.jpg,1,0\n",
            r"2 without a row \(a/1/0.jpg, b/1/0.jpg\) and 1 that .*: it is of another target",
        ),
    ],
)
def test_tables_of_others_are_refused(tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "predicted.csv"
    file.write_text(content)
    with pytest.raises(TargetError, match=said):
        read_predicted(file, TRACKLETS)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "predicted.parquet").write_bytes(b"PAR1\xff\xfe\x00")
    for name in ("predicted.parquet", "nowhere.csv"):
        with pytest.raises(TargetError, match="cannot be read"):
            read_predicted(tmp_path / name, TRACKLETS)


def test_values_are_the_words_of_persons_parquet() -> None:
    assert {name: values for name, values in VALUES.items() if name not in ("gender", "age")} == {
        name: ATTRIBUTES[name].values for name in VALUES if name in ATTRIBUTES
    }
    assert (VALUES["gender"], VALUES["age"]) == (GENDERS, AGES)
