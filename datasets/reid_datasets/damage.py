"""Which frames are missing or do not decode, found with many threads and little memory.

Every frame of a video is decoded in order. Some are also read as training reads them, alone and at
random places: a frame that then comes out as another one is as bad as a damaged one.
"""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from reid_datasets.errors import DatasetError, MissingFrame, printable
from reid_datasets.frames import Frames, ImageFiles
from reid_datasets.video import VideoSpan

if TYPE_CHECKING:
    import numpy as np

Progress = Callable[[int, int], None]
"""Called with the number of frames done and in all."""

STRETCH = 64
"""Frames decoded at once, where they are not images or videos of their own."""
THREADS = min(32, (os.cpu_count() or 1) + 4)
"""More than cores: some wait for the disk."""
SMALL = (16, 8)
"""Decoders that can may return no more than this (height, width): the data is read whole."""
SINGLE = 3
"""Of a span of a video, how many frames are also read alone; of a file that is decoded from the
beginning every time, in all."""
SAME = 2.0
"""Mean difference of two pictures, in levels, up to which they are the same frame."""

State = Literal["good", "missing", "corrupt", "another"]
"""``another``: read alone, it comes out as another frame than in order."""
_Run = tuple[State, int, int]
"""A state, the first frame in it, the one after the last."""
_Examined = list[tuple[Frames, list[_Run]]]


@dataclass(frozen=True)
class Damage:
    """``missing`` and ``corrupt`` name each image, and each run of frames of a video or shard."""

    missing: tuple[str, ...]
    corrupt: tuple[str, ...]
    checked: int


def find_damage(sources: Collection[Frames], progress: Progress | None = None) -> Damage:
    """Decodes every frame of ``sources``."""
    total, done = sum(map(len, sources)), 0
    found: dict[State, list[str]] = {"good": [], "missing": [], "corrupt": [], "another": []}
    current: tuple[Frames, _Run] | None = None

    with ThreadPoolExecutor(THREADS) as pool:
        for examined, checked in _examined(pool, sources):
            for frames, runs in examined:
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
    return Damage(tuple(found["missing"]), tuple(found["corrupt"] + found["another"]), done)


def _examined(
    pool: ThreadPoolExecutor, sources: Collection[Frames]
) -> Iterator[tuple[_Examined, int]]:
    """Stretches in order, then videos, a few in flight: an executor's map would queue a million."""
    flying: deque[tuple[int, Future[_Examined]]] = deque()
    for count, job in _jobs(sources):
        flying.append((count, pool.submit(job)))
        if len(flying) > 4 * THREADS:
            first, future = flying.popleft()
            yield future.result(), first
    for count, future in flying:
        yield future.result(), count


def _jobs(sources: Collection[Frames]) -> Iterator[tuple[int, Callable[[], _Examined]]]:
    """How many frames each looks at, and what does so."""
    videos: dict[Path, list[VideoSpan]] = {}
    for frames in sources:
        if isinstance(frames, VideoSpan):
            videos.setdefault(frames.path, []).append(frames)
            continue
        for start in range(0, len(frames), STRETCH):
            stop = min(start + STRETCH, len(frames))
            yield stop - start, lambda f=frames, a=start, b=stop: [(f, _examine(f, a, b))]  # type: ignore[misc]
    for path, spans in videos.items():
        yield sum(map(len, spans)), lambda p=path, s=spans: _examine_video(p, s)  # type: ignore[misc]


def _examine(frames: Frames, start: int, stop: int) -> list[_Run]:
    """The states of a stretch, frame by frame where it is not good as a whole."""
    if not isinstance(frames, ImageFiles) and _state(frames, range(start, stop)) == "good":
        return [("good", start, stop)]
    return _runs([_state(frames, range(i, i + 1)) for i in range(start, stop)], start)


def _runs(states: list[State], start: int = 0) -> list[_Run]:
    runs: list[_Run] = []
    for index, state in enumerate(states, start):
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


def _examine_video(path: Path, spans: list[VideoSpan]) -> _Examined:
    """One pass over the file for all of its spans."""
    from av.video.reformatter import VideoReformatter

    from reid_datasets.video_files import open_video
    from reid_datasets.video_pictures import InOrder, picture

    last = max(span.stop for span in spans)
    states: list[State] = ["corrupt"] * last
    try:
        chosen = _chosen(spans, indexed=open_video(path).index is not None)
        frames, colours = InOrder(path), VideoReformatter()
        while frames.number < last and (frame := frames.next()) is not None:
            number = frames.number - 1
            try:
                if number not in chosen:
                    if not frame.is_corrupt:
                        states[number] = "good"
                    continue
                pixels = picture(frame, path, number, colours)
                states[number] = _state_alone(chosen[number], pixels, number)
            except DatasetError:
                continue
    except MissingFrame:
        states = ["missing"] * last
    except DatasetError:
        pass  # from here on
    return [(span, _runs(states[span.start : span.stop])) for span in spans]


def _chosen(spans: list[VideoSpan], indexed: bool) -> dict[int, VideoSpan]:
    """Frames to read alone, and a span of each."""
    rng = random.Random(len(spans))
    chosen: dict[int, VideoSpan] = {}
    for span in spans:
        count = min(SINGLE * -(-len(span) // STRETCH), len(span))
        chosen |= dict.fromkeys(rng.sample(range(span.start, span.stop), count), span)
    if not indexed:
        chosen = {
            number: chosen[number]
            for number in rng.sample(sorted(chosen), min(SINGLE, len(chosen)))
        }
    return chosen


def _state_alone(span: VideoSpan, wanted: np.ndarray, number: int) -> State:
    """What comes out when the frame is read alone, after another of the same span."""
    try:
        span.read([random.Random(number).randrange(len(span))])
        (frame,) = span.read([number - span.start])
    except DatasetError:
        return "corrupt"
    found = frame.permute(1, 2, 0).numpy()
    if found.shape != wanted.shape or abs(found.astype(int) - wanted).mean() > SAME:
        return "another"
    return "good"


def _close(current: tuple[Frames, _Run] | None, found: dict[State, list[str]]) -> None:
    """Puts the names of a run to their state; nobody asks for the good ones."""
    if current is None or current[1][0] == "good":
        return
    frames, (state, start, stop) = current
    if isinstance(frames, ImageFiles):
        found[state] += [printable(frames.name(index)) for index in range(start, stop)]
        return
    more = stop - start - 1
    after = f" and the {more} frames after it" if more > 1 else " and the next" if more else ""
    if state == "another":
        after += ": read alone, it comes out as another frame"
    found[state].append(printable(frames.name(start)) + after)
