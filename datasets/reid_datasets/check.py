"""Is a benchmark complete? Counts against the published ones, and every frame decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reid_datasets import benchmarks
from reid_datasets.counts import Counts, count
from reid_datasets.damage import Damage, Progress, find_damage
from reid_datasets.frames import Frames
from reid_datasets.records import Split

Published = Mapping[str, Counts] | None


@dataclass(frozen=True)
class SplitReport:
    """What one split holds. ``number`` is None where a benchmark has a single one.

    ``without_match`` counts queries whose identity no other camera in the gallery saw.
    """

    number: int | None
    counts: Mapping[str, Counts]
    without_match: int

    def as_published(self, published: Published) -> bool:
        """Whether the counts are the published ones (True where none are fixed)."""
        return published is None or all(
            part in self.counts and wanted.agrees(self.counts[part])
            for part, wanted in published.items()
        )


@dataclass(frozen=True)
class Report:
    """What was found: counts of each split looked at, and the damage, None where not looked for.

    ``published`` is None where a benchmark has no fixed counts.
    """

    name: str
    title: str
    root: Path
    splits: tuple[SplitReport, ...]
    published: Published
    damage: Damage | None = None

    @property
    def counts(self) -> Mapping[str, Counts]:
        """The counts of the split, the first one where there are several."""
        return self.splits[0].counts

    @property
    def without_match(self) -> int:
        """Queries without a match in all splits together."""
        return sum(split.without_match for split in self.splits)

    @property
    def as_published(self) -> bool:
        """Whether all counts of all splits are the published ones (True where none are fixed)."""
        return all(split.as_published(self.published) for split in self.splits)

    @property
    def complete(self) -> bool:
        """Whether no frame that was looked for is missing or damaged."""
        return not self.missing and not self.corrupt

    @property
    def missing(self) -> tuple[str, ...]:
        return self.damage.missing if self.damage else ()

    @property
    def corrupt(self) -> tuple[str, ...]:
        return self.damage.corrupt if self.damage else ()

    @property
    def files_checked(self) -> int:
        """Frames that were decoded."""
        return self.damage.checked if self.damage else 0


def check(
    name: str,
    root: Path | None = None,
    files: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Reads a benchmark, all splits unless ``name`` says which; decodes it with ``files``.

    Raises DatasetError.
    """
    own, asked = benchmarks.parse(name)
    benchmark = benchmarks.find(name, as_stored=True)  # in any gamma it is complete or not
    place = benchmarks.default_root(own) if root is None else root
    several = benchmark.splits > 1
    numbers = range(benchmark.splits) if several and asked is None else [asked]
    sources: dict[Frames, None] = {}
    splits = []
    for number in numbers:
        split = benchmark.read_split(place, number)
        parts = parts_of(split)
        if files:
            sources |= dict.fromkeys(t.frames for part in parts.values() for t in part)
        counts = {part: count(tracklets) for part, tracklets in parts.items()}
        splits.append(SplitReport(number, counts, without_match(split)))
    damage = find_damage(sources, progress) if files else None
    return Report(name, benchmark.title, place, tuple(splits), benchmark.published, damage)


def parts_of(split: Split) -> dict[str, tuple]:
    """Train, query and gallery, and the unlabelled tracklets where there are any."""
    parts: dict[str, tuple] = {
        "train": split.train,
        "query": split.query,
        "gallery": split.gallery,
    }
    return parts | ({"unlabelled": split.unlabelled} if split.unlabelled else {})


def without_match(split: Split) -> int:
    """Queries whose identity no other camera in the gallery saw."""
    cameras: dict[int, set[int | None]] = {}
    for tracklet in split.gallery:
        cameras.setdefault(tracklet.person_id, set()).add(tracklet.camera_id)
    return sum(not cameras.get(t.person_id, set()) - ({t.camera_id} - {None}) for t in split.query)
