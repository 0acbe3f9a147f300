"""Where a target's crops come from: benchmarks, folders, and boxes in videos.

Whatever `reid_datasets` reads can be a target, through its unlabelled view. `images` is a folder
whose every picture is a person by itself, in a folder for each camera where there are several;
`boxes` are videos and a table of boxes in them.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from reid_datasets.records import Part

from vidsynth.errors import TargetError
from vidsynth.target.boxes import TABLE, read_boxes
from vidsynth.target.crops import LazyCrops, TargetTracklet, evenly

PARTS: tuple[Part, ...] = get_args(Part)
OWN = ("images", "boxes")
"""Layouts beside the benchmarks of `reid_datasets`."""


def read_target(
    root: Path, layout: str, frames: int | None = 8, part: Part = "train"
) -> Iterator[TargetTracklet]:
    """The tracklets of a target, one after another.

    Args:
        root: where it lies.
        layout: a benchmark of `reid_datasets` by name, `folder` among them, `images` or `boxes`.
        frames: at most so many crops of each tracklet, evenly spread over it; None for all.
        part: the training part, which adaptation sees; the test part; or both.

    Raises TargetError where the data is not what the layout says, or has no such part.
    """
    if layout in OWN and part == "test":
        raise TargetError(
            f"Expected all of {root}, as {layout} are not divided into training and test, found "
            "the part test. Leave the part out."
        )
    if layout == "images":
        return _images(root)
    if layout == "boxes":
        return read_boxes(root, frames)
    return _benchmark(root, layout, frames, part)


def _benchmark(root: Path, layout: str, most: int | None, part: Part) -> Iterator[TargetTracklet]:
    from reid_datasets.benchmarks import BENCHMARKS, load
    from reid_datasets.errors import DatasetError, printable

    if layout.partition("+")[0].partition(":")[0] not in BENCHMARKS:
        known = (*OWN, *BENCHMARKS)
        near = difflib.get_close_matches(layout.lower(), known, 1)
        hint = f"Did you mean {near[0]}?" if near else "Choose one of these."
        raise TargetError(f"Expected a layout among {', '.join(known)}, found {layout!r}. {hint}")
    if layout == "folder" and root.is_dir() and not (root / "tracklets.csv").exists():
        _require_tracklets(root)
    try:
        split = load(layout, root)
    except DatasetError as error:
        raise TargetError(str(error)) from error
    found = split.without_labels(part)
    if not found:
        raise TargetError(
            f"Expected tracklets in the {part} part of {root}, found none. Choose another part, or "
            "another layout."
        )
    names = split.names.get("camera", {})
    for tracklet in found:
        sequence, camera = tracklet.frames, tracklet.camera_id
        name = "" if camera is None else printable(names.get(camera, str(camera)))
        yield TargetTracklet(name, LazyCrops(sequence, evenly(len(sequence), most)), len(sequence))


def _require_tracklets(root: Path) -> None:
    """Says what to do about images that lie in ``root`` itself."""
    pictures = [name for name in _names(root) if _is_picture(name)]
    if pictures:
        raise TargetError(
            f"Expected a folder for each tracklet in {root}, found {len(pictures):,} images. If "
            "every image is a person by itself, say `--layout images`; else put the frames of each "
            "tracklet into a folder of its own."
        )
    if (root / TABLE).exists():
        raise TargetError(
            f"Expected folders of tracklets in {root}, found {TABLE}. Say `--layout boxes`."
        )


def _images(root: Path) -> Iterator[TargetTracklet]:
    """Each picture under ``root``; the first folder that it is in names the camera."""
    from reid_datasets.errors import printable
    from reid_datasets.frames import ImageFiles

    if not root.is_dir():
        raise TargetError(f"Expected a folder of images at {root}, found none there.")
    found = False
    for levels, name in _pictures(root, (), ()):
        found = True
        files = ImageFiles(root.joinpath(*levels), (name,))
        yield TargetTracklet(printable(levels[0]) if levels else "", LazyCrops(files, (0,)), 1)
    if not found:
        raise TargetError(f"Expected images (JPEG, PNG ...) in {root}, found none.")


def _pictures(
    root: Path, levels: tuple[str, ...], above: tuple[Path, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Folders below ``root`` and the name of each picture, in order: without what systems leave
    beside them, such as a NAS's thumbnails, and without copies of pictures that are there. Linked
    folders count, but not those that lead back to one ``above``."""
    from reid_datasets.benchmarks.listing import copied, names_in
    from reid_datasets.errors import DatasetError

    folder = root.joinpath(*levels)
    try:
        names = sorted(names_in(folder))
    except DatasetError as error:
        raise TargetError(str(error)) from None
    pictures = [n for n in names if _is_picture(n) and (folder / n).is_file()]
    there = {*pictures}
    for name in pictures:
        original = copied(name)
        if original not in there or _bytes(folder / original) != _bytes(folder / name):
            yield levels, name
    above = (*above, folder.resolve())
    for name in names:
        if (folder / name).is_dir() and (folder / name).resolve() not in above:
            yield from _pictures(root, (*levels, name), above)


def _bytes(path: Path) -> int:
    return path.stat().st_size


def _names(root: Path) -> list[str]:
    return sorted(entry.name for entry in os.scandir(root) if entry.is_file())


def _is_picture(name: str) -> bool:
    from reid_datasets.benchmarks.folder.tree import IMAGES

    return not name.startswith(".") and os.path.splitext(name)[1].lower() in IMAGES
