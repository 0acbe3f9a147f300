"""Batches: P identities of K tracklets, cameras spread, ranks disjoint, epochs repeatable."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import pytest
from reid_datasets.errors import DatasetError
from reid_datasets.samplers import CameraSampler, NeighbourSampler, PKSampler, ShuffledSampler

LABELS = [label for label in range(6) for _ in range(5)]
CAMERAS: list[int | None] = [camera for _ in range(6) for camera in (1, 1, 1, 2, 3)]


def _sampler(**options: int) -> PKSampler:
    return PKSampler(LABELS, CAMERAS, 3, 4, **{"seed": 0, **options})


def test_a_batch_holds_p_identities_k_times_each() -> None:
    batches = list(_sampler())
    assert len(batches) == len(_sampler()) == 3
    for batch in batches:
        people = Counter(LABELS[i % 30] for i in batch)
        assert len(people) == 3
        assert set(people.values()) == {4}
        assert len(set(batch)) == 12


def test_all_cameras_of_an_identity_are_used_first() -> None:
    for batch in PKSampler(LABELS, CAMERAS, 3, 3, seed=0):
        for start in (0, 3, 6):
            assert {CAMERAS[i % 30] for i in batch[start : start + 3]} == {1, 2, 3}


def test_identities_come_equally_often() -> None:
    drawn = Counter(LABELS[i % 30] for batch in _sampler(batches=20) for i in batch)
    assert set(drawn.values()) == {40}


def test_a_batch_holds_an_identity_and_its_nearest() -> None:
    near = [[(person + step) % 6 for step in (2, 5, 1)] for person in range(6)]
    sampler = NeighbourSampler(LABELS, CAMERAS, 3, 2, near, seed=0, batches=12)
    anchors = []
    for batch in sampler:
        people = [LABELS[index % 30] for index in batch]
        anchor = people[0]
        assert people == [person for each in (anchor, *near[anchor][:2]) for person in (each, each)]
        anchors.append(anchor)
    assert sorted(anchors[:6]) == sorted(anchors[6:]) == list(range(6))
    assert anchors[:6] != anchors[6:]


@pytest.mark.parametrize("near", [[[1, 0]] * 6, [[1, 2]] * 5, [[1, 9]] * 6, [[1]] * 6])
def test_neighbours_must_be_others_of_the_source(near: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="expected 2 other identities beside each of 6"):
        NeighbourSampler(LABELS, CAMERAS, 3, 2, near, seed=0)


def test_a_repeated_tracklet_is_another_draw() -> None:
    batch = next(iter(PKSampler([0, 0, 1], [1, 2, 1], 2, 4, seed=0)))
    assert sorted(batch) == [0, 1, 2, 3, 4, 5, 8, 11]


def test_epochs_differ_and_repeat_exactly() -> None:
    sampler, again = _sampler(), _sampler()
    first = list(sampler)
    sampler.set_epoch(1)
    assert list(sampler) != first
    again.set_epoch(1)
    assert list(again) == list(sampler)
    assert list(_sampler(seed=1)) != first


def test_ranks_share_out_one_sequence() -> None:
    def people(batches: list[list[int]]) -> list[list[int]]:
        return [[i % 30 for i in batch] for batch in batches]

    whole = people(list(_sampler(batches=6)))
    parts = [people(list(_sampler(batches=3, rank=r, world_size=2))) for r in (0, 1)]
    assert [batch for pair in zip(*parts, strict=True) for batch in pair] == whole


def test_too_few_identities_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(DatasetError, match=r"needs 8 different identities.*has 6.*lower"):
        PKSampler(LABELS, CAMERAS, 8, 4, seed=0)


def test_shuffling_shows_every_tracklet_once_a_pass() -> None:
    batches = list(ShuffledSampler(10, 5, seed=0))
    assert sorted(chain(*batches)) == list(range(10))
    longer = list(chain(*ShuffledSampler(10, 5, seed=0, batches=4)))
    assert sorted(longer) == list(range(20))
    assert [i % 10 for i in longer[:10]] != [i % 10 for i in longer[10:]]


def test_fewer_tracklets_than_a_batch_still_fill_it() -> None:
    (batch,) = ShuffledSampler(3, 8, seed=0)
    assert len(set(batch)) == 8
    assert {i % 3 for i in batch} == {0, 1, 2}


def test_shuffled_ranks_are_disjoint_and_equally_long() -> None:
    parts = [list(ShuffledSampler(11, 2, 0, rank, 2)) for rank in (0, 1)]
    assert [len(part) for part in parts] == [2, 2]
    assert len({i for part in parts for batch in part for i in batch}) == 8


def test_nothing_to_shuffle_is_an_error() -> None:
    with pytest.raises(DatasetError, match="found none"):
        ShuffledSampler(0, 4, seed=0)


def test_without_spreading_an_identitys_cameras_are_drawn_at_random() -> None:
    alike = [
        len({CAMERAS[i % 30] for i in batch[start : start + 3]})
        for epoch in range(10)
        for batch in _of_epoch(PKSampler(LABELS, CAMERAS, 3, 3, seed=epoch, spread_cameras=False))
        for start in (0, 3, 6)
    ]
    assert min(alike) == 1
    assert max(alike) == 3


def _of_epoch(sampler: PKSampler) -> list[list[int]]:
    return list(sampler)


UNEVEN: list[int | None] = [1] * 40 + [2] * 5 + [3] * 2 + [None] * 9


def test_cameras_share_batches_evenly() -> None:
    sampler = CameraSampler(UNEVEN, 8, seed=0, batches=10)
    for batch in sampler:
        assert set(Counter(UNEVEN[i % 56] for i in batch).values()) == {2}
    odd = [
        Counter(UNEVEN[i % 56] for i in batch)
        for batch in CameraSampler(UNEVEN, 6, seed=0, batches=10)
    ]
    assert all(set(counts.values()) <= {1, 2} for counts in odd)
    assert set(sum(odd, Counter()).values()) == {15}


def test_of_one_camera_all_are_shown_before_any_is_again() -> None:
    drawn = [i for batch in CameraSampler(UNEVEN, 4, seed=1, batches=10) for i in batch]
    of_two = [i for i in drawn if UNEVEN[i % 56] == 2]
    assert len(of_two) == 10
    assert sorted(of_two) == [*range(40, 45), *range(96, 101)]  # each of the five, twice


def test_camera_ranks_are_disjoint_and_repeat_exactly() -> None:
    ranks = [CameraSampler(UNEVEN, 4, 0, rank, 2, batches=5) for rank in (0, 1)]
    first, second = (list(rank) for rank in ranks)
    assert not set(chain(*first)) & set(chain(*second))
    assert list(ranks[0]) == first
    ranks[0].set_epoch(1)
    assert list(ranks[0]) != first
    whole = list(CameraSampler(UNEVEN, 4, 0, batches=10))
    assert whole[::2] == first
    assert whole[1::2] == second


def test_a_world_of_ranks_never_draws_the_same_clip_twice() -> None:
    ranks = [PKSampler([0, 0, 1], [1, 2, 1], 2, 4, seed=0, rank=r, world_size=3) for r in range(3)]
    clips = [i for rank in ranks for batch in rank for i in batch]
    assert len(clips) == len(set(clips))
