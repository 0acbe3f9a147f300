"""Identities of a person's own data: their numbers, and which are trained on and tested."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.benchmarks import load
from reid_datasets.benchmarks.folder.rows import numbers
from reid_datasets.errors import DatasetError
from reid_datasets.records import DISTRACTOR_ID

from tests.reid_datasets.folder.trees import write_tracklets


def test_numbers_keep_their_value_where_all_are_different_and_positive() -> None:
    assert numbers(["0012", "7", "7"]) == {"0012": 12, "7": 7}
    assert numbers(["7", "07"]) == {"07": 1, "7": 2}
    assert numbers(["0000", "0005"]) == {"0000": 1, "0005": 2}
    assert numbers(["cam2", "3", "cam10"]) == {"3": 1, "cam10": 2, "cam2": 3}
    assert numbers(["9" * 30, "1"]) == {"1": 1, "9" * 30: 2}


def test_evaluate_keeps_identities_for_the_test(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "1/1/a", "1/1/b", "1/2/a", "2/1/a")
    (tmp_path / "folder.yaml").write_text("evaluate: true\n")
    split = load("folder", tmp_path)
    assert split.train == ()
    assert len(split.unlabelled) == 4
    assert [(t.person_id, t.camera_id) for t in split.query] == [(1, 1), (1, 2), (2, 1)]
    assert len(split.gallery) == 4
    assert all(any(q is g for g in split.gallery) for q in split.query)


def test_evaluate_without_cameras_takes_the_queries_out_of_the_gallery(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "1/a", "1/b", "1/c", "2/a")
    (tmp_path / "folder.yaml").write_text("evaluate: true\n")
    split = load("folder", tmp_path)
    assert [t.person_id for t in split.query] == [1]
    assert [t.person_id for t in split.gallery] == [1, 1, 2]
    assert not any(q is g for q in split.query for g in split.gallery)


def test_distractors_and_junk_are_what_the_settings_call_so(tmp_path: Path) -> None:
    write_tracklets(tmp_path, "00-1/1/a", "0000/1/a", "0003/1/a", "0003/2/a")
    assert sorted({t.person_id for t in load("folder", tmp_path).train}) == [1, 2, 3]
    settings = 'evaluate: true\ndistractors: ["0000"]\njunk: ["00-1"]\n'
    (tmp_path / "folder.yaml").write_text(settings)
    split = load("folder", tmp_path)
    assert [t.person_id for t in split.gallery] == [DISTRACTOR_ID, 3, 3]
    assert [t.person_id for t in split.query] == [3, 3]
    (tmp_path / "folder.yaml").write_text(settings.removeprefix("evaluate: true\n"))
    split = load("folder", tmp_path)
    assert [t.person_id for t in split.train] == [3, 3]
    assert len(split.unlabelled) == 1  # a distractor's identity is unknown


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("evaluat: true", "Did you mean evaluate"),
        ("layout: id/tracklets", "In layout of .*found 'id/tracklets'"),
        ("distractors: [0000]", "is octal in YAML: .* or quote it"),
        ("distractors: [12]", "Write it in quotes"),
        ("junk: []\njunk: []", "line 2: the key junk is there twice"),
        ("- 1", "found .*Correct the file"),
        ("{", "Expected YAML"),
        ("evaluate: true", "nobody twice"),
    ],
)
def test_settings_that_do_not_fit(tmp_path: Path, settings: str, message: str) -> None:
    write_tracklets(tmp_path, "1/a", "2/a")
    (tmp_path / "folder.yaml").write_text(settings)
    with pytest.raises(DatasetError, match=message):
        load("folder", tmp_path)


@pytest.mark.parametrize(
    ("places", "settings", "message"),
    [
        (("query/1/1/a",), "", "found 1 and 0 tracklets"),
        (("train/1/1/a", "gallery/1/1/a"), "", "found 0 and 1 tracklets"),
        (("query/1/1/a", "gallery/1/2/a"), "evaluate: true", "1/1/a as query"),
        (("query/a", "gallery/a"), "", "Expected an identity .*found none in .*query/a"),
        (("query/0/1/a", "gallery/0/1/b"), 'distractors: ["0"]', "found a distractor in"),
    ],
)
def test_tests_that_cannot_be(
    tmp_path: Path, places: tuple[str, ...], settings: str, message: str
) -> None:
    write_tracklets(tmp_path, *places)
    (tmp_path / "folder.yaml").write_text(settings)
    with pytest.raises(DatasetError, match=message):
        load("folder", tmp_path)


def test_people_in_train_and_in_query_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load("folder", write_tracklets(tmp_path, "train/1/1/a", "query/1/1/a", "gallery/1/2/a"))
    assert "1 identities are in train and in query" in caplog.text


def test_names_in_the_settings_that_nobody_has_are_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_tracklets(tmp_path, "000/1/a")
    (tmp_path / "folder.yaml").write_text('distractors: ["0000"]\n')
    load("folder", tmp_path)
    assert "not there: 0000" in caplog.text
