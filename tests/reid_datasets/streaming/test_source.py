"""The table of a streamed set, and the name it goes by."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.streaming.address import stream_root
from reid_datasets.streaming.source import StreamedSource, open_stream

from tests.reid_datasets.streaming.small import sampler_of


def test_tracklets_are_those_of_random_access_in_the_same_order(
    root: Path, source: StreamedSource
) -> None:
    train = load("synthetic", root).train
    assert len(source) == len(train) == 96
    assert source.labels["identity"].tolist() == [t.person_id for t in train]
    assert source.labels["camera"].tolist() == [t.camera_id for t in train]
    assert source.labels["clothes"].tolist() == [t.clothes_id for t in train]
    assert {column.dtype for column in source.labels.values()} == {np.dtype(np.int64)}
    assert source.labels["time"].min() == 3_600_125
    found = [pair for shard in range(12) for pair in source.read(shard)]
    assert {index: frames for index, frames in found} == {
        index: tracklet.frames for index, tracklet in enumerate(train)
    }
    assert source.names[0] == "0001C1T0001"


def test_the_tables_of_crops_and_held_out_people_are_not_read(own: Path) -> None:
    for file in (own / "crops").iterdir():
        file.unlink()
    (own / "shards/test-000000.tar").unlink()
    source = open_stream(own)
    assert set(source.labels["identity"]) == set(range(1, 9))
    assert len(list(sampler_of(source))) == 3


def test_labels_that_nobody_has_are_no_columns(own: Path) -> None:
    import pyarrow.parquet as pq

    table = pq.read_table(own / "tracklets.parquet").drop_columns(["clothes_id", "start_time"])
    pq.write_table(table, own / "tracklets.parquet")
    assert set(open_stream(own).labels) == {"identity", "camera"}


@pytest.mark.parametrize(
    ("description", "message"),
    [
        ('{"layout": "mars"}', r"layout webdataset.*found 'mars'.*--format webdataset"),
        ("{}", "found 'mars'"),
        ('{"layout": ', "Expected JSON"),
        (None, r"found no dataset\.json.*it continues"),
    ],
)
def test_what_cannot_be_streamed_says_why(
    tmp_path: Path, description: str | None, message: str
) -> None:
    if description is not None:
        (tmp_path / "dataset.json").write_text(description)
    with pytest.raises(DatasetError, match=message):
        open_stream(tmp_path)


def test_a_missing_set_says_how_to_render_one(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"no directory.*--format webdataset"):
        open_stream(tmp_path / "none")


def test_a_stream_is_named_by_its_folder() -> None:
    assert stream_root("synthetic") is None
    assert stream_root("prid2011:3") is None
    assert stream_root("webdataset://data/set") == Path("data/set")
    assert stream_root("webdataset:///data/set") == Path("/data/set")
    assert stream_root("webdataset://~/set") == Path.home() / "set"


@pytest.mark.parametrize(
    "name",
    ["s3://bucket/set", "https://host/set", "me@host/set", "host:8080/set", "pipe:cat x.tar"],
)
def test_other_hosts_are_refused(name: str) -> None:
    with pytest.raises(DatasetError, match="Expected a folder on this machine"):
        stream_root(f"webdataset://{name}")


@pytest.mark.parametrize("name", ["webdataset:", "webdataset://", "webdataset:data/set"])
def test_a_stream_without_a_folder_is_refused(name: str) -> None:
    with pytest.raises(DatasetError, match=r"Expected webdataset://PATH"):
        stream_root(name)
