"""Labels of many tracklets as columns, and which of them a target may keep."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reid_datasets.benchmarks import load
from reid_datasets.frames import ImageFiles
from reid_datasets.labels import UNKNOWN, as_classes, columns
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet

FRAMES = ImageFiles(Path(), ("1.jpg",))


@pytest.fixture
def split(mars_tree: Path) -> Split:
    return load("mars", mars_tree)


def test_a_column_has_a_row_for_each_tracklet(split: Split) -> None:
    found = columns(split.gallery)
    assert found.keys() == {"identity", "camera"}
    assert found["identity"].tolist() == [t.person_id for t in split.gallery]
    assert found["camera"].tolist() == [t.camera_id for t in split.gallery]
    assert found["camera"].dtype == np.int64


def test_classes_are_dense_and_in_order_of_person(split: Split) -> None:
    known = columns(split.gallery)  # distractors 0, then people 5, 6 and 7
    found = as_classes(known)["identity"]
    pairs = zip(known["identity"].tolist(), found.tolist(), strict=True)
    assert dict(pairs) == {0: 0, 5: 1, 6: 2, 7: 3}
    assert as_classes(columns(split.train))["identity"].tolist() == [
        *[0] * 4, *[1] * 4, *[2] * 4, *[3] * 4,
    ]  # fmt: skip


def test_clothes_are_numbered_as_they_come_and_only_if_all_are_known() -> None:
    worn = [70, 30, 70, 50]
    tracklets = [Tracklet(FRAMES, 1, 1, clothes) for clothes in worn]
    assert as_classes(columns(tracklets))["clothes"].tolist() == [0, 1, 0, 2]
    tracklets[2] = replace(tracklets[2], clothes_id=None)
    assert columns(tracklets)["clothes"].tolist() == [70, 30, UNKNOWN, 50]
    assert "clothes" not in as_classes(columns(tracklets))


def test_whatever_a_reader_names_is_a_column_unknown_where_it_is_not_given() -> None:
    tracklets = [
        Tracklet(FRAMES, 1, 1, labels=(("bag", 1),)),
        Tracklet(FRAMES, 2, None),
        Tracklet(FRAMES, 3, 2, labels=(("time", 40), ("bag", 0))),
    ]
    found = as_classes(columns(tracklets))
    assert found["bag"].tolist() == [1, UNKNOWN, 0]
    assert found["time"].tolist() == [UNKNOWN, UNKNOWN, 40]
    assert found["camera"].tolist() == [1, UNKNOWN, 2]


def test_a_target_keeps_nothing_but_camera_and_time() -> None:
    tracklet = Tracklet(FRAMES, 1, 2, 3, (("bag", 1), ("time", 40)))
    dropped = tracklet.unlabelled()
    assert dropped == UnlabelledTracklet(FRAMES, 2, (("time", 40),))
    assert columns([dropped]).keys() == {"camera", "time"}
    with pytest.raises(TypeError, match=r"no labels but time, found \['bag'\]"):
        UnlabelledTracklet(FRAMES, 2, (("time", 40), ("bag", 1)))


def test_tracklets_with_and_without_identity_are_not_mixed(split: Split) -> None:
    with pytest.raises(TypeError, match="all with or all without an identity"):
        columns([split.train[0], split.train[1].unlabelled()])
