"""Where a tracklet's pixels come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload


@dataclass(frozen=True, slots=True)
class ImageFiles(Sequence[Path]):
    """Image files of one directory. Paths are made when asked for.

    MARS names 1.17 million files: as paths they take 4 s and 290 MB more than as names.
    """

    directory: Path
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    @overload
    def __getitem__(self, index: int) -> Path: ...

    @overload
    def __getitem__(self, index: slice) -> ImageFiles: ...

    def __getitem__(self, index: int | slice) -> Path | ImageFiles:
        if isinstance(index, slice):
            return ImageFiles(self.directory, self.names[index])
        return self.directory / self.names[index]
