"""Attributes out of a CSV file."""

from __future__ import annotations

import logging
import unicodedata
from pathlib import Path

import pytest
from reid_datasets.attributes import describe
from reid_datasets.benchmarks.gamma import AtGamma, Gamma
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames, ImageFiles
from reid_datasets.records import Tracklet
from reid_datasets.video import VideoSpan


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "cameras"


def seen(person: int, frames: Frames) -> Tracklet:
    return Tracklet(frames, person, 1)


def walks(root: Path) -> list[Tracklet]:
    names = ("0001.jpg", "0002.jpg")
    return [
        seen(1, ImageFiles(root / "0001/entrance/walk-1", names)),
        seen(1, ImageFiles(root / "0001/exit/walk-2", names)),
        seen(2, ImageFiles(root / "0002/entrance/walk-1", names)),
    ]


def write(root: Path, text: str) -> Path:
    file = root.parent / "attributes.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_rows_of_people(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = write(root, "id,colour,hat\n0001,red,yes\n0002,,no\n0005,blue,no\n")
    found = describe("folder", root, walks(root), file=file)
    assert found.values == {"colour": ("blue", "red"), "hat": ("no", "yes")}
    assert found.labels["colour"].tolist() == [1, 1, -1]
    assert found.labels["hat"].tolist() == [1, 1, 0]
    assert not caplog.records


def test_people_in_another_gamma_are_the_same(root: Path) -> None:
    file = write(root, "tracklet,hat\n0001/entrance/walk-1,yes\n")
    gamma = Gamma(0.5, 2.0)
    walked = [seen(1, AtGamma(walk.frames, str(root), gamma)) for walk in walks(root)[:1]]
    assert describe("folder", root, walked, file=file).labels["hat"].tolist() == [0]


def test_accents_may_be_written_in_another_way(root: Path) -> None:
    folder = root / unicodedata.normalize("NFD", "zoë") / "walk-1"
    file = write(root, f"tracklet,hat\n{unicodedata.normalize('NFC', 'zoë')}/walk-1,yes\n")
    tracklets = [seen(1, ImageFiles(folder, ("1.jpg", "2.jpg")))]
    assert describe("folder", root, tracklets, file=file).labels["hat"].tolist() == [0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,hat\n0001,yes\n1,no\n", "one description .* called 1 and 0001"),
        ("id,hat\n0001,yes\n0002,Yes\n", "one spelling of each value of hat .* 'Yes' and 'yes'"),
        ("id,age\n0001,middle_aged\n0002,Middle aged\n", "one spelling"),
    ],
)
def test_what_is_written_in_two_ways_is_refused(root: Path, text: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        describe("folder", root, walks(root), file=write(root, text))


def test_rows_of_people_by_name(root: Path) -> None:
    file = write(root, "hat,id\nyes,anna\nno,ben\n")
    found = describe("folder", root, walks(root), file=file, people={1: "anna", 2: "ben"})
    assert found.labels["hat"].tolist() == [1, 1, 0]


def test_rows_of_tracklets(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = write(
        root,
        "tracklet,hat\n0001/entrance/walk-1,yes\nquery/a.jpg,no\nhall.mp4:120,yes\nroof.mp4,no\n",
    )
    others = [
        seen(3, ImageFiles(root / "query", ("a.jpg",))),
        seen(4, VideoSpan(root / "hall.mp4", 120, 140)),
        seen(5, VideoSpan(root / "roof.mp4", 0, 20)),
    ]
    with caplog.at_level(logging.WARNING):
        found = describe("folder", root, walks(root) + others, file=file)
    assert found.labels["hat"].tolist() == [1, -1, -1, 0, 1, 0]
    assert "no row for 2 of 6 tracklets, which count as unknown: 0001/exit/walk-2" in caplog.text
    unlabelled = [tracklet.unlabelled() for tracklet in walks(root)]
    assert describe("folder", root, unlabelled, file=file).labels["hat"].tolist() == [1, -1, -1]


def test_paths_may_be_written_as_windows_does_and_hold_any_word(tmp_path: Path) -> None:
    root = tmp_path / "every frame 1 by 1"
    lines = ("0001\\entrance\\walk-1\\,yes", "./0002/entrance/walk-1,no", "a frame 3/a.mp4:7,no")
    videos = [seen(3, VideoSpan(root / "a frame 3/a.mp4", 7, 9))]
    file = write(root, "\n".join(["tracklet,hat", *lines]))
    found = describe("folder", root, walks(root) + videos, file=file)
    assert found.labels["hat"].tolist() == [1, -1, 0, 0]


def test_it_goes_before_a_benchmarks_own_annotations(root: Path) -> None:
    file = write(root, "id,hat\n1,yes\n2,no\n")
    assert list(describe("market1501", root, walks(root), file=file).values) == ["hat"]
    known = {"hat": ("yes", "no"), "colour": ("red",)}
    told = describe("folder", root, walks(root), known, file)
    assert told.labels["hat"].tolist() == [0, 0, 1]
    with pytest.raises(DatasetError, match=r"one of the attributes colour with the same values"):
        describe("folder", root, walks(root), {"colour": ("red",)}, file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a column `id` or `tracklet` .* found an empty file"),
        ("id\n1\n", "a column for each attribute"),
        ("id,tracklet,hat\n", "a column `id` or `tracklet`"),
        ("id,hat,hat\n", "with different names"),
        ("id,up.colour\n", r"found the name 'up\.colour'"),
        ("id,hat\n", "Expected rows"),
        ("id,hat\n1,yes,no\n", "2 values in line 2 .* found 3"),
        ("id,hat\n,yes\n", "who or what is described in line 2"),
        ("id,hat\n1,yes\n2,no\n1,no\n", "one description of '1' .* lines 2 and 4"),
        ("id,hat\n0007,yes\n", "found none: its id are 0007, those of the data 1, 1, 2"),
        ('id,hat\n"1,yes\n', "cannot be read"),
    ],
)
def test_damaged_tables_are_refused(root: Path, text: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        describe("folder", root, walks(root), file=write(root, text))


def test_without_a_table_others_are_not_described(root: Path) -> None:
    with pytest.raises(DatasetError, match=r"people are described \(synthetic, .* found mars"):
        describe("mars", root, walks(root))
