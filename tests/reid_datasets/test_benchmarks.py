"""Benchmarks by name, and the check of their completeness."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets import benchmarks
from reid_datasets.benchmarks import mars
from reid_datasets.benchmarks.benchmark import Benchmark
from reid_datasets.check import check
from reid_datasets.counts import count
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet


def test_an_unknown_benchmark_is_answered_with_the_nearest() -> None:
    with pytest.raises(DatasetError, match="Did you mean mars"):
        benchmarks.load("MARZ")


def test_data_is_looked_for_where_reid_data_says(
    mars_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REID_DATA", str(mars_tree.parent))
    assert len(benchmarks.load("mars").train) == 16
    monkeypatch.delenv("REID_DATA")
    assert benchmarks.default_root("mars") == Path("data/mars")


def test_check_compares_with_the_published_counts(mars_tree: Path) -> None:
    report = check("mars", mars_tree)
    assert report.published == mars.PUBLISHED
    assert not report.as_published
    assert report.files_checked == 0
    assert report.complete


def test_a_part_of_a_benchmark_is_said_once_and_by_its_check_in_figures(
    mars_tree: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    check("mars", mars_tree)
    assert not caplog.text
    for _ in range(2):
        benchmarks.load("mars", mars_tree)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith(f"MARS in {mars_tree}: other numbers of people or images")
    assert f"({', '.join(mars.PUBLISHED)})" in said
    caplog.clear()
    split = mars.read(mars_tree)
    whole = {part: count(getattr(split, part)) for part in mars.PUBLISHED}
    monkeypatch.setitem(benchmarks.BENCHMARKS, "mars", Benchmark("All of it", mars.read, whole))
    benchmarks.load("mars", mars_tree)
    assert not caplog.text


def test_check_lists_missing_and_truncated_images(mars_tree: Path) -> None:
    split = benchmarks.load("mars", mars_tree)
    gone, cut = split.train[2].frames[3], split.gallery[-1].frames[0]
    gone.unlink()
    cut.write_bytes(cut.read_bytes()[:-40])
    seen = []
    report = check("mars", mars_tree, files=True, progress=lambda *count: seen.append(count))
    assert report.missing == (str(gone),)
    assert report.corrupt == (str(cut),)
    assert not report.complete
    assert report.files_checked == 91 + 14 * 6
    assert seen[-1] == (report.files_checked, report.files_checked)


def test_queries_seen_by_one_camera_only_are_counted(
    mars_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lonely(root: Path) -> Split:
        split = mars.read(root)
        gallery = tuple(t for t in split.gallery if (t.person_id, t.camera_id) != (5, 2))
        return Split(split.train, split.query[:3], gallery)

    monkeypatch.setitem(benchmarks.BENCHMARKS, "mars", benchmarks.Benchmark("MARS", lonely))
    report = check("mars", mars_tree)
    assert report.without_match == 1
    assert report.as_published


def test_a_query_without_a_camera_matches_any(tmp_path: Path) -> None:
    from reid_datasets.check import without_match

    one, other = (Tracklet(ImageFiles(tmp_path, ("a.jpg",)), person, None) for person in (1, 2))
    assert without_match(Split((), (one, other), (one,))) == 1
