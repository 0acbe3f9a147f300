"""Temporal sampling, and data sets whose items depend on (seed, epoch, index, draw) alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import load
from reid_datasets.clips import ClipDataset, cut
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet
from reid_datasets.transforms import TrainTransform
from torch.utils.data import DataLoader

TRANSFORM = TrainTransform((32, 16), pad=2)


@pytest.fixture
def split(mars_tree: Path) -> Split:
    return load("mars", mars_tree)


def test_items_are_bytes_and_say_which_tracklet_they_are_of(split: Split) -> None:
    clip, index = ClipDataset(split.train, 4, TRANSFORM, 0)[5]
    assert (clip.shape, clip.dtype) == ((4, 3, 32, 16), torch.uint8)
    assert index == 5


def test_a_tracklet_of_one_frame_repeats_it(split: Split) -> None:
    clip = ClipDataset(split.train, 4, TRANSFORM, 0)[0][0]
    assert torch.equal(clip, clip[:1].expand_as(clip))


def test_target_items_hold_no_identity(split: Split) -> None:
    known = ClipDataset(split.train, 4, TRANSFORM, 0)
    unknown = ClipDataset([t.unlabelled() for t in split.train], 4, TRANSFORM, 0)
    (clip, index), (same, again) = known[3], unknown[3]
    assert torch.equal(clip, same)
    assert index == again == 3
    assert not hasattr(unknown.tracklets[0], "person_id")


def test_an_item_follows_from_seed_epoch_index_and_draw(split: Split) -> None:
    def item(seed: int, epoch: int, position: int) -> torch.Tensor:
        dataset = ClipDataset(split.train, 4, TRANSFORM, seed)
        dataset.set_epoch(epoch)
        return dataset[position][0]

    assert torch.equal(item(0, 0, 3), item(0, 0, 3))
    assert not torch.equal(item(0, 0, 3), item(1, 0, 3))
    assert not torch.equal(item(0, 0, 3), item(0, 1, 3))
    assert not torch.equal(item(0, 0, 3), item(0, 0, 3 + 16))


def test_another_draw_keeps_the_index(split: Split) -> None:
    dataset = ClipDataset(split.train, 4, TRANSFORM, 0)
    assert dataset[5 + 2 * len(dataset)][1] == dataset[5][1] == 5


def test_persistent_workers_see_the_epoch_and_change_nothing(split: Split) -> None:
    dataset = ClipDataset(split.train, 2, TRANSFORM, 0)
    loader = DataLoader(dataset, 8, num_workers=1, persistent_workers=True)
    for epoch in (0, 1):
        dataset.set_epoch(epoch)
        served = torch.cat([batch[0] for batch in loader])
        assert torch.equal(served, torch.stack([dataset[i][0] for i in range(16)]))


def test_empty_tracklets_are_refused() -> None:
    with pytest.raises(DatasetError, match="Tracklet 0 has no frames"):
        ClipDataset([Tracklet(ImageFiles(Path(), ()), 1, 1)], 4, TRANSFORM, 0)


def test_long_tracklets_can_be_cut_into_pieces(split: Split) -> None:
    pieces = cut(split.train[:3], 2)  # of 1, 6 and 6 frames
    assert [len(piece.frames) for piece in pieces] == [1, 2, 2, 2, 2, 2, 2]
    assert [piece.person_id for piece in pieces] == [t.person_id for t in split.train[:1]] + 6 * [1]
    last, whole = pieces[3].frames, split.train[1].frames
    assert last.name(1) == whole.name(5)
    assert torch.equal(last.read([1])[0], whole.read([5])[0])


class TestDamage:
    """A truncated file in the middle of a tracklet of six frames."""

    @pytest.fixture
    def damaged(self, split: Split) -> Tracklet:
        tracklet = split.train[1]
        tracklet.frames[2].write_bytes(tracklet.frames[2].read_bytes()[:300])
        return tracklet

    def clips(self, tracklet: Tracklet, unreadable: str) -> ClipDataset:
        data = [tracklet.unlabelled()]
        return ClipDataset(data, 4, TRANSFORM, 0, unreadable=unreadable)  # type: ignore[arg-type]

    def test_ends_the_run_by_default(self, damaged: Tracklet) -> None:
        dataset = self.clips(damaged, "fail")
        with pytest.raises(DatasetError, match=str(damaged.frames[2])):
            _ = [dataset[draw] for draw in range(20)]

    def test_is_left_out_and_named_once_if_asked(
        self, damaged: Tracklet, caplog: pytest.LogCaptureFixture
    ) -> None:
        dataset = self.clips(damaged, "skip")
        clips = [dataset[draw][0] for draw in range(20)]
        assert all(clip.shape == (4, 3, 32, 16) for clip in clips)
        (record,) = caplog.records
        assert str(damaged.frames[2]) in record.getMessage()

    def test_gives_the_same_clips_whoever_saw_it_first(self, damaged: Tracklet) -> None:
        damaged.frames[4].write_bytes(b"")
        first, second = self.clips(damaged, "skip"), self.clips(damaged, "skip")
        forward = [first[draw][0] for draw in range(12)]
        backward = [second[draw][0] for draw in reversed(range(12))][::-1]
        for one, other in zip(forward, backward, strict=True):
            assert torch.equal(one, other)

    def test_of_every_frame_is_an_error(self, damaged: Tracklet) -> None:
        for path in damaged.frames:
            path.write_bytes(b"")
        with pytest.raises(DatasetError, match="found none in 6"):
            self.clips(damaged, "skip")[0]
