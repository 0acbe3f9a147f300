"""`uda check-data`: what it prints, writes and exits with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reid_datasets import benchmarks
from reid_datasets.benchmarks import mars
from reid_datasets.benchmarks.benchmark import Benchmark
from reid_datasets.counts import Counts
from reid_datasets.records import Split
from typer.testing import CliRunner, Result

from tests.reid_datasets.folder.trees import write_tracklets, write_video
from uda.cli import app


def check_data(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["check-data", *map(str, arguments)])


def test_counts_beside_the_published_ones(mars_tree: Path, tmp_path: Path) -> None:
    path = tmp_path / "reports" / "mars.json"
    result = check_data("mars", "--root", mars_tree, "--json", path)
    assert result.exit_code == 0, result.output
    for phrase in (
        "MARS in",
        "509,914",
        "are not the published ones",
        "0 of 6 queries",
        "0 damaged",
    ):
        assert phrase in result.stdout
    report = json.loads(path.read_text())
    assert report["splits"] == [
        {
            "split": None,
            "counts": {
                "train": vars_of(Counts(4, 16, 91, 2)),
                "query": vars_of(Counts(3, 6, 36, 2)),
                "gallery": vars_of(Counts(3, 14, 84, 2, 2)),
            },
            "queries_without_match": 0,
        }
    ]
    assert report["published"]["gallery"]["distractors"] == 3_248
    assert (report["schema"], report["as_published"], report["complete"]) == (1, False, True)
    assert report["images_checked"] == 91 + 84


def vars_of(counts: Counts) -> dict[str, int | None]:
    return {name: getattr(counts, name) for name in Counts.__dataclass_fields__}


def test_published_counts_that_nobody_stated_are_a_dash(
    mars_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_found = {"train": Counts(4, 16, None, 2), "query": Counts(3, 7, None, 2)}
    monkeypatch.setitem(benchmarks.BENCHMARKS, "mars", Benchmark("MARS", mars.read, as_found))
    printed = check_data("mars", "--root", mars_tree, "--no-files").stdout
    rows = [line.replace("│", " ").split() for line in printed.splitlines()]
    assert ["published", "3", "7", "-", "2", "0"] in rows
    assert sum("published" in row for row in rows if "-" in row) == 1  # train agrees


def test_damaged_files_are_named_and_exit_with_2(mars_tree: Path, tmp_path: Path) -> None:
    first, *_, last = sorted((mars_tree / "bbox_test").rglob("000*.jpg"))
    first.unlink()
    last.write_bytes(last.read_bytes()[:150])
    path = tmp_path / "report.json"
    result = check_data("mars", "--root", mars_tree, "--json", path)
    assert result.exit_code == 2
    assert "1 missing, 1 damaged" in result.stdout
    assert f"missing {first}" in result.stdout
    assert f"damaged {last}" in result.stdout
    report = json.loads(path.read_text())
    assert (report["missing"], report["damaged"]) == ([str(first)], [str(last)])
    unseen = ("mars", "--root", mars_tree, "--no-files", "--json", path)
    refused = check_data(*unseen)
    assert refused.exit_code == 2
    assert "--overwrite" in refused.stderr
    assert json.loads(path.read_text()) == report
    assert check_data(*unseen, "--overwrite").exit_code == 0
    assert json.loads(path.read_text())["files_looked_at"] is False


def test_names_are_no_markup(mars_tree: Path, tmp_path: Path) -> None:
    """What rich would take for the end of a style that never began."""
    root = mars_tree.rename(tmp_path / "[bold]") / "bbox_test"
    first = min(root.rglob("000*.jpg"))
    first.unlink()
    (tmp_path / "a[").mkdir()
    odd = (tmp_path / "[bold]").rename(tmp_path / "a[" / "red]")
    result = check_data("mars", "--root", odd)
    assert result.exit_code == 2, result.output
    assert f" in {odd}\n" in result.stdout
    assert f"missing {odd / first.relative_to(tmp_path / '[bold]')}\n" in result.stdout


def test_all_splits_are_checked_and_those_alike_share_rows(
    mars_tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(root: Path, number: int) -> Split:
        split = mars.read(root)
        return Split(split.train[: 15 if number == 2 else 16], split.query, split.gallery)

    several = Benchmark("several", read, {"train": Counts(4, 16, 91, 2)}, splits=4)
    monkeypatch.setitem(benchmarks.BENCHMARKS, "several", several)
    path = tmp_path / "report.json"
    printed = check_data("several", "--root", mars_tree, "--no-files", "--json", path).stdout
    assert "0, 1, 3" in printed
    assert "0 of 24 queries" in printed
    report = json.loads(path.read_text())
    assert [split["split"] for split in report["splits"]] == [0, 1, 2, 3]
    assert report["as_published"] is False
    check_data("several:3", "--root", mars_tree, "--no-files", "--json", path, "--overwrite")
    report = json.loads(path.read_text())
    assert [split["split"] for split in report["splits"]] == [3]
    assert report["as_published"] is True


def test_a_set_without_queries(tmp_path: Path) -> None:
    own = write_tracklets(tmp_path, "a", "b")
    result = check_data("folder", "--root", own)
    assert result.exit_code == 0, result.output
    for phrase in ("unlabelled", "no queries", "no published counts", "6 images: 0 missing"):
        assert phrase in result.stdout


def test_a_video_shorter_than_its_table_names_the_first_frame_it_lacks(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", frames=6)
    lines = "video,first,last,id\na.mp4,0,3,1\na.mp4,2,8,2\ngone.mp4,0,9,2\n"
    (tmp_path / "tracklets.csv").write_text(lines)
    path = tmp_path / "report.json"
    assert check_data("folder", "--root", tmp_path, "--json", path).exit_code == 2
    report = json.loads(path.read_text())
    assert report["images_checked"] == 4 + 7 + 10
    (short,) = report["damaged"]
    assert short.startswith(str(tmp_path / "a.mp4"))
    assert "6" in short
    assert "2 frames after it" in short
    (gone,) = report["missing"]
    assert str(tmp_path / "gone.mp4") in gone
