"""Temporal sampling, and data sets whose items depend on (seed, epoch, index, draw) alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from reid_datasets.benchmarks import load
from reid_datasets.clips import (
    ClipDataset,
    UnlabelledClipDataset,
    all_frames,
    relabel,
    restricted,
)
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet
from reid_datasets.transforms import TrainTransform
from torch.utils.data import DataLoader

TRANSFORM = TrainTransform((32, 16), pad=2)
counts = st.integers(1, 200)
lengths = st.integers(1, 16)


@given(counts, lengths, st.integers(0, 2**32))
def test_restricted_takes_one_frame_of_each_block(n: int, length: int, seed: int) -> None:
    chosen = restricted(n, length, torch.Generator().manual_seed(seed))
    begins = restricted(n, length)
    assert len(chosen) == length
    assert chosen == sorted(chosen)
    for i, (frame, begin) in enumerate(zip(chosen, begins, strict=True)):
        assert begin == i * n // length
        assert begin <= frame < max((i + 1) * n // length, begin + 1) <= n


def test_restricted_reaches_every_frame() -> None:
    generator = torch.Generator().manual_seed(0)
    seen = {frame for _ in range(300) for frame in restricted(11, 4, generator)}
    assert seen == set(range(11))


@given(counts, lengths)
def test_all_frames_covers_every_frame_once(n: int, length: int) -> None:
    clips = all_frames(n, length)
    assert clips.shape == (-(-n // length), length)
    uses = np.bincount(clips.ravel(), minlength=n)
    assert uses.min() >= 1
    assert uses.sum() - n < length
    assert n % length or uses.max() == 1
    assert (np.diff(clips, axis=1) >= 0).all()


def test_all_frames_strides_over_the_tracklet() -> None:
    assert all_frames(8, 4).tolist() == [[0, 2, 4, 6], [1, 3, 5, 7]]


@pytest.fixture
def split(mars_tree: Path) -> Split:
    return load("mars", mars_tree)


def test_labels_are_dense_and_in_order_of_person(split: Split) -> None:
    assert relabel(split.gallery) == {0: 0, 5: 1, 6: 2, 7: 3}


def test_labelled_items_say_who_and_where(split: Split) -> None:
    dataset = ClipDataset(split.train, relabel(split.train), 4, TRANSFORM, 0)
    clip, label, camera, index = dataset[5]
    assert (clip.shape, clip.dtype) == ((4, 3, 32, 16), torch.uint8)
    assert (label, camera, index) == (1, 1, 5)
    assert dataset.labels == [0] * 4 + [1] * 4 + [2] * 4 + [3] * 4


def test_a_tracklet_of_one_frame_repeats_it(split: Split) -> None:
    clip = ClipDataset(split.train, relabel(split.train), 4, TRANSFORM, 0)[0][0]
    assert torch.equal(clip, clip[:1].expand_as(clip))


def test_target_items_hold_no_identity(split: Split) -> None:
    dataset = UnlabelledClipDataset([t.unlabelled() for t in split.train], 4, TRANSFORM, 0)
    clip, index = dataset[3]
    assert clip.shape == (4, 3, 32, 16)
    assert index == 3
    assert not hasattr(dataset.tracklets[0], "person_id")
    with pytest.raises(TypeError, match="UnlabelledTracklet"):
        UnlabelledClipDataset(split.train, 4, TRANSFORM, 0)  # type: ignore[arg-type]


def test_an_item_follows_from_seed_epoch_index_and_draw(split: Split) -> None:
    def item(seed: int, epoch: int, position: int) -> torch.Tensor:
        dataset = ClipDataset(split.train, relabel(split.train), 4, TRANSFORM, seed)
        dataset.set_epoch(epoch)
        return dataset[position][0]

    assert torch.equal(item(0, 0, 3), item(0, 0, 3))
    assert not torch.equal(item(0, 0, 3), item(1, 0, 3))
    assert not torch.equal(item(0, 0, 3), item(0, 1, 3))
    assert not torch.equal(item(0, 0, 3), item(0, 0, 3 + 16))


def test_another_draw_keeps_label_camera_and_index(split: Split) -> None:
    dataset = ClipDataset(split.train, relabel(split.train), 4, TRANSFORM, 0)
    assert dataset[5 + 2 * len(dataset)][1:] == dataset[5][1:]


def test_persistent_workers_see_the_epoch_and_change_nothing(split: Split) -> None:
    dataset = ClipDataset(split.train, relabel(split.train), 2, TRANSFORM, 0)
    loader = DataLoader(dataset, 8, num_workers=1, persistent_workers=True)
    for epoch in (0, 1):
        dataset.set_epoch(epoch)
        served = torch.cat([batch[0] for batch in loader])
        assert torch.equal(served, torch.stack([dataset[i][0] for i in range(16)]))


def test_missing_labels_and_empty_tracklets_are_refused(split: Split) -> None:
    with pytest.raises(DatasetError, match="label for every identity"):
        ClipDataset(split.train, {1: 0}, 4, TRANSFORM, 0)
    with pytest.raises(DatasetError, match="Tracklet 0 has no frames"):
        ClipDataset([Tracklet(ImageFiles(Path(), ()), 1, 1)], {1: 0}, 4, TRANSFORM, 0)
