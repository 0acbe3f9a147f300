"""Directories of tracklets: walking them, and telling which level is the identity.

A tracklet is a directory of image files, a directory with one video file, or a video file.
"""

from __future__ import annotations

import filecmp
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reid_datasets.benchmarks.folder.settings import LAYOUTS, Layout
from reid_datasets.benchmarks.listing import (
    copied,
    in_order,
    is_system,
    one_name,
    require_distinct,
)
from reid_datasets.errors import DatasetError, printable

log = logging.getLogger(__name__)

IMAGES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})
VIDEOS = frozenset(
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts"}
    | {".wmv", ".asf", ".flv", ".3gp"}
)

DEEPEST = max(layout.count("/") + 1 for layout in LAYOUTS)
BY_DEPTH: dict[int, Layout] = {1: "tracklet", 2: "id/tracklet", 3: "id/camera/tracklet"}
"""What a tree is taken for when nobody says."""


@dataclass(frozen=True, slots=True)
class Holder:
    """A directory with images or videos in it; ``levels`` are the names that lead there."""

    path: Path
    levels: tuple[str, ...]
    images: tuple[str, ...]
    videos: tuple[str, ...]

    def depths(self) -> set[int]:
        """At which level its tracklets may be: one video is a tracklet itself, or all of one."""
        here = len(self.levels)
        if self.images:
            return {here}
        return {here, here + 1} if len(self.videos) == 1 else {here + 1}

    def example(self) -> str:
        """A file in it, to show to people."""
        return str(self.path / (self.images or self.videos)[0])


def walk(root: Path) -> list[Holder]:
    """Every directory under ``root`` with images or videos, in order of their names.

    System files and hidden ones are passed over, copies of images left out; no file is opened.
    Raises DatasetError for directories nested too deeply, for images beside videos, and for images
    whose names are the same to some file systems.
    """
    found: list[Holder] = []
    empty: list[Path] = []
    strangers: list[str] = []
    copies: list[str] = []
    _walk(root, (), found, empty, strangers, copies)
    for what, paths in (
        ("directories without images or videos", empty),
        ("other files", strangers),
        ("copies of images that are there", copies),
    ):
        if paths:
            log.warning("left out %s: %d, e.g. %s", what, len(paths), printable(paths[0]))
    return found


def _walk(
    directory: Path,
    levels: tuple[str, ...],
    found: list[Holder],
    empty: list[Path],
    strangers: list[str],
    copies: list[str],
) -> None:
    if len(levels) > DEEPEST:
        raise DatasetError(
            f"Expected at most {DEEPEST} levels of directories ({LAYOUTS[0]}), found {directory}. "
            "Move the tracklets up, or name another --root."
        )
    folders, images, videos = [], [], []
    with os.scandir(directory) as entries:
        for entry in entries:
            kind = os.path.splitext(entry.name)[1].lower()
            if is_system(entry.name):
                continue
            if entry.is_dir():
                folders.append(entry.name)
            elif kind in IMAGES:
                images.append(entry.name)
            elif kind in VIDEOS:
                videos.append(entry.name)
            elif levels:
                strangers.append(entry.path)
    copies += _without_copies(directory, images)
    if images and videos:
        raise DatasetError(
            f"Expected images or videos in a directory, found both: {directory / min(images)} and "
            f"{directory / min(videos)}. Move one kind away."
        )
    if images or videos:
        holder = Holder(directory, levels, tuple(in_order(images)), tuple(in_order(videos)))
        found.append(holder)
    elif not folders:
        empty.append(directory)
    for name in in_order(folders):
        _walk(directory / name, (*levels, one_name(name)), found, empty, strangers, copies)


def _without_copies(directory: Path, images: list[str]) -> list[str]:
    """Takes out images with the content of the one their name says they are a copy of: uncompressed
    frames ``walk (1).bmp``, ``walk (2).bmp`` have one size and are no copies of each other."""
    present = set(images)
    found = {
        name
        for name in images
        if (original := copied(name))
        and original in present
        and filecmp.cmp(directory / name, directory / original, shallow=False)
    }
    images[:] = [name for name in images if name not in found]
    require_distinct(directory, images)
    return [str(directory / name) for name in sorted(found)]


def find_layout(holders: Sequence[Holder]) -> Layout:
    """The layout by the depth of the tracklets. DatasetError: depths are mixed or undecidable."""
    possible = set(BY_DEPTH)
    for number, holder in enumerate(holders):
        remaining = possible & holder.depths()
        if not remaining:
            other = next((h for h in holders[:number] if not h.depths() & holder.depths()), None)
            raise DatasetError(_mixed(holder, other))
        possible = remaining
    if len(possible) > 1:
        shallow, deep = (BY_DEPTH[depth] for depth in sorted(possible))
        raise DatasetError(
            f"Expected to see which level is a tracklet, found one video in each directory, such "
            f"as {holders[0].example()} and {holders[-1].example()}: the directory may be the "
            f"tracklet ({shallow}), or the file ({deep}). Say which in folder.yaml, for example "
            f"`layout: {deep}`."
        )
    return BY_DEPTH[possible.pop()]


def _mixed(holder: Holder, other: Holder | None) -> str:
    advice = "Give all the same depth, and name the levels in folder.yaml (`layout: id/tracklet`)."
    if other is None:
        return (
            f"Expected tracklets 1 to {DEEPEST} directories deep, as in {LAYOUTS[0]}, found "
            f"{holder.example()}. Put each tracklet into a directory of its own."
        )
    return (
        "Expected every tracklet at the same depth, found "
        f"{other.example()} and {holder.example()}. {advice}"
    )


def tracklets(
    holders: Sequence[Holder], layout: Layout
) -> Iterator[tuple[dict[str, str], Path, tuple[str, ...]]]:
    """The names of each tracklet's levels, its path, and its images (none: it is a video).

    Raises DatasetError for a tracklet at another depth than ``layout`` says.
    """
    levels = layout.split("/")
    for holder in holders:
        if len(levels) not in holder.depths():
            raise DatasetError(
                f"Expected tracklets as {layout}, {len(levels)} levels deep, found "
                f"{holder.example()}. Move it, or correct `layout` in folder.yaml."
            )
        if len(levels) == len(holder.levels):
            path = holder.path / holder.videos[0] if holder.videos else holder.path
            yield dict(zip(levels, holder.levels, strict=True)), path, holder.images
            continue
        for video in holder.videos:
            names = dict(zip(levels, (*holder.levels, one_name(video)), strict=True))
            yield names, holder.path / video, ()
