"""Batches of cameras: as many people of each, as many clips of each of them, under that camera."""

from __future__ import annotations

from collections import Counter

import pytest
from reid_datasets.camera_identities import CameraIdentitySampler
from reid_datasets.errors import DatasetError

LABELS = [label for label in range(6) for _ in range(5)]
CAMERAS: list[int | None] = [camera for _ in range(6) for camera in (1, 1, 1, 2, 3)]


def _sampler(**options: int) -> CameraIdentitySampler:
    return CameraIdentitySampler(LABELS, CAMERAS, 4, 3, 2, **{"seed": 0, **options})


def test_each_camera_of_a_batch_has_as_many_people_and_each_of_them_as_many_clips() -> None:
    for batch in _sampler(batches=20):
        assert len(batch) == len(set(batch)) == 12
        for start in (0, 6):
            assert len({CAMERAS[i % 30] for i in batch[start : start + 6]}) == 1
            assert len({LABELS[i % 30] for i in batch[start : start + 6]}) == 2
        for start in range(0, 12, 3):
            assert len({LABELS[i % 30] for i in batch[start : start + 3]}) == 1


def test_cameras_come_equally_often_whatever_they_have_seen() -> None:
    drawn = Counter(CAMERAS[i % 30] for batch in _sampler(batches=600) for i in batch)
    assert set(drawn) == {1, 2, 3}
    assert max(drawn.values()) < 1.2 * min(drawn.values())


def test_a_camera_with_one_person_and_one_tracklet_repeats_it() -> None:
    sampler = CameraIdentitySampler([0, 1, -1], [1, None, 1], 4, 2, 1, seed=0, batches=10)
    batches = [[i % 3 for i in batch] for batch in sampler]
    assert {min(batch) for batch in batches} == {0, 1}
    assert all(len(set(batch)) == 1 for batch in batches)


def test_ranks_share_out_one_sequence_and_epochs_differ() -> None:
    whole = [[i % 30 for i in batch] for batch in _sampler(batches=6)]
    for rank in (0, 1):
        own = [[i % 30 for i in batch] for batch in _sampler(batches=3, rank=rank, world_size=2)]
        assert own == whole[rank::2]
    other = _sampler(batches=6)
    other.set_epoch(1)
    assert [[i % 30 for i in batch] for batch in other] != whole
    assert list(_sampler(batches=6)) == list(_sampler(batches=6))


def test_people_that_cameras_cannot_share_are_refused() -> None:
    with pytest.raises(ValueError, match="a multiple of 3 identities, found 4"):
        CameraIdentitySampler(LABELS, CAMERAS, 4, 3, 3, seed=0)
    with pytest.raises(DatasetError, match="the training set has 0"):
        CameraIdentitySampler([-1, -1], [1, 2], 4, 3, 2, seed=0)
