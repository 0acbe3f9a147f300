"""Batches of P identities with K tracklets each out of a stream of shards.

What `PKSampler` draws from a whole set, drawn from a buffer that the stream passes through. Shards
that share identities (the shots of people who walk from place to place together) are read one after
another, so that an identity's tracklets are in the buffer together: each is drawn as often as any
other, from K different cameras where it has them, although it appears in few shards.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator

import numpy as np
from torch.utils.data import Sampler

from reid_datasets.clips import Unreadable
from reid_datasets.errors import DatasetError
from reid_datasets.samplers import NOBODY, require_identities
from reid_datasets.shards import ShardFrames
from reid_datasets.streaming.buffer import Buffer, Shape
from reid_datasets.streaming.clips import Drawn
from reid_datasets.streaming.source import StreamedSource

log = logging.getLogger(__name__)


class StreamedPKSampler(Sampler[list[Drawn]]):
    """Batches of P identities with K tracklets each, for ``DataLoader(batch_sampler=...)``.

    All ranks draw the same global sequence of batches from (seed, epoch), and rank r takes batches
    r, r + world_size, ..., as other samplers here do: what a batch is made of does not depend on
    the number of ranks. The price is that every rank walks the headers of all shards.

    Args:
        source: what to stream.
        identities: P.
        instances: K.
        batches: batches of an epoch on each rank; by default an epoch shows as many clips as there
            are tracklets. If that is less than once every identity, those that come first in the
            epoch's order of shards are shown, and the rest of the shards is not read.
        spread_cameras: see `PKSampler`.
        buffer: tracklets held at most. They are references of about two kilobytes each, not pixels.
        unreadable: "skip" leaves out, with a warning, tracklets and shards that are damaged.

    Attributes:
        start: batches left out at the beginning of the epoch, to resume. They are replayed from
            headers, some ten thousand tracklets a second; nothing is decoded.
        early: in the epoch so far, over all ranks, how many of the P groups of K in each batch were
            drawn before all tracklets of their identity had arrived, because the buffer was full.

    Raises:
        DatasetError: too few identities, too small a buffer, or, while drawing, a damaged shard.
    """

    def __init__(
        self,
        source: StreamedSource,
        identities: int,
        instances: int,
        *,
        seed: int,
        rank: int = 0,
        world_size: int = 1,
        batches: int | None = None,
        spread_cameras: bool = True,
        buffer: int = 2048,
        unreadable: Unreadable = "fail",
    ) -> None:
        people, codes = np.unique(source.labels["identity"], return_inverse=True)
        self.someone = people != NOBODY
        count = int(self.someone.sum())
        require_identities(count, identities)
        if buffer < identities * instances:
            raise DatasetError(
                f"Expected a buffer of at least one batch, {identities} x {instances} tracklets, "
                f"found {buffer}. Raise it: it holds references, not pixels."
            )
        lost = [path for path in source.shards if not path.is_file()]
        if lost and unreadable == "fail":
            raise DatasetError(
                f"Expected {len(source.shards)} training shards under {source.root}, found no "
                f"{lost[0].name} ({len(lost)} are missing). Give the command that rendered the "
                "set again; it completes what is missing."
            )
        self.source, self.codes = source, codes.reshape(-1)
        self.identities, self.instances = identities, instances
        self.seed, self.rank, self.world_size = seed, rank, world_size
        clips = identities * instances * world_size
        self.batches = batches or -(-len(source) // clips)
        self.spread_cameras, self.buffer, self.unreadable = spread_cameras, buffer, unreadable
        self.epoch = self.start = self.early = 0
        self._handed = 0

    def set_epoch(self, epoch: int, start: int = 0) -> None:
        """Draws the batches of this epoch from now on, without the first ``start`` of them."""
        self.epoch, self.start, self._handed = epoch, start, start

    def state_dict(self) -> dict[str, int]:
        """The epoch, and how many of its batches were handed out on this rank.

        A DataLoader with workers takes batches ahead of the training: whoever trains with one puts
        the number of batches trained on in the place of ``drawn``.
        """
        return {"epoch": self.epoch, "drawn": self._handed}

    def load_state_dict(self, state: dict[str, int]) -> None:
        """Goes on behind the batches that were handed out."""
        self.set_epoch(state["epoch"], state["drawn"])

    def __len__(self) -> int:
        """Batches from ``start`` to the end of the epoch, on each rank."""
        return self.batches - self.start

    def __iter__(self) -> Iterator[list[Drawn]]:
        rng = np.random.default_rng([self.seed, self.epoch])
        total = self.batches * self.world_size
        buffer = Buffer(
            self._arrivals(rng),
            self.codes,
            self.source.labels["camera"] if self.spread_cameras else None,
            self.someone,
            Shape(self.identities, self.instances, total * self.identities, self.buffer),
        )
        for number in range(total):
            batch = [Drawn(*pair) for pair in buffer.draw(total - number, rng)]
            self.early = buffer.early
            turn, rank = divmod(number, self.world_size)
            if rank == self.rank and turn >= self.start:
                self._handed = turn + 1
                yield batch
        if self.early:
            log.warning(
                "%d of %d groups of an identity's tracklets were drawn before all of its tracklets "
                "had arrived: a buffer of more than %d tracklets would spread cameras better.",
                *(self.early, total * self.identities, self.buffer),
            )

    def _arrivals(self, rng: np.random.Generator) -> Iterator[tuple[int, ShardFrames | None]]:
        for shard in shard_order(self.codes, self.source.shard, rng):
            yield from self.source.read(shard, self.unreadable)


def shard_order(codes: np.ndarray, shard: np.ndarray, rng: np.random.Generator) -> list[int]:
    """A random order of shards 0 to S - 1 in which those that share identities are neighbours.

    From a random shard on to all that share an identity with it, then on to those that share one
    with these, and so on (breadth first), before the next random shard. ``codes`` (identities, 0 to
    I - 1) and ``shard`` are of the tracklets, int64 ``(N,)``.
    """
    people, shards = codes.max() + 1, shard.max() + 1
    turn = rng.permutation(shards)  # a shard's place where identities do not matter
    pairs = np.unique(codes * shards + turn[shard])
    seen_in = _groups(pairs // shards, pairs % shards, people)
    there = _groups(pairs % shards, pairs // shards, shards)
    queued, met = np.zeros(shards, bool), np.zeros(people, bool)
    order: list[int] = []
    for first in range(shards):
        queue = deque([] if queued[first] else [first])
        queued[first] = True
        while queue:
            order.append(queue.popleft())
            for person in there[order[-1]]:
                if not met[person]:
                    met[person] = True
                    new = [other for other in seen_in[person] if not queued[other]]
                    queued[new] = True
                    queue.extend(new)
    return np.argsort(turn)[order].tolist()


def _groups(keys: np.ndarray, values: np.ndarray, count: int) -> list[list[int]]:
    """The values of each key 0 to ``count`` - 1, in their order."""
    order = np.argsort(keys, kind="stable")
    ends = np.cumsum(np.bincount(keys, minlength=count))[:-1]
    return [part.tolist() for part in np.split(values[order], ends)]
