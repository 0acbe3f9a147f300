"""How fast frames come out of videos."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import av
import numpy as np
import typer
from reid_datasets import video_files
from reid_datasets.video import VideoSpan, frame_count

LIMIT = 0.9
SPAN = 64


def decode(
    video: Annotated[Path | None, typer.Option(help="A video of at least 64 frames.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="The fastest counts.")] = 5,
) -> None:
    """Decode 64 consecutive frames, 8 of 64, and 4 frames of many short videos.

    References: decord's get_batch and PyAV's decode after a seek, used plainly, on one thread. Long
    videos are open already, as they are for all clips of a tracklet but the first; opening, which
    for us includes making sure that frame numbers are exact, is measured with the short ones.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        long = video or _write(Path(folder) / "long.mp4", 160, 720, 1280)
        start = min(40, frame_count(long) - SPAN)
        whole = list(range(start, start + SPAN))
        kept: dict[Any, Any] = {}
        _compare(f"{SPAN} consecutive frames of {long.name}", [(long, whole)], rounds, kept)
        _compare(f"8 of {SPAN} frames of {long.name}", [(long, whole[::8])], rounds, kept)
        short = [_write(Path(folder) / f"{i}.mp4", 16, 256, 128) for i in range(40)]
        jobs = [(path, [1, 5, 9, 13]) for path in short]
        _compare("opening 40 videos of 16 frames, 256x128, for 4 each", jobs, rounds, None)


Job = tuple[Path, Sequence[int]]


def _compare(what: str, jobs: list[Job], rounds: int, kept: dict[Any, Any] | None) -> None:
    """``kept`` holds the references' open files; None opens files anew every time, ours too."""
    ways: dict[str, Callable[[Path, Sequence[int], dict[Any, Any]], object]] = {
        "ours": _ours,
        "decord": _decord,
        "PyAV": _pyav,
    }
    seconds = {name: [] for name in ways}  # type: dict[str, list[float]]
    for _ in range(rounds + 1):
        for name, way in ways.items():
            files: dict[Any, Any] = {} if kept is None else kept
            if kept is None:
                video_files._open.clear()
            began = time.perf_counter()
            try:
                for path, numbers in jobs:
                    way(path, numbers, files)
            except ImportError:
                continue
            seconds[name].append(time.perf_counter() - began)
    best = {name: min(found) for name, found in seconds.items() if found}
    fastest = min(time for name, time in best.items() if name != "ours")
    listed = ", ".join(f"{name} {1000 * found:.1f} ms" for name, found in best.items())
    print(f"{what}: {listed}; {fastest / best['ours']:.2f} times the faster library")


def _ours(path: Path, numbers: Sequence[int], files: dict[Any, Any]) -> object:
    return VideoSpan(path, 0, max(numbers) + 1).read(numbers)


def _decord(path: Path, numbers: Sequence[int], files: dict[Any, Any]) -> object:
    import decord

    key = ("decord", path)
    if key not in files:
        files[key] = decord.VideoReader(str(path), num_threads=1)
    return files[key].get_batch(list(numbers)).asnumpy()


def _pyav(path: Path, numbers: Sequence[int], files: dict[Any, Any]) -> object:
    """For a constant frame rate, as people write it."""
    key = ("PyAV", path)
    if key not in files:
        files[key] = av.open(str(path))
        files[key].streams.video[0].codec_context.thread_count = 1
    container, wanted = files[key], set(numbers)
    stream = container.streams.video[0]
    ticks = 1 / (stream.average_rate * stream.time_base)
    container.seek(int(min(numbers) * ticks), stream=stream, backward=True)
    found = []
    for frame in container.decode(stream):
        number = round(frame.pts / ticks)
        if number in wanted:
            found.append(frame.to_ndarray(format="rgb24"))
        if number >= max(numbers):
            break
    return found


def _write(path: Path, frames: int, height: int, width: int) -> Path:
    """Moving shapes with a little noise."""
    rng = np.random.default_rng(0)
    base = np.kron(rng.integers(0, 256, (height // 16, width // 16, 3)), np.ones((16, 16, 1)))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"g": "32", "crf": "23"}
        for number in range(frames):
            pixels = np.roll(base, 3 * number, axis=1) + rng.normal(0, 4, (height, width, 1))
            image = np.clip(pixels, 0, 255).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path
