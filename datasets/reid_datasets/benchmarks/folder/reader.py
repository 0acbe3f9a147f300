"""A user's own data: directories of tracklets, or a table of stretches of videos.

    ROOT/id/camera/tracklet/0001.jpg ...              a directory of frames is a tracklet,
    ROOT/{train,query,gallery}/id/camera/tracklet/    and so is a video file
    ROOT/tracklets.csv                                video,first,last,id,camera,split,clothes
    ROOT/folder.yaml                                  `FolderSettings`, all optional

Tracklets without an identity are for unlabelled training.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from reid_datasets.benchmarks.folder.division import divide
from reid_datasets.benchmarks.folder.rows import Part, Row
from reid_datasets.benchmarks.folder.settings import SETTINGS, FolderSettings, read_settings
from reid_datasets.benchmarks.folder.table import read_table
from reid_datasets.benchmarks.folder.tree import Holder, find_layout, tracklets, walk
from reid_datasets.benchmarks.listing import folders_in
from reid_datasets.errors import DatasetError, printable
from reid_datasets.frames import Frames, ImageFiles
from reid_datasets.records import Split

log = logging.getLogger(__name__)

TABLE = "tracklets.csv"
LAYOUT = "`[train,query,gallery/]id/camera/tracklet/*.jpg`, or `tracklets.csv` of video spans"
PROTOCOL = "no test, unless there are query and gallery, or `evaluate: true` in `folder.yaml`"
OBTAIN = "your own; docs/benchmarks.md shows how to lay it out"


def read(root: Path) -> Split:
    """The data at ``root``. Raises DatasetError.

    Without queries and gallery all tracklets are for training, unless `FolderSettings.evaluate`
    asks for a test: then each identity's first tracklet under each camera is a query, the gallery
    is everything, and training sees all tracklets without their identities.
    """
    if not root.is_dir():
        found = "found a file" if root.exists() else "found nothing there"
        raise DatasetError(
            f"Expected a folder of tracklets at {root}, {found}. Point --root at a directory with "
            f"{LAYOUT}."
        )
    settings = read_settings(root / SETTINGS)
    table = root / TABLE
    rows = list(read_table(table) if table.is_file() else _tree(root, settings))
    if not rows:
        raise DatasetError(f"Expected tracklets in {table}, found none. Add rows to it.")
    return divide(root, settings, rows)


def _tree(root: Path, settings: FolderSettings) -> Iterator[Row]:
    parts = [part for part in get_args(Part) if (root / part).is_dir()]
    trees: dict[Part | None, list[Holder]] = (
        {part: walk(root / part) for part in parts} if parts else {None: walk(root)}
    )
    if parts:
        others = [name for name in folders_in(root) if name not in parts]
        if others:
            left = printable(", ".join(others))
            log.warning("left out directories beside %s: %s", ", ".join(parts), left)
    holders = [holder for tree in trees.values() for holder in tree]
    if not holders:
        raise DatasetError(
            f"Expected a folder of tracklets, {LAYOUT}, at {root}, found neither images nor "
            "videos. Name the directory that holds them as --root."
        )
    layout = settings.layout or find_layout(holders)
    why = f"as {SETTINGS} says" if settings.layout else "by its depth"
    hint = "" if settings.layout else f" (if it is something else, name its `layout` in {SETTINGS})"
    prefix = "PART/" if parts else ""
    log.info("%s is read as %s%s, %s%s", printable(root), prefix, layout, why, hint)
    for part, tree in trees.items():
        for names, path, images in tracklets(tree, layout):
            frames = ImageFiles(path, images) if images else _whole(path)
            yield Row(frames, names.get("id"), names.get("camera"), None, part, str(path))


def _whole(video: Path) -> Frames:
    from reid_datasets.video import VideoSpan, frame_count  # decoders take a while to import

    try:
        return VideoSpan(video, 0, frame_count(video))
    except DatasetError as error:
        raise DatasetError(
            f"Expected a video in {video}, but its frames cannot be counted. {error}"
        ) from error
