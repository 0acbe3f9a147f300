"""Which frames are missing or do not decode, found with many threads and little memory."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.frames import Frames, ImageFiles

Progress = Callable[[int, int], None]
"""Called with the number of frames done and in all."""

STRETCH = 64
"""Frames decoded at once: a video is sought once for all of them."""
THREADS = min(32, (os.cpu_count() or 1) + 4)
"""More than cores: some wait for the disk."""
SMALL = (16, 8)
"""Decoders that can may return no more than this (height, width): the data is read whole."""

State = Literal["good", "missing", "corrupt"]
_Run = tuple[State, int, int]
"""A state, the first frame in it, the one after the last."""


@dataclass(frozen=True)
class Damage:
    """``missing`` and ``corrupt`` name each image, and each run of frames of a video or shard."""

    missing: tuple[str, ...]
    corrupt: tuple[str, ...]
    checked: int


def find_damage(sources: Collection[Frames], progress: Progress | None = None) -> Damage:
    """Decodes every frame of ``sources``."""
    total, done = sum(map(len, sources)), 0
    found: dict[State, list[str]] = {"good": [], "missing": [], "corrupt": []}
    current: tuple[Frames, _Run] | None = None

    with ThreadPoolExecutor(THREADS) as pool:
        for frames, runs, checked in _examined(pool, sources):
            for state, start, stop in runs:
                if current and current[0] is frames and current[1][0] == state:
                    current = frames, (state, current[1][1], stop)
                    continue
                _close(current, found)
                current = frames, (state, start, stop)
            done += checked
            if progress is not None:
                progress(done, total)
    _close(current, found)
    return Damage(tuple(found["missing"]), tuple(found["corrupt"]), done)


def _examined(
    pool: ThreadPoolExecutor, sources: Collection[Frames]
) -> Iterator[tuple[Frames, list[_Run], int]]:
    """Stretches in order, a few in flight: an executor's map would queue a million at once."""
    flying: deque[tuple[Frames, int, Future[list[_Run]]]] = deque()
    for frames in sources:
        for start in range(0, len(frames), STRETCH):
            stop = min(start + STRETCH, len(frames))
            flying.append((frames, stop - start, pool.submit(_examine, frames, start, stop)))
            if len(flying) > 4 * THREADS:
                first, count, future = flying.popleft()
                yield first, future.result(), count
    for first, count, future in flying:
        yield first, future.result(), count


def _examine(frames: Frames, start: int, stop: int) -> list[_Run]:
    """The states of a stretch, frame by frame where it is not good as a whole."""
    if not isinstance(frames, ImageFiles) and _state(frames, range(start, stop)) == "good":
        return [("good", start, stop)]
    runs: list[_Run] = []
    for index in range(start, stop):
        state = _state(frames, range(index, index + 1))
        if runs and runs[-1][0] == state:
            runs[-1] = (state, runs[-1][1], index + 1)
        else:
            runs.append((state, index, index + 1))
    return runs


def _state(frames: Frames, indices: range) -> State:
    try:
        frames.read(indices, SMALL)
    except MissingFrame:
        return "missing"
    except DatasetError:
        return "corrupt"
    return "good"


def _close(current: tuple[Frames, _Run] | None, found: dict[State, list[str]]) -> None:
    """Puts the names of a run to their state; nobody asks for the good ones."""
    if current is None or current[1][0] == "good":
        return
    frames, (state, start, stop) = current
    if isinstance(frames, ImageFiles):
        found[state] += map(frames.name, range(start, stop))
        return
    more = stop - start - 1
    after = f" and the {more} frames after it" if more > 1 else " and the next" if more else ""
    found[state].append(frames.name(start) + after)
