"""Rendered tracklets in images, videos or shards, by the tables that vidsynth wrote beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import mars
from reid_datasets.errors import DatasetError
from reid_datasets.frames import Frames
from reid_datasets.records import Split, Tracklet
from reid_datasets.shards import ShardFrames

_TRACKLETS = "tracklets.parquet"
_COLUMNS = ["tracklet", "label_id", "split", "camera_id", "frames", "path", "query"]


def read_videos(root: Path) -> Split:
    """The split of a set with one MP4 per tracklet. Raises DatasetError."""
    from reid_datasets.video import VideoSpan

    return _split(root, lambda row: VideoSpan(_inside(root, row["path"]), 0, row["frames"]))


def read_shards(root: Path) -> Split:
    """The split of a set of WebDataset shards. Raises DatasetError."""
    places: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    columns = ["tracklet", "position", "offset", "size"]
    for row in zip(*_table(root / "crops", columns).values(), strict=True):
        places[row[0]].append(row[1:])

    def frames(row: dict[str, Any]) -> Frames:
        crops = sorted(places[row["tracklet"]])
        if len(crops) != row["frames"]:
            raise DatasetError(
                f"Expected {row['frames']} crops of tracklet {row['tracklet']} in {root}/crops, "
                f"found {len(crops)}: the tables do not belong together. Give the command that "
                "rendered the set again; it completes what is missing."
            )
        shard = _inside(root, row["path"])
        return ShardFrames(shard, tuple((offset, size) for _, offset, size in crops))

    return _split(root, frames)


def read_images(root: Path) -> Split:
    """The split of a MARS tree, and what people wear, of which MARS's own tables say nothing.
    Raises DatasetError."""
    split = mars.read(root)
    if not (root / _TRACKLETS).exists():
        return split
    table = _table(root / _TRACKLETS, ["tracklet", *_clothes(root)])
    worn = dict(zip(table["tracklet"], table.get("clothes_id", []), strict=False))

    def dressed(tracklet: Tracklet) -> Tracklet:
        name = Path(tracklet.frames.name(0)).name.partition("F")[0]
        return replace(tracklet, clothes_id=worn.get(name))

    train, query, gallery = (
        tuple(map(dressed, part)) for part in (split.train, split.query, split.gallery)
    )
    return Split(train, query, gallery)


def _clothes(root: Path) -> list[str]:
    """The column of clothes, if there is one: older sets have none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(root / _TRACKLETS).names
    except (OSError, pa.ArrowException):
        return []  # reading the columns will say what is wrong
    return ["clothes_id"] if "clothes_id" in names else []


def _split(root: Path, frames: Callable[[dict[str, Any]], Frames]) -> Split:
    """Tracklets in the order of their names, as a MARS tree lists them."""
    table = _table(root / _TRACKLETS, [*_COLUMNS, *_clothes(root)])
    train, query, gallery = [], [], []
    for values in sorted(zip(*table.values(), strict=True)):
        row = dict(zip(table, values, strict=True))
        tracklet = Tracklet(frames(row), row["label_id"], row["camera_id"], row.get("clothes_id"))
        if row["split"] == "train":
            train.append(tracklet)
            continue
        gallery.append(tracklet)
        if row["query"]:
            query.append(tracklet)
    return Split(tuple(train), tuple(query), tuple(gallery))


def _table(path: Path, columns: list[str]) -> dict[str, list[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_table(path, columns=columns).to_pydict()
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected the columns {', '.join(columns)} in {path}, but they cannot be read "
            f"({str(error).splitlines()[0]}). Give the command that rendered the set again, which "
            "rewrites its tables."
        ) from error


def _inside(root: Path, name: str) -> Path:
    """A file of the set. DatasetError: the name leads out of it."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise DatasetError(
            f"Expected files under {root} in tracklets.parquet, found {name!r}. The table was "
            "changed: render the set again."
        )
    return root / name
