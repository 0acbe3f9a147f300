"""What vidsynth wrote: a MARS tree, a video per tracklet, or WebDataset shards; still images in
Market-1501's layout. ``dataset.json`` says which; tracklets come out the same from all three."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import market1501, rendered, synthetic_images
from reid_datasets.errors import DatasetError
from reid_datasets.records import DISTRACTOR_ID, Split
from strict_reading import Unreadable, parse_json, read_text


def read(root: Path) -> Split:
    """The split of a finished set. Raises DatasetError, also for one not rendered to its end."""
    if not root.is_dir() or not any(root.iterdir()):
        found = "an empty directory" if root.is_dir() else "no directory"
        raise DatasetError(
            f"Expected a rendered data set at {root}, found {found}. Render one with "
            f"`vidsynth render-tracklets --output {root}`, or name the folder of one "
            "(--root, or --source-root when training)."
        )
    layout = description_of(root / "dataset.json").get("layout", "mars")
    if layout in WHOLE_FRAMES:
        raise DatasetError(
            f"Expected crops of people at {root}, found whole frames (layout {layout!r}), which "
            "detectors and trackers learn from: render it with --format mars, mp4 or webdataset."
        )
    if not isinstance(layout, str) or layout not in LAYOUTS:
        raise DatasetError(
            f"Expected a layout among {', '.join(LAYOUTS)} in {root / 'dataset.json'}, found "
            f"{layout!r}: a newer version wrote it. Read it with that version."
        )
    files, reader = LAYOUTS[layout]
    missing = [name for name in files if not (root / name).exists()]
    if missing:
        raise unfinished(root, f"no {missing[0]}")
    split = reader(root)
    shared = {t.person_id for t in split.train} & {t.person_id for t in split.gallery}
    shared.discard(DISTRACTOR_ID)
    if shared:
        raise DatasetError(
            f"Expected training and test identities of {root} to be different people, found "
            f"{len(shared)} in both (e.g. {min(shared)}). Render the set again into an empty "
            "directory."
        )
    return split


def read_clothes_changing(root: Path) -> Split:
    """The same where people change clothes: those held out for testing, or those to train on in a
    set that holds out nobody. Raises DatasetError, also where nobody changes."""
    split = read(root)
    outfits: dict[int, set[int | None]] = defaultdict(set)
    for tracklet in split.gallery or split.train:
        if tracklet.person_id != DISTRACTOR_ID:
            outfits[tracklet.person_id].add(tracklet.clothes_id)
    if None in set().union(*outfits.values()):
        raise DatasetError(
            f"Expected to know what people of {root} wear, found no clothes_id in "
            "tracklets.parquet: an older version wrote it. Render the set again."
        )
    if all(len(worn) < 2 for worn in outfits.values()):
        raise DatasetError(
            f"Expected {'test people' if split.gallery else 'people'} of {root} in several "
            "outfits, found one of each. Render a set with people.outfits=2 or more, or read this "
            "one as `synthetic`."
        )
    return split


def description_of(path: Path) -> dict[str, Any]:
    """What dataset.json says. DatasetError: it, or a table beside it, cannot be read."""
    rendered.require_utf_8(path.parent)
    if not path.exists():
        raise unfinished(path.parent, "no dataset.json")
    try:
        description = parse_json(read_text(path))
    except Unreadable as error:
        raise DatasetError(
            f"Expected JSON in {path}, but it cannot be read ({error}). Render the set again."
        ) from error
    if not isinstance(description, dict):
        raise DatasetError(f"Expected a JSON object in {path}. Render the set again.")
    return description


def unfinished(root: Path, found: str) -> DatasetError:
    """The error for a set that was not rendered to its end."""
    return DatasetError(
        f"Expected a finished data set at {root}, found {found}: rendering was not completed. Run "
        f"`vidsynth render-tracklets --output {root}` with the same options again; it continues "
        "where it stopped."
    )


LAYOUTS: dict[str, tuple[tuple[str, ...], Callable[[Path], Split]]] = {
    "mars": (
        ("info/tracks_train_info.mat", "info/tracks_test_info.mat", "info/query_IDX.mat"),
        rendered.read_images,
    ),
    "mp4": (("tracklets.parquet",), rendered.read_videos),
    "webdataset": (("tracklets.parquet",), rendered.read_shards),
    "market1501": (market1501.FOLDERS, synthetic_images.read),
}
"""Reader by layout, and the files that show that rendering was completed."""

WHOLE_FRAMES = ("frames", "video", "coco", "mot")
"""Layouts that vidsynth writes for others than re-identification."""
