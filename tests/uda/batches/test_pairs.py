"""How settings reach the batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_datasets.clips import ClipDataset
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet, UnlabelledTracklet

from uda.batches.domains import Domains
from uda.batches.feed import Feed
from uda.batches.pairs import Batches
from uda.config import Config, Data


@pytest.fixture
def domains(mars_tree: Path) -> Domains:
    return Domains.read("mars", mars_tree, "mars", mars_tree)


def batches(domains: Domains, **data: Any) -> Batches:
    values = {"size": (32, 16), "clip_length": 2, "identities": 2, "instances": 4, "workers": 0}
    settings = Config.model_validate({"data": values | data, "training": {"steps": 6}})
    return Batches(domains, settings, uses_target=True)


def drawn(found: Feed) -> list[list[int]]:
    """What an epoch's batches ask the data set for."""
    return list(found._from)


def tracklets_of(found: Feed | None) -> Sequence[Tracklet | UnlabelledTracklet]:
    assert found is not None
    assert isinstance(found._dataset, ClipDataset)
    return found._dataset.tracklets


def cameras_of_target(found: Batches) -> list[list[int]]:
    assert found.target is not None
    cameras = found.target.cameras
    return [[cameras[i % len(cameras)] for i in batch] for batch in drawn(found.target)]


def test_clips_are_bytes(domains: Domains) -> None:
    labelled, unlabelled = next(batches(domains).rest(0))
    assert labelled.clips.dtype == torch.uint8
    assert unlabelled is not None
    assert labelled.clips.shape == unlabelled.clips.shape == (8, 2, 3, 32, 16)


def test_source_batches_can_be_drawn_by_neighbours(domains: Domains) -> None:
    found = batches(domains)
    count = len(found.labels["identity"].unique())
    near = [[(person + 1) % count] for person in range(count)]
    for labelled, _ in found.rest(0, None, near):
        people = labelled.labels["identity"].tolist()
        assert people == [people[0]] * 4 + near[people[0]] * 4
    by_chance = [labelled.tracklets.tolist() for labelled, _ in found.rest(1)]
    assert by_chance == [labelled.tracklets.tolist() for labelled, _ in batches(domains).rest(1)]


def test_one_tracklet_of_each_person_another_in_each_epoch(domains: Domains) -> None:
    found = batches(domains)
    names = {domains.source.train[i].frames.name(0): int(p) for i, p in
             enumerate(found.labels["identity"])}  # fmt: skip
    epochs = [[t.frames.name(0) for t in found.one_of_each_person(epoch)] for epoch in (0, 1, 0)]
    assert [names[name] for name in epochs[0]] == list(range(len(epochs[0])))
    assert epochs[0] == epochs[2] != epochs[1]


def test_target_cameras_can_be_balanced(domains: Domains) -> None:
    balanced = cameras_of_target(batches(domains, target_sampling="camera_balanced"))
    assert all(batch.count(1) == batch.count(2) == 4 for batch in balanced)
    shuffled = cameras_of_target(batches(domains, target_clips=4))
    assert any(batch.count(1) != 2 for batch in shuffled)


def test_source_batches_can_be_balanced_by_camera(domains: Domains) -> None:
    found = batches(
        domains, identities=4, instances=2, source_sampling="camera_balanced", cameras=2
    )
    cameras, people = (found.labels[name].tolist() for name in ("camera", "identity"))
    for batch in drawn(found.source):
        for half in (batch[:4], batch[4:]):
            assert len({cameras[i % len(cameras)] for i in half}) == 1
            assert len({people[i % len(people)] for i in half}) == 2


def test_people_that_cameras_cannot_share_are_refused() -> None:
    with pytest.raises(ValueError, match=r"identities=6 is no multiple of data.cameras=4"):
        Data(identities=6, source_sampling="camera_balanced", cameras=4)


def test_dense_training_has_more_tracklets(domains: Domains) -> None:
    whole, pieces = batches(domains), batches(domains, dense=3)
    assert len(tracklets_of(whole.source)) == 16
    assert len(tracklets_of(pieces.source)) == len(pieces.labels["identity"]) == 1 + 15 * 2
    assert len(tracklets_of(pieces.target)) == len(pieces.target_tracklets) == 1 + 15 * 2


def test_strided_clips_are_of_frames_so_far_apart(domains: Domains) -> None:
    found = batches(domains, sampling="strided", stride=4, flip=0, erase=0)
    dataset = found.source._dataset
    assert isinstance(dataset, ClipDataset)
    wanted = [
        torch.stack([dataset.tracklets[1].frames.read([i])[0] for i in pair])
        for pair in ((0, 4), (1, 5))
    ]
    sizes = {frame.shape for pair in wanted for frame in pair}
    assert sizes == {(3, 64, 32)}
    seen = {tuple(dataset.sampling(6, 2, torch.Generator().manual_seed(i))) for i in range(20)}
    assert seen == {(0, 4), (1, 5)}


def test_a_target_smaller_than_a_batch_comes_again_as_other_clips(domains: Domains) -> None:
    few = replace(domains, target=domains.target[4:7])
    for sampling in ("shuffled", "camera_balanced"):
        found = batches(few, target_clips=8, target_sampling=sampling)
        assert found.target is not None
        positions = [position for batch in drawn(found.target) for position in batch]
        assert len(positions) == len(set(positions)) == 6 * 8
        assert {position % 3 for position in positions} == {0, 1, 2}
        _, unlabelled = next(found.rest(0))
        assert unlabelled is not None
        assert len(unlabelled.clips) == 8
        assert len(unlabelled.clips.flatten(1).unique(dim=0)) > 3


def test_more_clips_of_a_person_than_tracklets(domains: Domains) -> None:
    """4 people with 4 tracklets each: every batch holds every tracklet, twice over."""
    found = batches(domains, identities=4, instances=9)
    labelled, _ = next(found.rest(0))
    assert labelled.labels["identity"].bincount().tolist() == [9] * 4
    assert labelled.tracklets.bincount(minlength=16).min() >= 2
    assert len(labelled.clips.flatten(1).unique(dim=0)) > 16


def test_damaged_frames_are_skipped_only_if_asked(domains: Domains) -> None:
    for tracklet in domains.source.train[1:]:
        tracklet.frames[0].write_bytes(b"\xff\xd8\xff")  # type: ignore[index]
    with pytest.raises(DatasetError, match=r"Expected a complete image in .*F001\.jpg"):
        list(batches(domains).rest(0))
    assert len(list(batches(domains, unreadable="skip").rest(0))) == 6


def test_whatever_a_reader_names_arrives_with_the_batch(domains: Domains) -> None:
    """Under its name, unknown where it is not given; a target batch has none of it."""
    carried = {1: 1, 2: 0}
    train = tuple(
        replace(t, labels=(("bag", carried[t.person_id]),) if t.person_id in carried else ())
        for t in domains.source.train
    )
    told = replace(
        domains,
        source=replace(domains.source, train=train),
        target=tuple(t.unlabelled() for t in train),
    )
    people = []
    for labelled, unlabelled in batches(told).rest(0):
        assert unlabelled is not None
        assert unlabelled.labels.keys() == {"camera"}
        assert labelled.labels.keys() == {"identity", "camera", "bag"}
        people += zip(
            labelled.labels["identity"].tolist(), labelled.labels["bag"].tolist(), strict=True
        )
    assert set(people) == {(0, 1), (1, 0), (2, -1), (3, -1)}


def test_times_of_target_tracklets_arrive_too(domains: Domains) -> None:
    times = tuple(
        replace(tracklet, labels=(("time", 40 * number),))
        for number, tracklet in enumerate(domains.target)
    )
    _, unlabelled = next(batches(replace(domains, target=times)).rest(0))
    assert unlabelled is not None
    assert unlabelled.labels["time"].tolist() == (40 * unlabelled.tracklets).tolist()


def test_a_target_batch_never_has_an_annotators_label(domains: Domains) -> None:
    known = replace(domains.source.train[0], labels=(("bag", 1),))
    with pytest.raises(TypeError, match="expected no labels but time"):
        replace(domains.target[0], labels=known.labels)
    with pytest.raises(TypeError, match="expected UnlabelledTracklet"):
        batches(replace(domains, target=domains.source.train))


@pytest.mark.parametrize("given", [0, 1, 3, 6])
@pytest.mark.parametrize("workers", [0, 1])
def test_batches_go_on_from_their_state(domains: Domains, given: int, workers: int) -> None:
    """Clips to the bit, in the middle of an epoch and in the next one."""
    groups = [number % 3 for number in range(16)]
    whole = batches(domains, workers=workers)
    wanted = [list(whole.rest(1, groups)), list(whole.rest(2))]
    broken = batches(domains)
    pairs = broken.rest(1, groups)
    begun = [next(pairs) for _ in range(given)]
    state = broken.state_dict()
    again = batches(domains, workers=workers)
    again.load_state_dict(state)
    found = [begun + list(again.rest(1, groups)), list(again.rest(2))]
    for mine, theirs in zip(found, wanted, strict=True):
        assert len(mine) == len(theirs) == 6
        for pair, other in zip(mine, theirs, strict=True):
            for batch, same in zip(pair, other, strict=True):
                assert batch is not None
                assert same is not None
                assert torch.equal(batch.clips, same.clips)
                assert torch.equal(batch.tracklets, same.tracklets)


def test_an_epoch_that_was_given_has_no_rest(domains: Domains) -> None:
    found = batches(domains)
    assert len(list(found.rest(0))) == 6
    assert list(found.rest(0)) == []
    assert found.state_dict() == {"epoch": 0, "drawn": 6}
