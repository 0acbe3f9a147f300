"""GRID's divisions, from the table of the data set or from lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from scipy.io import savemat

from tests.reid_datasets.benchmarks.test_official_lists import agree
from tests.reid_datasets.benchmarks.test_video_benchmarks import put

TABLE = "underground_reid/features_and_partitions.mat"


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    """250 people and 775 others, and a table of ten divisions in the official file's shape."""
    people = range(1, 251)
    put(tmp_path / "underground_reid/probe", *(f"{p:04d}_{p % 3 + 1}_1_2.jpeg" for p in people))
    put(
        tmp_path / "underground_reid/gallery",
        *(f"{p:04d}_{p % 3 + 4}_1_2.jpeg" for p in people),
        *(f"0000_{i % 6 + 1}_{i}_2.jpeg" for i in range(775)),
    )
    rng = np.random.default_rng(0)
    divisions = np.empty((1, 10), object)
    for i in range(10):
        divisions[0, i] = {"a": 0, "b": 0, "trainIdx": rng.permutation(250)[None, :125] + 1}
    savemat(tmp_path / TABLE, {"trainIdxAll": divisions})
    return tmp_path


def test_ten_divisions_with_all_distractors(grid: Path) -> None:
    queries = set()
    for number in range(10):
        split = load(f"grid:{number}", grid)
        agree("grid", split)
        queries.add(frozenset(t.person_id for t in split.query))
        assert {t.person_id for t in split.query} == {t.person_id for t in split.gallery} - {0}
        assert not {t.person_id for t in split.query} & {t.person_id for t in split.train}
    assert len(queries) == 10


def test_the_folder_of_images_itself_will_do(grid: Path) -> None:
    assert load("grid:4", grid / "underground_reid") == load("grid:4", grid)


@pytest.mark.parametrize("place", ["", "underground_reid"])
def test_lists_where_the_table_is_missing(grid: Path, place: str) -> None:
    names = sorted(path.name for path in (grid / "underground_reid/probe").iterdir())
    (grid / TABLE).unlink()
    with pytest.raises(DatasetError, match=r"features_and_partitions.*grid-cv3-train\.txt"):
        load("grid:3", grid)
    (grid / place / "grid-cv3-train.txt").write_text("\n".join(names[:125]))
    split = load("grid:3", grid)
    agree("grid:3", split)
    assert {t.person_id for t in split.train} == set(range(1, 126))


def test_damaged_lists_are_refused(grid: Path) -> None:
    names = sorted(path.name for path in (grid / "underground_reid/probe").iterdir())
    (grid / TABLE).unlink()
    lists = grid / "grid-cv0-train.txt"
    lists.write_text("\n".join(names[:100]))
    with pytest.raises(DatasetError, match=r"Expected 125 people .* found 100"):
        load("grid", grid)
    lists.write_text("\n".join([*names[:124], "0999_1_1_2.jpeg"]))
    with pytest.raises(DatasetError, match="found 125, of which 1 have no image"):
        load("grid", grid)
    lists.write_text("\n".join([*names[:125], "<html>"]))
    with pytest.raises(DatasetError, match="found '<html>'"):
        load("grid", grid)


@pytest.mark.parametrize("content", [{"other": [1]}, {"trainIdxAll": [[1.0] * 10]}])
def test_another_table_is_refused(grid: Path, content: dict[str, list]) -> None:
    savemat(grid / TABLE, content)
    with pytest.raises(DatasetError, match="10 divisions as `trainIdxAll`"):
        load("grid", grid)


def test_a_probe_without_its_match_is_refused(grid: Path) -> None:
    """It would be dropped from the scores without a word."""
    next((grid / "underground_reid/gallery").glob("0007_*")).unlink()
    with pytest.raises(DatasetError, match=r"1 people in one only \(e\.g\. 0007\)"):
        load("grid", grid)


def test_other_names_are_refused(grid: Path) -> None:
    put(grid / "underground_reid/probe", "12.jpeg")
    with pytest.raises(DatasetError, match=r"named like 0001_1_25004.* found 12\.jpeg"):
        load("grid", grid)
