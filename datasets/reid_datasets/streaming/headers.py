"""Samples of a WebDataset shard by its tar headers alone: images are seeked over, not read.

Shards are those of vidsynth: USTAR files in which ``NAME.json`` with a tracklet's labels is
followed by its images ``NAME.001.jpg``, ``NAME.002.jpg``, ... Nothing is ever extracted: member
names are compared with the tables, never used as paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from io import FileIO
from pathlib import Path
from typing import Any

from reid_datasets.errors import DatasetError
from reid_datasets.shards import ShardFrames
from strict_reading import parse_json

BLOCK = 512
"""Bytes of a tar header; contents are padded to a multiple of it."""

_LONGEST = 1 << 20
"""Bytes of labels read at most: vidsynth writes less than a kilobyte."""

_AGAIN = "Give the command that rendered the set again; it completes what is missing."


@dataclass(frozen=True, slots=True)
class Sample:
    """One tracklet in a shard, unchecked: the bytes of its labels, None where there are none, and
    the suffixes (``001.jpg``) and places (offset, size), bytes, of its other members."""

    shard: Path
    name: str
    content: bytes | None
    suffixes: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def labels(self) -> dict[str, Any]:
        """The labels in ``NAME.json``. Raises DatasetError where they are missing or damaged."""
        expected = f"Expected labels as JSON in {self.name}.json of {self.shard}, "
        if self.content is None:
            raise DatasetError(f"{expected}found only images {self.suffixes[:2]}. {_AGAIN}")
        try:
            labels = parse_json(self.content.decode())
        except ValueError as error:
            raise DatasetError(f"{expected}but it cannot be read ({error}). {_AGAIN}") from error
        if not isinstance(labels, dict):
            raise DatasetError(f"{expected}found {type(labels).__name__}. {_AGAIN}")
        return labels

    def frames(self, count: int) -> ShardFrames:
        """The images. Raises DatasetError unless they are numbered 1 to ``count`` in order."""
        found = len(self.places)
        if found != count or self.suffixes != _suffixes(count):
            names = ", ".join(self.suffixes[:1] + self.suffixes[1:][-1:])
            raise DatasetError(
                f"Expected {count} images {self.name}.001.jpg and so on in {self.shard}, found "
                f"{found}{f' ({names})' if names else ''}. {_AGAIN}"
            )
        return ShardFrames(self.shard, self.places)


def samples(shard: Path) -> Iterator[Sample]:
    """Samples of a shard, front to back.

    Raises:
        DatasetError: the shard is missing, empty, cut short, or no tar file that vidsynth wrote.
            What was complete before the damage has been given by then.
    """
    name: str | None = None
    content: bytes | None = None
    suffixes: list[str] = []
    places: list[tuple[int, int]] = []
    try:
        with shard.open("rb", buffering=0) as file:
            _fetch_ahead(file)
            for member, offset, size in _members(file, shard):
                stem, _, suffix = member.partition(".")
                if stem != name:
                    if name is not None:
                        yield Sample(shard, name, content, tuple(suffixes), tuple(places))
                    name, content, suffixes, places = stem, None, [], []
                if suffix == "json" and content is None:
                    content = _content(file, shard, member, size)
                else:
                    suffixes.append(suffix)
                    places.append((offset, size))
    except OSError as error:
        raise DatasetError(
            f"Expected a shard at {shard}, but it cannot be read ({error.strerror or error}). "
            f"{_AGAIN}"
        ) from error
    if name is not None:
        yield Sample(shard, name, content, tuple(suffixes), tuple(places))


def _fetch_ahead(file: FileIO) -> None:
    """Asks the system to read a shard ahead in one go, where it can: workers need its images next,
    and hopping from header to header reads a disk several times slower."""
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_WILLNEED)


def _members(file: FileIO, shard: Path) -> Iterator[tuple[str, int, int]]:
    """Name, offset and size, bytes, of each member; the file stands at the member's content."""
    length = file.seek(0, 2)
    if not length:
        raise DatasetError(f"Expected a tar file at {shard}, found an empty file. {_AGAIN}")
    offset = 0
    while True:
        file.seek(offset)
        header = file.read(BLOCK)
        if len(header) < BLOCK:
            raise _cut(shard, length, offset + BLOCK)
        if header[0] == 0:
            return
        name, size = _parse(header, shard, offset)
        offset += BLOCK
        if offset + size > length:
            raise _cut(shard, length, offset + size)
        yield name, offset, size
        offset += -(-size // BLOCK) * BLOCK


def _parse(header: bytes, shard: Path, offset: int) -> tuple[str, int]:
    """Name and size, bytes, of the regular file that a USTAR header announces."""
    try:
        name = header[:100].partition(b"\0")[0].decode("ascii")
        size = int(header[124:135], 8)
        # The sum counts the eight bytes of its own field as spaces.
        total = sum(header[:148]) + 8 * 0x20 + _sum(header[156:])
        if int(header[148:154], 8) != total or header[257:262] != b"ustar":
            raise ValueError
    except ValueError:
        raise DatasetError(
            f"Expected a tar header at byte {offset} of {shard}, found something else: the shard "
            f"is damaged. {_AGAIN}"
        ) from None
    if header[156:157] not in (b"0", b"\0") or header[345]:
        raise DatasetError(
            f"Expected plain files with short names in {shard}, found a member of another kind at "
            f"byte {offset} ({name!r}): another program packed the shard. Render the set again "
            "into an empty directory."
        )
    return name, size


def _content(file: FileIO, shard: Path, member: str, size: int) -> bytes:
    if size > _LONGEST:
        raise DatasetError(
            f"Expected labels of less than {_LONGEST:,} bytes in {member} of {shard}, found "
            f"{size:,} bytes. Render the set again into an empty directory."
        )
    return file.read(size)


def _cut(shard: Path, found: int, expected: int) -> DatasetError:
    return DatasetError(
        f"Expected at least {expected:,} bytes in {shard}, found {found:,}: the shard was cut "
        f"short. {_AGAIN}"
    )


@lru_cache
def _sum(content: bytes) -> int:
    """Sum of the bytes of a header's second half, which is mostly the same for all."""
    return sum(content)


@cache
def _suffixes(count: int) -> tuple[str, ...]:
    return tuple(f"{number:03d}.jpg" for number in range(1, count + 1))
