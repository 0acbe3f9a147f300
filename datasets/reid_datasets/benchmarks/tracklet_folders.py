"""Tracklets that are folders of images."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from reid_datasets.benchmarks.listing import in_order, pictures_in
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles


def images_in(folder: Path) -> ImageFiles:
    """The images of a folder in the order of their names, 10.jpg after 9.jpg. DatasetError: there
    are none."""
    names = in_order(pictures_in(folder))
    if not names:
        raise DatasetError(
            f"Expected a tracklet's images in {folder}, found none. Copy that folder again."
        )
    return ImageFiles(folder, tuple(names))


def inside(root: Path, name: str, source: Path) -> Path:
    """``root / name``. DatasetError: a list (``source``) names something outside of ``root``."""
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts or ":" in path.parts[0]:
        raise DatasetError(
            f"Expected paths under {root} in {source}, found {name[:80]!r}. Use the official list."
        )
    return root.joinpath(*path.parts)


def number(text: str, source: Path, what: str) -> int:
    """Digits to a number. DatasetError: ``text`` has others than digits."""
    if not text.isdecimal():
        raise DatasetError(
            f"Expected a number as {what} in {source}, found {text[:80]!r}. Use the official file."
        )
    return int(text)


def numbered(values: Iterable[str]) -> dict[str, int]:
    """Names to 1, 2, ... in their sorted order."""
    return {value: place for place, value in enumerate(sorted(set(values)), 1)}
