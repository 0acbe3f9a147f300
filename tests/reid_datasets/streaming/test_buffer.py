"""What a stream holds: bounded, and enough for whoever is drawn."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from reid_datasets.shards import ShardFrames
from reid_datasets.streaming.buffer import Buffer, Shape
from reid_datasets.streaming.sampler import StreamedPKSampler, shard_order
from reid_datasets.streaming.source import open_stream

from tests.reid_datasets.shard_set import walks, write_shards
from tests.reid_datasets.streaming.small import K, P
from vidsynth.config import TrackletConfig
from vidsynth.planning.tracklets import TrackletPlan


@pytest.mark.parametrize("held", [12, 13, 20, 50, 500])
@pytest.mark.parametrize("sharing", ["families", "all shards"])
def test_the_buffer_never_holds_more_than_it_may(
    tmp_path: Path, held: int, sharing: str, caplog: pytest.LogCaptureFixture
) -> None:
    rng = np.random.default_rng(1)
    if sharing == "families":
        sights = walks(20, cameras=3, together=5)
    else:  # who meets whom is different in every shot
        sights = [
            (10 * r + shot, int(person) + 1, 3 * r + c + 1)
            for r in range(3)
            for shot, group in enumerate(rng.permutation(20).reshape(10, 2))
            for person in group
            for c in range(3)
        ]
    people = np.array([person for _, person, _ in sights]) - 1
    shots = np.array([shot for shot, _, _ in sights])
    cameras = np.array([camera for _, _, camera in sights])
    batches = 30
    order = chain.from_iterable(np.flatnonzero(shots == s) for s in shard_order(people, shots, rng))
    frames = ShardFrames(tmp_path, ())
    buffer = Buffer(
        ((int(index), frames) for index in order),
        people,
        cameras,
        np.ones(20, bool),
        Shape(P, K, P * batches, held),
    )
    times: Counter[int] = Counter()
    for left in range(batches, 0, -1):
        batch = buffer.draw(left, rng)
        assert buffer.size == sum(map(len, buffer.held.values())) <= held
        assert len(batch) == P * K
        drawn = {int(people[position % len(people)]) for position, _ in batch}
        assert len(drawn) == P
        times.update(drawn)
    assert sum(times.values()) == P * batches
    if held >= 50:  # two families and more, or all
        assert set(times.values()) == {4, 5}
    if held == 500:
        assert not buffer.early


def test_room_is_not_made_by_whom_a_batch_needs(tmp_path: Path) -> None:
    """Of two people in a buffer for two, none is dropped once nobody else is to come."""
    people = np.array([2, 1, 1, 2, 0, 2, 0, 1])
    rng = np.random.default_rng(0)
    for seed in range(40):
        frames = ShardFrames(tmp_path, ())
        order = np.random.default_rng(seed).permutation(len(people)) if seed else range(len(people))
        buffer = Buffer(
            ((int(index), frames) for index in order),
            people,
            None,
            np.ones(3, bool),
            Shape(identities=2, instances=1, groups=2 * 3, held=2),
        )
        for left in (3, 2, 1):
            assert len({people[place % 8] for place, _ in buffer.draw(left, rng)}) == 2


def test_a_rendered_set_is_drawn_evenly_out_of_a_tenth_of_it(tmp_path: Path) -> None:
    """As vidsynth plans it: people walk from site to site in crowds that mix."""
    plan = TrackletPlan(TrackletConfig(identities=500, sightings=6, cameras=24, cameras_per_shot=3))
    rows = [
        (outline.index, person, camera)
        for outline in plan.outlines
        for person in outline.person_ids
        if plan.population.split(person) == "train"
        for camera in outline.camera_ids
    ]
    shots, people, cameras = (np.unique(c, return_inverse=True)[1] for c in np.array(rows).T)
    rng = np.random.default_rng(0)
    order = chain.from_iterable(np.flatnonzero(shots == s) for s in shard_order(people, shots, rng))
    frames, count, batches = ShardFrames(tmp_path, ()), len(people), 420
    buffer = Buffer(
        ((int(index), frames) for index in order),
        people,
        cameras,
        np.ones(people.max() + 1, bool),
        Shape(4, 4, 4 * batches, count // 10),
    )
    drawn = [[p % count for p, _ in buffer.draw(batches - n, rng)] for n in range(batches)]
    times = Counter(int(people[index]) for batch in drawn for index in batch[::4])
    assert set(times.values()) == {4, 5}
    assert {len(set(cameras[b[i : i + 4]])) for b in drawn for i in range(0, 16, 4)} == {4}
    assert not buffer.early
    assert np.mean([len(set(shots[batch])) for batch in drawn]) > 10


def test_shards_that_share_identities_are_neighbours() -> None:
    sights = walks(12, together=2)
    people = np.array([person for _, person, _ in sights]) - 1
    shots = np.array([shot for shot, _, _ in sights])
    orders = [shard_order(people, shots, np.random.default_rng(seed)) for seed in range(5)]
    assert len({tuple(order) for order in orders}) == 5
    for order in orders:
        assert sorted(order) == list(range(12))
        assert all({a // 2} == {b // 2} for a, b in zip(order[::2], order[1::2], strict=True))


def test_an_overfull_buffer_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = open_stream(write_shards(tmp_path / "wide", walks(4, cameras=4, sightings=4)))
    sampler = StreamedPKSampler(source, 2, 4, seed=0, buffer=10)
    assert len(list(sampler)) == 8
    assert sampler.early
    assert "a buffer of more than 10 tracklets would spread cameras better" in caplog.text
