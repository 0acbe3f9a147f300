"""Is a benchmark complete? Counts against the published ones, and every image file decoded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reid_datasets import benchmarks
from reid_datasets.counts import Counts, count
from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.frames import Frames
from reid_datasets.records import Split

Progress = Callable[[int, int], None]
"""Called with the number of files done and in all."""


@dataclass(frozen=True)
class Report:
    """What was found. ``published`` is None where a benchmark has no fixed counts.

    ``without_match`` counts queries whose identity no other camera in the gallery saw;
    ``missing`` and ``corrupt`` list image files, and ``files_checked`` says how many were opened.
    """

    name: str
    root: Path
    counts: Mapping[str, Counts]
    published: Mapping[str, Counts] | None
    without_match: int
    missing: tuple[str, ...] = ()
    corrupt: tuple[str, ...] = ()
    files_checked: int = 0

    @property
    def as_published(self) -> bool:
        """Whether all counts are the published ones (True where none are fixed)."""
        return self.published is None or self.published == self.counts

    @property
    def complete(self) -> bool:
        """Whether no image that was looked for is missing or damaged."""
        return not self.missing and not self.corrupt


def check(
    name: str,
    root: Path | None = None,
    files: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Reads a benchmark and, with ``files``, decodes every image. Raises DatasetError."""
    benchmark = benchmarks.find(name)
    place = benchmarks.default_root(name) if root is None else root
    split = benchmark.load(place, benchmarks.parse(name)[1])
    parts = {"train": split.train, "query": split.query, "gallery": split.gallery}
    sources = {t.frames: None for part in parts.values() for t in part}
    images = [(f, i) for f in sources for i in range(len(f))] if files else []
    missing, corrupt = _damaged(images, progress)
    return Report(
        name=name,
        root=place,
        counts={part: count(tracklets) for part, tracklets in parts.items()},
        published=benchmark.published,
        without_match=without_match(split),
        missing=missing,
        corrupt=corrupt,
        files_checked=len(images),
    )


def without_match(split: Split) -> int:
    """Queries whose identity no other camera in the gallery saw."""
    cameras: dict[int, set[int | None]] = {}
    for tracklet in split.gallery:
        cameras.setdefault(tracklet.person_id, set()).add(tracklet.camera_id)
    return sum(not cameras.get(t.person_id, set()) - ({t.camera_id} - {None}) for t in split.query)


def _damaged(
    images: list[tuple[Frames, int]], progress: Progress | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    missing, corrupt = [], []
    with ThreadPoolExecutor() as pool:
        for done, ((frames, index), state) in enumerate(_states(pool, images), 1):
            if state == "missing":
                missing.append(frames.name(index))
            elif state == "corrupt":
                corrupt.append(frames.name(index))
            if progress is not None:
                progress(done, len(images))
    return tuple(missing), tuple(corrupt)


def _states(
    pool: ThreadPoolExecutor, images: list[tuple[Frames, int]]
) -> Iterable[tuple[tuple[Frames, int], str]]:
    """A block at a time: an executor's map would queue a million files at once."""
    for start in range(0, len(images), 4096):
        block = images[start : start + 4096]
        yield from zip(block, pool.map(_state, block), strict=True)


def _state(image: tuple[Frames, int]) -> str:
    frames, index = image
    try:
        frames.read([index])
    except MissingFrame:
        return "missing"
    except DatasetError:
        return "corrupt"
    return "good"
