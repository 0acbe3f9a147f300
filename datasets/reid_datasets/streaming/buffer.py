"""A bounded buffer of references between a stream of tracklets and the batches drawn from it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reid_datasets.errors import DatasetError
from reid_datasets.shards import ShardFrames


@dataclass(frozen=True, slots=True)
class Shape:
    """What an epoch draws: ``groups`` of K (``instances``) tracklets of one identity, P
    (``identities``) different ones in a batch, with ``held`` tracklets in the buffer at most."""

    identities: int
    instances: int
    groups: int
    held: int


class Buffer:
    """The buffer of one epoch.

    Every identity is owed equally many groups of K, and what does not divide evenly goes to those
    that arrive first. An identity stays until it has been drawn that often. It is drawn once all of
    its tracklets have arrived; before that only where the buffer is full and holds fewer than P
    others, and then what was drawn makes room for what is to come.

    Args:
        arrivals: index and frames of every tracklet, once each; None where they are unreadable.
        people: int64 ``(N,)``, the identity of each tracklet, 0 to I - 1.
        cameras: ``(N,)``, or None: an identity's tracklets are drawn whatever their cameras are.
        counted: bool ``(I,)``, whether an identity is to be drawn at all.
    """

    def __init__(
        self,
        arrivals: Iterator[tuple[int, ShardFrames | None]],
        people: np.ndarray,
        cameras: np.ndarray | None,
        counted: np.ndarray,
        shape: Shape,
    ) -> None:
        self.arrivals, self.people, self.cameras = arrivals, people, cameras
        self.shape = shape
        self.unseen = int(counted.sum())
        self.share, self.spare = divmod(shape.groups, self.unseen)
        self.counted, self.seen = counted, np.zeros(len(counted), bool)
        self.owed = np.where(counted, self.share, 0)
        self.pending = np.bincount(people, minlength=len(counted))
        self.drawn = np.zeros(len(people), np.int32)
        self.held: dict[int, dict[int, ShardFrames]] = {}
        self.size = self.early = 0
        self.awaited: set[int] = set()
        self.finished: dict[int, None] = {}  # a set that keeps its order
        self.spent: deque[tuple[int, int]] = deque()

    def draw(self, left: int, rng: np.random.Generator) -> list[tuple[int, ShardFrames]]:
        """The next batch: P x K pairs of position (index + N x draw) and frames, a person's in a
        row. ``left`` batches are left in the epoch, this one included. Raises DatasetError."""
        self._fill()
        if len(self.held) < self.shape.identities:
            raise DatasetError(
                f"A batch needs {self.shape.identities} different identities, but only "
                f"{len(self.held)} could be read. Restore the shards named in the warnings, or "
                "lower the number of identities per batch."
            )
        order = rng.permutation(list(self.held)).tolist()
        order.sort(key=lambda person: self._urgency(person, left))
        batch = []
        for person in order[: self.shape.identities]:
            batch += self._group(person, rng)
        return batch

    def _urgency(self, person: int, left: int) -> tuple[int, int]:
        """Low for who has to be drawn before others."""
        owed = self.owed[person]
        if owed >= left:
            return 0, 0  # in every batch from now on, or it will not be drawn as often as others
        if not owed:
            return 3, 0
        if self.pending[person]:
            return 2, -min(len(self.held[person]), self.shape.instances)
        return 1, 0

    def _group(self, person: int, rng: np.random.Generator) -> list[tuple[int, ShardFrames]]:
        """K tracklets of a person, going round its cameras, those drawn least often first."""
        held = self.held[person]
        shuffled = rng.permutation(list(held))
        order = shuffled[np.argsort(self.drawn[shuffled], kind="stable")].tolist()
        if self.cameras is not None:
            seen: Counter[int] = Counter()
            turns = []
            for camera in self.cameras[order].tolist():
                turns.append(seen[camera])
                seen[camera] += 1
            order = [order[i] for i in np.argsort(turns, kind="stable")]
        group = []
        for i in range(self.shape.instances):
            index = order[i % len(order)]
            group.append((index + int(self.drawn[index]) * len(self.people), held[index]))
            self.drawn[index] += 1
        if self.pending[person]:
            self.early += 1
            self.spent.extend((person, index) for index in order[: self.shape.instances])
        self.owed[person] = max(self.owed[person] - 1, 0)
        if not self.owed[person]:
            self.finished[person] = None
            self.awaited.discard(person)
        return group

    def _fill(self) -> None:
        """Takes from the stream what fits, as long as it brings what is still to be drawn."""
        while self.awaited or (self.unseen and (self.share or self.spare)):
            if self.size >= self.shape.held and not self._make_room():
                return
            arrival = next(self.arrivals, None)
            if arrival is None:
                self.awaited.clear()
                self.unseen = 0
                return
            self._take(*arrival)

    def _take(self, index: int, frames: ShardFrames | None) -> None:
        person = int(self.people[index])
        self.pending[person] -= 1
        if not self.counted[person]:
            return
        if not self.seen[person]:
            self.seen[person] = True
            self.unseen -= 1
            if self.spare:
                self.owed[person] += 1
                self.spare -= 1
            if self.owed[person]:
                self.awaited.add(person)
        if self.owed[person] and frames is not None:
            self.held.setdefault(person, {})[index] = frames
            self.size += 1
        if not self.pending[person]:
            self.awaited.discard(person)
            if person not in self.held:  # nothing of it can be read: others are drawn instead
                self.spare += int(self.owed[person])
                self.owed[person] = 0

    def _make_room(self) -> bool:
        """Drops what will not be drawn again, or what keeps P identities from being here."""
        wanted = self.shape.identities
        if self.finished and len(self.held) > wanted:
            person = next(iter(self.finished))
            self.size -= len(self.held.pop(person))
            del self.finished[person]
            return True
        for _ in range(len(self.spent)):
            person, index = self.spent.popleft()
            if not self.pending[person] or index not in self.held.get(person, {}):
                continue
            if len(self.held[person]) > 1 or len(self.held) + self._to_come() > wanted:
                self._drop(person, index)
                return True
            self.spent.append((person, index))
        if len(self.held) - len(self.finished) >= wanted:
            return False
        person = max(self.held, key=self._surplus)
        if self._surplus(person) <= 0:
            return False
        self._drop(person, max(self.held[person], key=lambda index: self.drawn[index]))
        return True

    def _to_come(self) -> int:
        """Identities that have not been seen and will be held."""
        return self.unseen if self.share else min(self.unseen, self.spare)

    def _surplus(self, person: int) -> int:
        needed = 1 if person in self.finished else self.shape.instances
        return len(self.held[person]) - needed

    def _drop(self, person: int, index: int) -> None:
        del self.held[person][index]
        self.size -= 1
        if not self.held[person]:
            del self.held[person]
            self.finished.pop(person, None)
