"""Features on disk: read back, described, and only used where they fit."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.records import Tracklet

from uda.errors import UdaError
from uda.features import store as features_on_disk
from uda.features.store import Origin, data_sha256, lookup, store

ORIGIN = Origin("aa", "bb", "all frames in clips of 4 at 32x16, float32")


@pytest.fixture
def gallery(mars_tree: Path) -> tuple[Tracklet, ...]:
    return load("mars", mars_tree).gallery


@pytest.fixture
def stored(gallery: tuple[Tracklet, ...], tmp_path: Path) -> tuple[Path, np.ndarray]:
    features = np.random.default_rng(0).normal(size=(len(gallery), 5)).astype(np.float32)
    path = tmp_path / "features/mars.safetensors"
    store(path, features, [("gallery", tracklet) for tracklet in gallery], ORIGIN)
    return path, features


def test_features_come_back_with_their_origin(stored: tuple[Path, np.ndarray]) -> None:
    path, features = stored
    found, origin = features_on_disk.load(path)
    np.testing.assert_array_equal(found, features)
    assert origin == ORIGIN
    assert sorted(p.name for p in path.parent.iterdir()) == ["mars.csv", "mars.safetensors"]


def test_the_table_says_whose_they_are(
    stored: tuple[Path, np.ndarray], gallery: tuple[Tracklet, ...]
) -> None:
    with stored[0].with_suffix(".csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == features_on_disk.COLUMNS
    for row, tracklet in zip(rows, gallery, strict=True):
        assert (int(row["person_id"]), int(row["camera_id"])) == (
            tracklet.person_id,
            tracklet.camera_id,
        )
        assert row["name"] == tracklet.frames.name(0)
        assert row["clothes_id"] == ""


def test_features_of_something_else_are_not_used(stored: tuple[Path, np.ndarray]) -> None:
    path, features = stored
    found, _ = lookup(path, ORIGIN, len(features))
    assert found is not None
    for change, word in (
        ({"checkpoint_sha256": "x"}, "weights"),
        ({"data_sha256": "x"}, "data"),
        ({"protocol": "x"}, "protocol"),
    ):
        found, said = lookup(path, replace(ORIGIN, **change), len(features))
        assert found is None
        assert word in said
    assert lookup(path, ORIGIN, 3)[0] is None
    assert lookup(path.with_name("none"), ORIGIN, 3) == (None, f"no {path.with_name('none')} yet")


def test_a_damaged_file_is_named(stored: tuple[Path, np.ndarray]) -> None:
    path, _ = stored
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(UdaError, match=r"written by `uda extract` in .*mars\.safetensors"):
        features_on_disk.load(path)


def test_features_that_are_not_what_was_written_are_refused(
    stored: tuple[Path, np.ndarray],
) -> None:
    path, _ = stored
    content = path.read_bytes()
    path.write_bytes(content[:-32] + bytes(32))
    with pytest.raises(UdaError, match="their checksum differs"):
        features_on_disk.load(path)


def test_data_is_told_apart_by_names_and_lengths(gallery: tuple[Tracklet, ...]) -> None:
    shorter = replace(gallery[1], frames=gallery[1].frames[:-1])
    sums = {
        data_sha256(some) for some in (gallery, gallery[1:], (gallery[0], shorter, *gallery[2:]))
    }
    assert len(sums) == 3


def test_cameras_tell_data_apart_where_features_depend_on_them(
    gallery: tuple[Tracklet, ...],
) -> None:
    elsewhere = (replace(gallery[0], camera_id=9), *gallery[1:])
    assert data_sha256(elsewhere) == data_sha256(gallery)
    assert data_sha256(elsewhere, cameras=True) != data_sha256(gallery, cameras=True)
