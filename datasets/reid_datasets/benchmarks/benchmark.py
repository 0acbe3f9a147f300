"""What the toolkit knows about a benchmark."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reid_datasets.counts import Counts, count
from reid_datasets.errors import printable
from reid_datasets.records import Split

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Benchmark:
    """A reader and what it must find.

    ``read`` takes the directory and, where there are several ``splits``, the number of one (from
    0); results on such a benchmark are the mean over all of them. ``published`` are the counts of
    train, query and gallery where they are fixed, the same for every split. ``clothes`` says that
    queries are ranked under three settings: general, same clothes, changed clothes. ``folder`` is
    the directory looked for under the data root where it is not the benchmark's own name.
    ``obtain``, ``layout`` and ``protocol`` are for people: where to get it, what its tree looks
    like, and what its test does differently from others.
    """

    title: str
    read: Callable[..., Split]
    published: Mapping[str, Counts] | None = None
    splits: int = 1
    media: Literal["video", "image"] = "video"
    clothes: bool = False
    folder: str | None = None
    obtain: str = ""
    layout: str = ""
    protocol: str = ""

    def load(self, root: Path, split: int | None = None) -> Split:
        """The benchmark at ``root``, its first split unless told. Raises DatasetError.

        Warns where there is more or less of it than was published: a part of the gallery gives
        better scores than the whole.
        """
        found = self.read_split(root, split)
        parts = {"train": found.train, "query": found.query, "gallery": found.gallery}
        wanted = self.published or {}
        others = [part for part in wanted if not wanted[part].agrees(count(parts[part]))]
        if others:
            _say_incomplete(self.title, printable(root), ", ".join(others))
        return found

    def read_split(self, root: Path, split: int | None = None) -> Split:
        """As `load`, without a look at the counts. Raises DatasetError."""
        return self.read(root) if self.splits == 1 else self.read(root, split or 0)


@functools.cache
def _say_incomplete(title: str, root: str, parts: str) -> None:
    """Once, however many splits and readings there are."""
    log.warning(
        "%s in %s: other numbers of people or images than were published (%s). Results do not "
        "compare with others'; `uda check-data` says what differs.",
        *(title, root, parts),
    )
