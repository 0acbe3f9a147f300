"""A user's own data: directories of tracklets, or a table of stretches of videos.

    ROOT/id/camera/tracklet/0001.jpg ...              a directory of frames is a tracklet,
    ROOT/{train,query,gallery}/id/camera/tracklet/    and so is a video file
    ROOT/tracklets.csv                                video,first,last,id,camera,split,clothes
    ROOT/folder.yaml                                  `FolderSettings`, all optional

Tracklets without an identity are for unlabelled training.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

from reid_datasets.benchmarks.folder.length import frame_count
from reid_datasets.benchmarks.folder.rows import Part, Row, numbers
from reid_datasets.benchmarks.folder.settings import FolderSettings, read_settings
from reid_datasets.benchmarks.folder.table import read_table
from reid_datasets.benchmarks.folder.tree import Holder, find_layout, tracklets, walk
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames, ImageFiles
from reid_datasets.records import DISTRACTOR_ID, Split, Tracklet, UnlabelledTracklet

log = logging.getLogger(__name__)

TABLE, SETTINGS = "tracklets.csv", "folder.yaml"
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
    return _split(root, settings, [row for row in rows if row.person not in settings.junk])


def _tree(root: Path, settings: FolderSettings) -> Iterator[Row]:
    parts = [part for part in get_args(Part) if (root / part).is_dir()]
    trees: dict[Part | None, list[Holder]] = (
        {part: walk(root / part) for part in parts} if parts else {None: walk(root)}
    )
    if parts:
        others = sorted(p.name for p in root.iterdir() if p.is_dir() and p.name not in parts)
        if others:
            log.warning("left out directories beside %s: %s", ", ".join(parts), ", ".join(others))
    holders = [holder for tree in trees.values() for holder in tree]
    if not holders:
        raise DatasetError(
            f"Expected a folder of tracklets, {LAYOUT}, at {root}, found neither images nor "
            "videos. Name the directory that holds them as --root."
        )
    layout = settings.layout or find_layout(holders)
    why = f"as {SETTINGS} says" if settings.layout else "by its depth"
    hint = "" if settings.layout else f" (if it is something else, name its `layout` in {SETTINGS})"
    log.info("%s is read as %s%s, %s%s", root, "PART/" if parts else "", layout, why, hint)
    for part, tree in trees.items():
        for names, path, images in tracklets(tree, layout):
            frames = ImageFiles(path, images) if images else _whole(path)
            yield Row(frames, names.get("id"), names.get("camera"), None, part, str(path))


def _whole(video: Path) -> Frames:
    from reid_datasets.video import VideoSpan  # decoders take a while to import

    return VideoSpan(video, 0, frame_count(video))


def _split(root: Path, settings: FolderSettings, rows: list[Row]) -> Split:
    if settings.evaluate:
        tested = next((row for row in rows if row.part in ("query", "gallery")), None)
        if tested:
            raise DatasetError(
                f"Expected a set without queries and gallery where {root / SETTINGS} says "
                f"`evaluate: true`, found {tested.where} as {tested.part}. Remove that line."
            )
        return _test_all(root, rows, _records(settings, rows))
    undecided = next((row for row in rows if row.part is None), None)
    if undecided and any(row.part for row in rows):
        raise DatasetError(
            f"Expected a split for every tracklet or for none, found none in {undecided.where}. "
            "Write train, query or gallery there."
        )
    split = _parts(rows, _records(settings, rows))
    if bool(split.query) != bool(split.gallery):
        raise DatasetError(
            f"Expected queries and a gallery in {root}, or neither, found {len(split.query)} and "
            f"{len(split.gallery)} tracklets. A query is looked for in the gallery."
        )
    both = {t.person_id for t in split.train} & {t.person_id for t in split.query}
    if both:
        log.warning(
            "%d identities are in train and in query: one name is one person everywhere, and a "
            "model trained on them is not tested on new people",
            len(both),
        )
    return split


Record = Tracklet | UnlabelledTracklet


def _records(settings: FolderSettings, rows: list[Row]) -> list[Record]:
    """The tracklet of each row, with numbers for the names of people, cameras and clothes."""
    people = numbers(r.person for r in rows if r.person and r.person not in settings.distractors)
    people |= dict.fromkeys(settings.distractors, DISTRACTOR_ID)
    cameras = numbers(row.camera for row in rows if row.camera)
    worn = sorted({(r.person, r.clothes) for r in rows if r.person and r.clothes})
    outfits = {outfit: number for number, outfit in enumerate(worn, 1)}

    def record(row: Row) -> Record:
        camera = cameras[row.camera] if row.camera else None
        if not row.person:
            return UnlabelledTracklet(row.frames, camera)
        clothes = outfits[row.person, row.clothes] if row.clothes else None
        return Tracklet(row.frames, people[row.person], camera, clothes)

    return [record(row) for row in rows]


def _parts(rows: list[Row], records: list[Record]) -> Split:
    """The split that directories or a table name; all is for training where they name none."""
    train: list[Tracklet] = []
    unlabelled: list[UnlabelledTracklet] = []
    test: dict[Part, list[Tracklet]] = {"query": [], "gallery": []}
    for row, tracklet in zip(rows, records, strict=True):
        distractor = isinstance(tracklet, Tracklet) and tracklet.person_id == DISTRACTOR_ID
        if row.part in test:
            if isinstance(tracklet, UnlabelledTracklet) or (distractor and row.part == "query"):
                raise DatasetError(
                    f"Expected an identity that can be found for each {row.part} tracklet, found "
                    f"{'a distractor' if distractor else 'none'} in {row.where}. Name the "
                    "identity, or move it to train."
                )
            test[row.part].append(tracklet)
        elif isinstance(tracklet, UnlabelledTracklet):
            unlabelled.append(tracklet)
        elif distractor:
            unlabelled.append(tracklet.unlabelled())
        else:
            train.append(tracklet)
    return Split(tuple(train), tuple(test["query"]), tuple(test["gallery"]), tuple(unlabelled))


def _test_all(root: Path, rows: list[Row], records: list[Record]) -> Split:
    """Identities serve the test alone: training sees every tracklet without its own.

    A query without a camera is left out of the gallery, where it would find itself; an identity
    with no other tracklet has none.
    """
    tested = [t for t in records if isinstance(t, Tracklet)]
    seen = Counter(t.person_id for t in tested)
    first: dict[tuple[int, int | None], Tracklet] = {}
    for t in tested:
        if t.person_id != DISTRACTOR_ID and (t.camera_id is not None or seen[t.person_id] > 1):
            first.setdefault((t.person_id, t.camera_id), t)
    if not first:
        raise DatasetError(
            f"Expected people to look for in {root}, where {SETTINGS} says `evaluate: true`, found "
            f"identities for {len(tested)} of {len(records)} tracklets and nobody twice. Name "
            "identities, or remove that line."
        )
    alone = {id(t) for t in first.values() if t.camera_id is None}
    gallery = tuple(t for t in tested if id(t) not in alone)
    unlabelled = tuple(t.unlabelled() if isinstance(t, Tracklet) else t for t in records)
    return Split((), tuple(first.values()), gallery, unlabelled)
