"""VIPeR's random halves."""

from __future__ import annotations

from pathlib import Path

import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.reid_datasets.benchmarks.test_official_lists import agree
from tests.reid_datasets.benchmarks.test_video_benchmarks import facts, put

FIRST_QUERIES = [1, 3, 4, 5, 6, 7, 8, 9]


@pytest.fixture
def viper(tmp_path: Path) -> Path:
    for camera, angle in (("a", 0), ("b", 90)):
        folder = tmp_path / f"VIPeR/cam_{camera}"
        put(folder, *(f"{person:03d}_{angle}.bmp" for person in range(632)))
    return tmp_path


def test_viper_halves_are_the_same_everywhere(viper: Path) -> None:
    first, second = load("viper", viper), load("viper:1", viper)
    agree("viper", first)
    assert [t.person_id for t in first.query[:8]] == FIRST_QUERIES
    assert {t.person_id for t in first.query} != {t.person_id for t in second.query}
    assert not {t.person_id for t in first.train} & {t.person_id for t in first.query}
    assert min(t.person_id for t in first.train + first.query) == 1
    assert facts(first.gallery)[0] == (first.query[0].person_id, 2)


def test_viper_wants_everybody_twice(viper: Path) -> None:
    (viper / "VIPeR/cam_b/631_90.bmp").unlink()
    with pytest.raises(DatasetError, match=r"1 people in one only \(e\.g\. 631\)"):
        load("viper", viper)
    put(viper / "VIPeR/cam_a", "631_45.bmp")
    with pytest.raises(DatasetError, match="a second of 631"):
        load("viper", viper)


def test_viper_refuses_other_names(viper: Path) -> None:
    put(viper / "VIPeR/cam_a", "nobody.bmp")
    with pytest.raises(DatasetError, match=r"named like 001_45\.bmp .* nobody\.bmp"):
        load("viper", viper)


def test_official_names_pair_up(shared: Path, tmp_path: Path) -> None:
    """The list leaves out two of the 632 people; numbers have gaps and go up to 873."""
    seen: dict[str, int] = {}
    for name in (shared / "data/benchmark-lists/viper/viper_train.list").read_text().split():
        seen[name[:3]] = seen.get(name[:3], 0) + 1
        put(tmp_path / f"cam_{' ab'[seen[name[:3]]]}", name)
    split = load("viper:9", tmp_path)
    assert (len(split.train), len(split.query), len(split.gallery)) == (630, 315, 315)
    assert [t.person_id for t in split.query] == [t.person_id for t in split.gallery]
