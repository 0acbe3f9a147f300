"""Rendered sets: finished ones are read, others are explained."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError

from tests.mars_tree import write_mars_tree


@pytest.fixture
def rendered(mars_tree: Path) -> Path:
    (mars_tree / "dataset.json").write_text('{"seed": 0}')
    return mars_tree


def test_a_finished_set_reads_like_mars(rendered: Path) -> None:
    assert load("synthetic", rendered) == load("mars", rendered)


@pytest.mark.parametrize("missing", ["dataset.json", "info", "info/query_IDX.mat"])
def test_an_unfinished_set_says_how_to_finish_it(rendered: Path, missing: str) -> None:
    path = rendered / missing
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(DatasetError, match=r"vidsynth render-tracklets .* it continues"):
        load("synthetic", rendered)


def test_a_missing_set_says_how_to_render_one(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no directory.*vidsynth render-tracklets"):
        load("synthetic", tmp_path / "synthetic")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"seed": ', "Expecting"),
        ('{"layout": "mars", "layout": "mp4"}', "'layout' is there twice"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
@pytest.mark.parametrize("name", ["synthetic", "synthetic-images"])
def test_a_damaged_description_is_named(rendered: Path, name: str, content: str, said: str) -> None:
    (rendered / "dataset.json").write_text(content)
    with pytest.raises(DatasetError, match=rf"Expected JSON in .*dataset\.json.*{said}"):
        load(name, rendered)


def test_a_layout_that_is_no_word_is_refused(rendered: Path) -> None:
    (rendered / "dataset.json").write_text('{"layout": ["mars"]}')
    with pytest.raises(DatasetError, match="Expected a layout among"):
        load("synthetic", rendered)


WRITTEN = {
    "tracklet": ["0001C1T0001"], "label_id": [1], "split": ["train"], "camera_id": [1],
    "frames": [3], "path": ["videos/a.mp4"], "query": [False], "start_time": [0.5],
}  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"),
    [("label_id", None), ("camera_id", "1"), ("frames", 2.5), ("path", None), ("tracklet", 7),
     ("start_time", float("nan")), ("split", None)],
)  # fmt: skip
def test_a_table_of_other_values_is_named(tmp_path: Path, column: str, value: object) -> None:
    (tmp_path / "dataset.json").write_text('{"layout": "mp4"}')
    pq.write_table(pa.table(WRITTEN), tmp_path / "tracklets.parquet")
    assert [t.labels for t in load("synthetic", tmp_path).train] == [(("time", 500),)]
    table = pa.table({**WRITTEN, column: [value]})
    pq.write_table(table, tmp_path / "tracklets.parquet")
    with pytest.raises(DatasetError, match=rf"tracklets\.parquet.* \({column} has"):
        load("synthetic", tmp_path)


def test_people_in_both_training_and_test_are_refused(rendered: Path, tmp_path: Path) -> None:
    other = write_mars_tree(tmp_path / "other", train_people=6)
    shutil.rmtree(rendered / "bbox_train")
    shutil.copytree(other / "bbox_train", rendered / "bbox_train")
    for name in ("train_name.txt", "tracks_train_info.mat"):
        shutil.copyfile(other / "info" / name, rendered / "info" / name)
    with pytest.raises(DatasetError, match=r"found 2 in both \(e\.g\. 5\)"):
        load("synthetic", rendered)


def test_still_images_are_read_in_market_layout(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text('{"layout": "market1501"}')
    with pytest.raises(DatasetError, match="found no bounding_box_train"):
        load("synthetic", tmp_path)
    for folder, name in (
        ("bounding_box_train", "0001_c1s1_000001_00.jpg"),
        ("query", "0002_c1s1_000001_00.jpg"),
        ("bounding_box_test", "0002_c2s1_000001_00.jpg"),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / name).touch()
    split = load("synthetic", tmp_path)
    assert [t.person_id for t in split.train + split.query + split.gallery] == [1, 2, 2]
    (tmp_path / "crops").mkdir()
    worn = {"bounding_box_train/0001_c1s1_000001_00.jpg": 7, "query/0002_c1s1_000001_00.jpg": 9}
    table = pa.table({"file": list(worn), "clothes_id": list(worn.values())})
    pq.write_table(table, tmp_path / "crops/0.parquet")
    split = load("synthetic", tmp_path)
    assert [t.clothes_id for t in split.train + split.query] == [7, 9]
    for folder in ("query", "bounding_box_test"):  # nobody was held out
        next((tmp_path / folder).iterdir()).unlink()
    split = load("synthetic", tmp_path)
    assert (len(split.train), split.query, split.gallery) == (1, (), ())


def test_a_layout_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dataset.json").write_text('{"layout": "hologram"}')
    with pytest.raises(DatasetError, match="found 'hologram': a newer version wrote it"):
        load("synthetic", tmp_path)


@pytest.mark.parametrize("name", ["synthetic", "synthetic-images"])
def test_a_path_that_is_no_utf_8_is_refused(rendered: Path, name: str) -> None:
    odd = Path(os.fsdecode(os.fsencode(rendered.parent) + b"/" + "行人".encode("gbk")))
    rendered.rename(odd)
    with pytest.raises(DatasetError, match=r"in UTF-8, found .*udcd0.*by a link"):
        load(name, odd)
