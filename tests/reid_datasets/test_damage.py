"""Looking for damage: what is named, and how much is decoded at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from reid_datasets import damage
from reid_datasets.damage import find_damage
from reid_datasets.errors import DatasetError, MissingFrame


@dataclass(frozen=True)
class Video:
    """A span of which some frames are damaged; ``gone``: there is no file."""

    file: str
    length: int
    damaged: frozenset[int] = frozenset()
    gone: bool = False

    def __len__(self) -> int:
        return self.length

    def name(self, index: int) -> str:
        return f"{self.file} frame {index}"

    def read(
        self, indices: Sequence[int], at_least: tuple[int, int] | None = None
    ) -> list[torch.Tensor]:
        if self.gone:
            raise MissingFrame(f"no {self.file}")
        if self.damaged & set(indices):
            raise DatasetError(f"{self.file} is damaged")
        return [torch.zeros(3, 1, 1, dtype=torch.uint8) for _ in indices]


def test_runs_of_frames_are_named_once_across_stretches() -> None:
    damaged = frozenset({3, *range(60, 70), 150, 151})
    sources = [Video("a.mp4", 152, damaged), Video("b.mp4", 5), Video("c.mp4", 130, gone=True)]
    found = find_damage(sources)
    assert found.corrupt == (
        "a.mp4 frame 3",
        "a.mp4 frame 60 and the 9 frames after it",
        "a.mp4 frame 150 and the next",
    )
    assert found.missing == ("c.mp4 frame 0 and the 129 frames after it",)
    assert found.checked == 152 + 5 + 130


def test_two_spans_of_one_video_are_two_places() -> None:
    found = find_damage([Video("a.mp4", 2, gone=True), Video("a.mp4", 3, gone=True)])
    assert len(found.missing) == 2


def test_progress_reaches_the_end_in_order() -> None:
    seen: list[tuple[int, int]] = []
    find_damage([Video("a.mp4", 100), Video("b.mp4", 30)], lambda *counts: seen.append(counts))
    assert seen == [(64, 130), (100, 130), (130, 130)]


def test_few_stretches_wait_however_many_there_are() -> None:
    waiting, most, lock = 0, 0, threading.Lock()

    @dataclass(frozen=True)
    class Counted(Video):
        def __len__(self) -> int:
            return 1

        def read(
            self, indices: Sequence[int], at_least: tuple[int, int] | None = None
        ) -> list[torch.Tensor]:
            nonlocal waiting
            with lock:
                waiting -= 1
            return []

    class Sources(list[Counted]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            nonlocal waiting, most
            waiting = most = 0  # the first pass counts frames
            for source in super().__iter__():
                with lock:
                    waiting += 1
                    most = max(most, waiting)
                yield source

    found = find_damage(Sources(Counted(str(i), 1) for i in range(2000)))
    assert found.checked == 2000
    assert most <= 4 * damage.THREADS + 2


def test_nothing_to_look_at() -> None:
    assert find_damage([]) == damage.Damage((), (), 0)
