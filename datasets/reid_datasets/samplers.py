"""Which tracklets make a batch. Batch samplers for ``DataLoader(batch_sampler=...)``.

Rank and world size are arguments, so both run without a process group. All ranks draw the same
global sequence of batches from (seed, epoch) and rank r takes batches r, r + world_size, ...
A tracklet drawn again within an epoch appears as ``index + k * n``: its k-th other draw
(see `reid_datasets.clips`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from torch.utils.data import Sampler

from reid_datasets.errors import DatasetError


class PKSampler(Sampler[list[int]]):
    """Batches of P identities with K tracklets each, from different cameras where there are.

    Every identity appears equally often, whatever its number of tracklets; one with fewer than K
    repeats them. Hermans et al., In Defense of the Triplet Loss, 2017. ``batches`` is the number
    of batches of an epoch on each rank; by default an epoch shows as many clips as there are
    tracklets.
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
    ) -> None:
        self.members: dict[int, list[int]] = {}
        for index, label in enumerate(labels):
            self.members.setdefault(label, []).append(index)
        if len(self.members) < identities:
            raise DatasetError(
                f"A batch needs {identities} different identities, but the training set has "
                f"{len(self.members)}. Train on more identities, or lower the number of "
                "identities per batch."
            )
        self.cameras = cameras
        self.identities, self.instances = identities, instances
        self.seed, self.rank, self.world_size, self.epoch = seed, rank, world_size, 0
        clips = identities * instances * world_size
        self.batches = batches or -(-len(labels) // clips)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        rng = np.random.default_rng([self.seed, self.epoch])
        people = self._people(rng)
        drawn: Counter[int] = Counter()
        for number in range(self.batches * self.world_size):
            batch = [i for person in next(people) for i in self._tracklets(person, rng)]
            if number % self.world_size == self.rank:
                yield _number_draws(batch, drawn, len(self.cameras))

    def _people(self, rng: np.random.Generator) -> Iterator[list[int]]:
        """P identities at a time, endlessly: shuffled pass after pass over all of them."""
        labels = sorted(self.members)
        while True:
            order = rng.permutation(len(labels))
            for start in range(0, len(order) - self.identities + 1, self.identities):
                yield [labels[i] for i in order[start : start + self.identities]]

    def _tracklets(self, person: int, rng: np.random.Generator) -> list[int]:
        """K tracklets of a person, going round its cameras."""
        shuffled = rng.permutation(self.members[person]).tolist()
        seen: Counter[int | None] = Counter()
        turns = []
        for index in shuffled:
            turns.append(seen[self.cameras[index]])
            seen[self.cameras[index]] += 1
        order = [shuffled[i] for i in np.argsort(turns, kind="stable")]
        return [order[i % len(order)] for i in range(self.instances)]


class ShuffledSampler(Sampler[list[int]]):
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
        if n < 1:
            raise DatasetError(
                "Expected training tracklets to shuffle, found none. Check the data set with "
                "`uda check-data`."
            )
        self.n, self.batch_size = n, batch_size
        self.seed, self.rank, self.world_size, self.epoch = seed, rank, world_size, 0
        self.batches = batches or max(n // (batch_size * world_size), 1)

    def set_epoch(self, epoch: int) -> None:
        self.epoch = epoch

    def __len__(self) -> int:
        return self.batches

    def __iter__(self) -> Iterator[list[int]]:
        rng = np.random.default_rng([self.seed, self.epoch])
        clips = self.batches * self.world_size * self.batch_size
        passes = -(-clips // self.n)
        order = np.concatenate([rng.permutation(self.n) + k * self.n for k in range(passes)])
        for number in range(self.rank, self.batches * self.world_size, self.world_size):
            start = number * self.batch_size
            yield order[start : start + self.batch_size].tolist()


def _number_draws(batch: list[int], drawn: Counter[int], n: int) -> list[int]:
    numbered = []
    for index in batch:
        numbered.append(index + drawn[index] * n)
        drawn[index] += 1
    return numbered
