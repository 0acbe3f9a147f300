"""What is sent to the Hub: a card, and files of one folder that are named one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from hub_publishing.errors import PublishingError
from hub_publishing.sizes import size

CARD = "README.md"
HIDDEN = [".*", "*/.*"]
"""Patterns of what is never sent, as the Hub's library reads them."""
MANY_FILES, MANY_ENTRIES = 100_000, 10_000
"""Files of a repository and entries of a folder, below which the Hub asks people to stay."""


@dataclass(frozen=True)
class Parcel:
    """``files`` (bytes by name, under ``folder``) and a ``card``; ``notes`` are for whoever sends
    it. Nothing else of the folder is sent. Files that ``instead`` names lie in no folder below it
    and are sent with that content; their own stays."""

    kind: Literal["model", "dataset"]
    card: str
    folder: Path
    files: Mapping[str, int]
    notes: Sequence[str] = ()
    instead: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def patterns(self) -> list[str]:
        """The files as patterns: few, as the Hub's library compares every file with each."""
        tops = {name.partition("/")[0]: "/" in name for name in self.files}
        return sorted(f"{top}/*" if folder else top for top, folder in tops.items())

    def check(self) -> None:
        """Raises PublishingError where files are gone or of another length, or the patterns would
        send one that is not named."""
        there = {path: length for path, length in self._matched()}
        strangers = sorted(there.keys() - self.files.keys())
        if strangers:
            raise PublishingError(
                f"Expected only files in {self.folder} that were recorded when it was made, found "
                f"{len(strangers)} others: {', '.join(strangers[:5])}. Nothing was sent: move them "
                "elsewhere."
            )
        changed = sorted(name for name in self.files if there.get(name) != self.files[name])
        if changed:
            raise PublishingError(
                f"Expected {self.folder / changed[0]} as it was recorded, found it changed or "
                f"gone ({len(changed)} such files). Nothing was sent: make it again."
            )

    def _matched(self) -> Iterator[tuple[str, int]]:
        patterns = self.patterns
        for path in self.folder.glob("**/*"):
            name = path.relative_to(self.folder).as_posix()
            hidden = any(part.startswith(".") for part in Path(name).parts)
            if not hidden and any(fnmatchcase(name, p) for p in patterns) and path.is_file():
                yield name, path.stat().st_size

    def listing(self) -> Iterator[str]:
        """Every file with its size, the sum, and the card."""
        files = {CARD: len(self.card.encode()), **self.files}
        files |= {name: len(content) for name, content in self.instead.items()}
        width = max(map(len, map(size, files.values())))
        for name, length in files.items():
            yield f"{size(length):>{width}}  {name}"
        yield f"{len(files):,} files, {size(sum(files.values()))}"
        yield from self.advice()
        yield ""
        yield self.card

    def advice(self) -> Iterator[str]:
        """Notes, and what the Hub's own advice says against such a parcel."""
        yield from (f"note: {note}" for note in self.notes)
        entries: dict[str, int] = {}
        for name in self.files:
            folder = name.rpartition("/")[0]
            entries[folder] = entries.get(folder, 0) + 1
        fullest = max(entries, key=lambda folder: entries[folder], default="")
        if len(self.files) > MANY_FILES or entries.get(fullest, 0) > MANY_ENTRIES:
            yield (
                f"note: {len(self.files):,} files, up to {entries[fullest]:,} in one folder; the "
                f"Hub asks for fewer than {MANY_FILES:,} and {MANY_ENTRIES:,}. Shards are few: "
                "vidsynth render-tracklets --format webdataset."
            )


def check_repository(name: str) -> None:
    """Raises PublishingError unless ``name`` is OWNER/NAME as the Hub has them."""
    good = re.fullmatch(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", name)
    if not good or ".." in name or "--" in name or name.endswith((".git", ".", "-")):
        raise PublishingError(
            f"Expected a repository as OWNER/NAME, found {name!r}. OWNER is your name on the Hub "
            "or an organisation's: vidsynth push data/synthetic alice/walkers."
        )
