"""Which tracklets make a batch. Batch samplers for ``DataLoader(batch_sampler=...)``.

Rank and world size are arguments, so all run without a process group. All ranks draw the same
global sequence of batches from (seed, epoch) and rank r takes batches r, r + world_size, ...
A tracklet drawn again within an epoch appears as ``index + k * n``: its k-th other draw
(see `reid_datasets.clips`).
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from torch.utils.data import Sampler

from reid_datasets.errors import DatasetError

NOBODY = -1
"""Label of a tracklet that belongs to no identity."""


class BatchSampler(Sampler[list[int]]):
    """What all samplers share: ``batches`` of each rank out of one endless global sequence."""

    def __init__(self, n: int, batches: int, seed: int, rank: int, world_size: int) -> None:
        self.n, self.batches = n, batches
        self.seed, self.rank, self.world_size, self.epoch = seed, rank, world_size, 0

    def set_epoch(self, epoch: int) -> None:
        """Draws the batches of this epoch from now on."""
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        drawn: Counter[int] = Counter()
        sequence = self._sequence(np.random.default_rng([self.seed, self.epoch]))
        for number in range(self.batches * self.world_size):
            batch = []
            for index in next(sequence):
                batch.append(index + drawn[index] * self.n)
                drawn[index] += 1
            if number % self.world_size == self.rank:
                yield batch

    @abstractmethod
    def _sequence(self, rng: np.random.Generator) -> Iterator[list[int]]:
        """Batches of tracklets, endlessly."""


class PKSampler(BatchSampler):
    """Batches of P identities with K tracklets each.

    Every identity appears equally often, whatever its number of tracklets; one with fewer than K
    repeats them. With ``spread_cameras`` an identity's tracklets are from different cameras where
    there are any, otherwise drawn at random; those labelled `NOBODY` are never drawn. Hermans et
    al., In Defense of the Triplet Loss, 2017.
    ``batches`` is the number of batches of an epoch on each rank; by default an epoch shows as many
    clips as there are tracklets.
    """

    def __init__(
        self,
        labels: Sequence[int],
        cameras: Sequence[int | None],
        identities: int,
        instances: int,
        *,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
        batches: int | None = None,
        spread_cameras: bool = True,
    ) -> None:
        self.members: dict[int, list[int]] = {}
        for index, label in enumerate(labels):
            if label != NOBODY:
                self.members.setdefault(label, []).append(index)
        require_identities(len(self.members), identities)
        self.cameras = cameras
        self.identities, self.instances = identities, instances
        self.spread_cameras = spread_cameras
        clips = identities * instances * world_size
        super().__init__(len(labels), batches or -(-len(labels) // clips), seed, rank, world_size)

    def _sequence(self, rng: np.random.Generator) -> Iterator[list[int]]:
        for people in self._people(rng):
            yield [index for person in people for index in self._tracklets(person, rng)]

    def _people(self, rng: np.random.Generator) -> Iterator[list[int]]:
        """P identities at a time, endlessly: shuffled pass after pass over all of them."""
        labels = sorted(self.members)
        while True:
            order = rng.permutation(len(labels))
            for start in range(0, len(order) - self.identities + 1, self.identities):
                yield [labels[i] for i in order[start : start + self.identities]]

    def _tracklets(self, person: int, rng: np.random.Generator) -> list[int]:
        """K tracklets of a person, going round its cameras."""
        order = rng.permutation(self.members[person]).tolist()
        if self.spread_cameras:
            seen: Counter[int | None] = Counter()
            turns = []
            for index in order:
                turns.append(seen[self.cameras[index]])
                seen[self.cameras[index]] += 1
            order = [order[i] for i in np.argsort(turns, kind="stable")]
        return [order[i % len(order)] for i in range(self.instances)]


class NeighbourSampler(PKSampler):
    """Batches of one identity and those most like it, K tracklets each.

    ``neighbours`` holds for each identity, in the order of their numbers, the numbers of others,
    nearest first; the first P - 1 of them are taken. Every identity gathers a batch before any does
    again. Liao and Shao, Graph Sampling Based Deep Metric Learning for Generalizable Person
    Re-Identification, CVPR 2022.
    """

    def __init__(
        self,
        labels: Sequence[int],
        cameras: Sequence[int | None],
        identities: int,
        instances: int,
        neighbours: Sequence[Sequence[int]],
        **place: Any,
    ) -> None:
        super().__init__(labels, cameras, identities, instances, **place)
        wrong = [
            person
            for person, near in enumerate(neighbours)
            if len({person, *near[: identities - 1]}) != identities
            or not self.members.keys() >= set(near)
        ]
        if wrong or len(neighbours) != len(self.members):
            raise ValueError(
                f"expected {identities - 1} other identities beside each of {len(self.members)}, "
                f"found {len(neighbours)}, of which {len(wrong)} have not"
            )
        self.neighbours = neighbours

    def _people(self, rng: np.random.Generator) -> Iterator[list[int]]:
        for person in _passes(sorted(self.members), rng):
            yield [person, *self.neighbours[person][: self.identities - 1]]


def require_identities(found: int, wanted: int) -> None:
    """DatasetError: fewer identities than a batch needs."""
    if found < wanted:
        raise DatasetError(
            f"A batch needs {wanted} different identities, but the training set has {found}. "
            "Train on more identities, or lower the number of identities per batch."
        )


class ShuffledSampler(BatchSampler):
    """Every tracklet once, then every tracklet again in another order, as far as an epoch goes.

    ``batches`` fixes the number of batches of an epoch on each rank; by default an epoch is one
    pass, less what does not fill a batch on every rank.
    """

    def __init__(
        self,
        n: int,
        batch_size: int,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
        batches: int | None = None,
    ) -> None:
        _require(n)
        self.batch_size = batch_size
        default = max(n // (batch_size * world_size), 1)
        super().__init__(n, batches or default, seed, rank, world_size)

    def _sequence(self, rng: np.random.Generator) -> Iterator[list[int]]:
        stream = _passes(range(self.n), rng)
        while True:
            yield [next(stream) for _ in range(self.batch_size)]


class CameraSampler(BatchSampler):
    """Every batch evenly from all cameras, however many tracklets each of them has.

    A batch takes turns between the cameras; where it does not divide evenly, other cameras have the
    remainder in the next one. Of one camera all tracklets are shown before any is again. Tracklets
    without a camera count as one more. For unlabelled video too: it has cameras, but no identities.
    """

    def __init__(
        self,
        cameras: Sequence[int | None],
        batch_size: int,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
        batches: int | None = None,
    ) -> None:
        _require(len(cameras))
        self.members: dict[int | None, list[int]] = {}
        for index, camera in enumerate(cameras):
            self.members.setdefault(camera, []).append(index)
        self.batch_size = batch_size
        default = max(len(cameras) // (batch_size * world_size), 1)
        super().__init__(len(cameras), batches or default, seed, rank, world_size)

    def _sequence(self, rng: np.random.Generator) -> Iterator[list[int]]:
        streams = [_passes(members, rng) for members in self.members.values()]
        turns = _passes(range(len(streams)), rng)
        while True:
            yield [next(streams[next(turns)]) for _ in range(self.batch_size)]


def _passes(items: Sequence[int], rng: np.random.Generator) -> Iterator[int]:
    """All of them in a random order, then all of them in another, endlessly."""
    while True:
        yield from (items[i] for i in rng.permutation(len(items)))


def _require(count: int) -> None:
    if count < 1:
        raise DatasetError(
            "Expected training tracklets to shuffle, found none. Check the data set with "
            "`uda check-data`."
        )
