"""The MARS protocol, on a miniature, on real pedestrians and on the official tables."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import load, mars
from reid_datasets.check import check, without_match
from reid_datasets.counts import Counts, count
from reid_datasets.errors import DatasetError
from reid_datasets.records import DISTRACTOR_ID, JUNK_ID
from scipy.io import loadmat, savemat


def test_reads_every_tracklet_with_its_frames_in_order(mars_tree: Path) -> None:
    split = load("mars", mars_tree)
    assert count(split.train) == Counts(4, 16, 15 * 6 + 1, 2)
    first, second = split.train[:2]
    assert list(first.frames) == [mars_tree / "bbox_train/0001/0001C1T0001F001.jpg"]
    assert [f.name for f in second.frames] == [f"0001C1T0002F{i:03d}.jpg" for i in range(1, 7)]
    assert (second.person_id, second.camera_id) == (1, 1)
    assert all(f.is_file() for t in split.train + split.gallery for f in t.frames)


def test_gallery_keeps_distractors_and_queries_but_no_junk(mars_tree: Path) -> None:
    split = load("mars", mars_tree)
    people = [t.person_id for t in split.gallery]
    assert JUNK_ID not in people
    assert people.count(DISTRACTOR_ID) == 2
    assert len(split.query) == 6
    assert all(any(q is g for g in split.gallery) for q in split.query)
    assert {q.person_id for q in split.query} == {5, 6, 7}


def test_real_pedestrians_have_their_published_counts(mars_real_mini: Path) -> None:
    report = check("mars", mars_real_mini)
    assert report.counts == {
        "train": Counts(55, 195, 1849, 2),
        "query": Counts(29, 58, 555, 4),
        "gallery": Counts(29, 58 + 62, 555 + 607, 4, distractors=9),
    }
    assert report.without_match == 0
    split = load("mars", mars_real_mini)
    queries = {id(q) for q in split.query}
    others = tuple(t for t in split.gallery if id(t) not in queries)
    assert without_match(type(split)((), split.query, others)) == 5


def test_official_tables_give_the_published_counts(shared: Path, tmp_path: Path) -> None:
    lists = shared / "data/benchmark-lists/mars"
    if not lists.is_dir():
        pytest.skip("needs ../shared/data/benchmark-lists/mars")
    for folder in ("info", "bbox_train", "bbox_test"):
        (tmp_path / folder).mkdir()
    for table in lists.glob("*.mat"):
        shutil.copyfile(table, tmp_path / "info" / table.name)
    for part in ("train", "test"):
        names = gzip.decompress((lists / f"{part}_name.reconstructed.txt.gz").read_bytes())
        (tmp_path / f"info/{part}_name.txt").write_bytes(names)
    report = check("mars", tmp_path)
    assert report.counts == mars.PUBLISHED
    assert report.as_published
    assert report.without_match == 0
    assert [report.counts[part].tracklets for part in report.counts] == [8298, 1980, 11310]


def test_a_missing_root_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"nowhere, found nothing there.*--root"):
        load("mars", tmp_path / "nowhere")


def test_an_empty_directory_is_called_that(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="found an empty directory"):
        load("mars", tmp_path)


def test_another_layout_lists_what_was_found(tmp_path: Path) -> None:
    (tmp_path / "query").mkdir()
    with pytest.raises(DatasetError, match=r"missing bbox_train.*found query\. "):
        load("mars", tmp_path)


def test_a_tree_one_directory_down_is_pointed_at(mars_tree: Path) -> None:
    with pytest.raises(DatasetError, match=f"seems to be at {mars_tree}"):
        load("mars", mars_tree.parent)


def test_a_list_that_windows_has_saved_is_the_same(mars_tree: Path) -> None:
    before = load("mars", mars_tree)
    path = mars_tree / "info/train_name.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load("mars", mars_tree) == before


def _shorten_list(root: Path) -> None:
    path = root / "info/train_name.txt"
    path.write_text("\n".join(path.read_text().split()[:-3]))


def _shift_ranges(root: Path) -> None:
    path = root / "info/tracks_train_info.mat"
    rows = loadmat(path)["track_train_info"]
    rows[1:, :2] -= 1
    savemat(path, {"track_train_info": rows})


def _query_beyond_the_table(root: Path) -> None:
    savemat(root / "info/query_IDX.mat", {"query_IDX": np.array([[1000]])})


def _query_junk(root: Path) -> None:
    savemat(root / "info/query_IDX.mat", {"query_IDX": np.array([[1]])})


def _truncate_table(root: Path) -> None:
    path = root / "info/tracks_test_info.mat"
    path.write_bytes(path.read_bytes()[:200])


def _three_columns(root: Path) -> None:
    path = root / "info/tracks_test_info.mat"
    savemat(path, {"track_test_info": np.ones((5, 3))})


def _leave_the_tree(root: Path) -> None:
    path = root / "info/train_name.txt"
    names = path.read_text().split()
    path.write_text("\n".join(["../../etc/passwd", *names[1:]]))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (_shorten_list, r"spans lines .* do not belong together"),
        (_shift_ranges, r"says person 1, camera 2, but .* do not belong together"),
        (_query_beyond_the_table, "rows 1000 to 1000"),
        (_query_junk, "names junk tracklets"),
        (_truncate_table, "cannot be read as one"),
        (_three_columns, r"shape \(5, 3\)"),
        (_leave_the_tree, "found '../../etc/passwd' as entry 1"),
    ],
)
def test_damaged_tables_are_refused(
    mars_tree: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(mars_tree)
    with pytest.raises(DatasetError, match=message):
        load("mars", mars_tree)
