"""Looking for damage: what is named, and how much is decoded at once."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from reid_datasets import damage, video_files
from reid_datasets.damage import find_damage
from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.video import VideoSpan

from tests.reid_datasets.videos import COUNT, write, write_kind


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
        def __iter__(self):
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


@pytest.mark.parametrize("kind", ["plain", "open-gop", "avi-h264-b-frames", "mpg-b-frames", "ts"])
def test_a_video_that_reads_well_is_good(tmp_path: Path, kind: str) -> None:
    path = write_kind(tmp_path, kind)
    spans = [VideoSpan(path, 0, COUNT), VideoSpan(path, 20, 25), VideoSpan(path, 59, 60)]
    assert find_damage(spans) == damage.Damage((), (), COUNT + 6)


def test_a_video_that_gives_other_frames_when_read_alone_is_not_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.mp4", g="12", bf="2")
    monkeypatch.setenv("REID_VIDEO_BACKEND", "pyav")
    exact = video_files.read_with_pyav
    monkeypatch.setattr(
        video_files,
        "read_with_pyav",
        lambda path, index, numbers, *more: exact(
            path, index, [max(n - 1, 0) for n in numbers], *more
        ),
    )
    found = find_damage([VideoSpan(path, 10, 50)])
    assert len(found.corrupt) == damage.SINGLE
    assert all("read alone, it comes out as another frame" in name for name in found.corrupt)


def test_a_span_beyond_the_end_and_a_missing_video_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4")
    found = find_damage([VideoSpan(path, 50, 70), VideoSpan(tmp_path / "b.mp4", 0, 3)])
    assert found.corrupt == (f"{path} frame 60 and the 9 frames after it",)
    assert found.missing == (f"{tmp_path / 'b.mp4'} frame 0 and the 2 frames after it",)


def test_damaged_pictures_inside_of_a_video_are_named(tmp_path: Path) -> None:
    path = write_kind(tmp_path, "avi-mjpeg")
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    middle = len(data) // 2
    data[middle : middle + 3000] = rng.bytes(3000)
    path.write_bytes(bytes(data))
    found = find_damage([VideoSpan(path, 0, COUNT)])
    assert len(found.corrupt) >= 1
