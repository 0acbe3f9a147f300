"""Batches out of a stream: those of random access, as far as anybody can count."""

from __future__ import annotations

import json
from collections import Counter
from itertools import chain, islice
from pathlib import Path

import pytest
from reid_datasets.errors import DatasetError
from reid_datasets.samplers import PKSampler
from reid_datasets.streaming.clips import Drawn
from reid_datasets.streaming.sampler import StreamedPKSampler
from reid_datasets.streaming.source import StreamedSource, open_stream

from tests.reid_datasets.shard_set import walks, write_shards
from tests.reid_datasets.streaming.small import K, P, sampler_of


def test_a_batch_holds_p_identities_k_times_each(source: StreamedSource) -> None:
    people = source.labels["identity"]
    batches = list(sampler_of(source))
    assert len(batches) == len(sampler_of(source)) == 8
    for batch in batches:
        rows = [[people[drawn.position % 96] for drawn in batch[i : i + K]] for i in (0, 4, 8)]
        assert all(len(set(row)) == 1 for row in rows)
        assert len({row[0] for row in rows}) == P
        assert len({drawn.position for drawn in batch}) == P * K


def _statistics(
    source: StreamedSource, epochs: list[list[list[int]]]
) -> tuple[Counter[int], Counter[tuple[int, int]], Counter[int]]:
    """How often each identity, and each under each camera, is drawn, and how many cameras a group
    of K tracklets has."""
    people, cameras = source.labels["identity"], source.labels["camera"]
    count = len(source)
    drawn = [[position % count for position in batch] for epoch in epochs for batch in epoch]
    groups = [batch[i : i + K] for batch in drawn for i in range(0, len(batch), K)]
    return (
        Counter(int(people[index]) for index in chain(*drawn)),
        Counter((int(people[index]), int(cameras[index])) for index in chain(*drawn)),
        Counter(len(set(cameras[group])) for group in groups),
    )


def _of_epochs(sampler: StreamedPKSampler | PKSampler, epochs: int) -> list[list[list[int]]]:
    found = []
    for epoch in range(epochs):
        sampler.set_epoch(epoch)
        found.append([[_position(drawn) for drawn in batch] for batch in sampler])
    return found


def _position(drawn: Drawn | int) -> int:
    return drawn.position if isinstance(drawn, Drawn) else drawn


@pytest.mark.parametrize("held", [24, 40, 96, 10_000])
def test_label_statistics_are_those_of_random_access(source: StreamedSource, held: int) -> None:
    options = {"seed": 0, "batches": 16}  # every identity twice
    labels = source.labels["identity"].tolist(), source.labels["camera"].tolist()
    indexed = _statistics(source, _of_epochs(PKSampler(*labels, P, K, **options), 3))
    streamed = _statistics(source, _of_epochs(sampler_of(source, buffer=held, **options), 3))
    assert streamed == indexed
    assert set(streamed[0].values()) == {2 * K * 3}
    assert set(streamed[2]) == {4}


def test_identities_come_equally_often_however_many_tracklets_they_have(tmp_path: Path) -> None:
    uneven = [s for s in walks(16, cameras=3) if s[1] % 2 or s[2] in (1, 4)]
    source = open_stream(write_shards(tmp_path / "uneven", uneven))
    labels = source.labels["identity"].tolist(), source.labels["camera"].tolist()
    options = {"seed": 1, "batches": 16}
    streamed = _statistics(source, _of_epochs(sampler_of(source, buffer=36, **options), 6))
    indexed = _statistics(source, _of_epochs(PKSampler(*labels, P, K, **options), 6))
    assert set(streamed[0].values()) == {3 * K * 6}  # PKSampler: as often within one pass
    assert streamed[2] == {2: 8 * 3 * 6, 4: 8 * 3 * 6}
    assert set(indexed[2]) == {2, 4}
    for person in range(1, 17):
        shares = [
            {key[1]: n / counts[0][person] for key, n in counts[1].items() if key[0] == person}
            for counts in (streamed, indexed)
        ]
        assert shares[0].keys() == shares[1].keys()
        assert all(abs(shares[0][key] - shares[1][key]) < 0.15 for key in shares[0])


def test_an_epoch_of_one_pass_shows_every_tracklet_once(source: StreamedSource) -> None:
    positions = [drawn.position for batch in sampler_of(source) for drawn in batch]
    assert sorted(positions) == list(range(96))


def test_a_short_epoch_leaves_the_rest_of_the_shards_alone(
    source: StreamedSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = []
    original = StreamedSource.read
    monkeypatch.setattr(
        StreamedSource, "read", lambda self, n, how: opened.append(n) or original(self, n, how)
    )
    batches = list(sampler_of(source, batches=2))
    assert len(batches) == 2
    assert len(opened) < 6


def test_repeated_tracklets_are_other_draws(own: Path) -> None:
    source = open_stream(own)
    sampler = StreamedPKSampler(source, 2, 6, seed=0, buffer=12, batches=8)
    positions = [drawn.position for batch in sampler for drawn in batch]
    assert len(set(positions)) == len(positions) == 96
    assert max(Counter(position % 32 for position in positions).values()) == 3


def test_without_spreading_an_identitys_cameras_are_drawn_at_random(tmp_path: Path) -> None:
    crowd = [(shot, person, camera) for shot in (0, 1) for person in (1, 2, 3)
             for camera in (1, 2)]  # fmt: skip
    source = open_stream(write_shards(tmp_path / "crowd", crowd))
    cameras = source.labels["camera"]
    for spread in (True, False):
        found = set()
        for seed in range(10):
            sampler = StreamedPKSampler(
                source, 2, 2, seed=seed, buffer=12, batches=3, spread_cameras=spread
            )
            for batch in sampler:
                pairs = [batch[:2], batch[2:]]
                found |= {len({cameras[d.position % 12] for d in pair}) for pair in pairs}
        assert found == ({2} if spread else {1, 2})


def test_epochs_differ_and_repeat_exactly(source: StreamedSource) -> None:
    sampler = sampler_of(source)
    first = list(sampler)
    assert list(sampler) == first
    sampler.set_epoch(1)
    assert list(sampler) != first
    assert list(sampler_of(source, seed=1)) != first


def test_ranks_share_out_one_sequence(source: StreamedSource) -> None:
    whole = list(sampler_of(source, batches=8))
    first, second = (
        list(sampler_of(source, batches=4, rank=rank, world_size=2)) for rank in (0, 1)
    )
    assert first == whole[::2]
    assert second == whole[1::2]
    assert not set(chain(*first)) & set(chain(*second))


def test_from_every_step_on_an_epoch_is_the_unbroken_one(source: StreamedSource) -> None:
    sampler = sampler_of(source, rank=1, world_size=2)
    sampler.set_epoch(3)
    unbroken = list(sampler)
    for step in range(len(unbroken) + 1):
        broken = sampler_of(source, rank=1, world_size=2)
        broken.set_epoch(3)
        stream = iter(broken)
        assert list(islice(stream, step)) == unbroken[:step]
        resumed = sampler_of(source, rank=1, world_size=2)
        resumed.load_state_dict(json.loads(json.dumps(broken.state_dict())))
        assert resumed.start == step
        assert len(resumed) == len(unbroken) - step
        assert list(resumed) == unbroken[step:]


def test_the_next_epoch_after_a_resumed_one_is_whole(source: StreamedSource) -> None:
    sampler = sampler_of(source)
    sampler.load_state_dict({"epoch": 0, "drawn": 5})
    sampler.set_epoch(1)
    assert len(list(sampler)) == 8


def test_too_few_identities_or_too_small_a_buffer_is_said(source: StreamedSource) -> None:
    with pytest.raises(DatasetError, match=r"needs 25 different identities.*has 24"):
        StreamedPKSampler(source, 25, 2, seed=0)
    with pytest.raises(DatasetError, match=r"at least one batch, 3 x 4 tracklets, found 11"):
        sampler_of(source, buffer=11)
