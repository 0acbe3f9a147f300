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
from reid_datasets.records import Named, Split, Tracklet
from reid_datasets.shards import ShardFrames

_TRACKLETS = "tracklets.parquet"
_WHOLE = frozenset({"label_id", "camera_id", "frames", "position", "offset", "size"})
_WORDS = frozenset({"tracklet", "split", "path"})
"""Columns of whole numbers and of words; none of their values is ever missing."""
_COLUMNS = ["tracklet", "label_id", "split", "camera_id", "frames", "path", "query"]


def read_videos(root: Path) -> Split:
    """The split of a set with one MP4 per tracklet. Raises DatasetError."""
    from reid_datasets.video import VideoSpan

    return _split(root, lambda row: VideoSpan(inside(root, row["path"]), 0, row["frames"]))


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
        shard = inside(root, row["path"])
        return ShardFrames(shard, tuple((offset, size) for _, offset, size in crops))

    return _split(root, frames)


def read_images(root: Path) -> Split:
    """The split of a MARS tree, with what people wear and when they came, of which MARS's own
    tables say nothing. Raises DatasetError."""
    split = mars.read(root)
    if not (root / _TRACKLETS).exists():
        return split
    table = _table(root / _TRACKLETS, ["tracklet", *_later(root)])
    rows = _rows(table)
    known = {row["tracklet"]: row for row in rows}

    def labelled(tracklet: Tracklet) -> Tracklet:
        row = known.get(Path(tracklet.frames.name(0)).name.partition("F")[0], {})
        return replace(tracklet, clothes_id=row.get("clothes_id"), labels=_time(row))

    train, query, gallery = (
        tuple(map(labelled, part)) for part in (split.train, split.query, split.gallery)
    )
    return Split(train, query, gallery)


def _rows(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]


def _time(row: dict[str, Any]) -> Named:
    """When a tracklet begins, milliseconds on the set's clock, where its row says so."""
    start = row.get("start_time")
    return () if start is None else (("time", round(1000 * start)),)


def _later(root: Path) -> list[str]:
    """The columns of clothes and time, where there are any: older sets have none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(root / _TRACKLETS).names
    except (OSError, pa.ArrowException):
        return []  # reading the columns will say what is wrong
    return [name for name in ("clothes_id", "start_time") if name in names]


def _split(root: Path, frames: Callable[[dict[str, Any]], Frames]) -> Split:
    """Tracklets in the order of their names, as a MARS tree lists them."""
    table = _table(root / _TRACKLETS, [*_COLUMNS, *_later(root)])
    train, query, gallery = [], [], []
    for row in sorted(_rows(table), key=lambda row: str(row["tracklet"])):
        tracklet = Tracklet(
            frames(row), row["label_id"], row["camera_id"], row.get("clothes_id"), _time(row)
        )
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
        table = pq.read_table(path, columns=columns)
        _require_kinds(table)
        return table.to_pydict()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected the columns {', '.join(columns)} in {path}, but they cannot be read "
            f"({str(error).splitlines()[0]}). Give the command that rendered the set again, which "
            "rewrites its tables."
        ) from error


def require_utf_8(root: Path) -> None:
    """DatasetError: a path that the library of tables cannot open."""
    try:
        str(root).encode()
    except UnicodeEncodeError:
        raise DatasetError(
            f"Expected the path of a rendered set in UTF-8, found {root}: its tables cannot be "
            "read there. Rename the folder, or name it by a link."
        ) from None


def _require_kinds(table: Any) -> None:
    """ValueError: a column holds other values than vidsynth writes, or lacks some."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, column in zip(table.column_names, table.columns, strict=True):
        if name in _WHOLE:
            fits = pa.types.is_integer(column.type) and not column.null_count
        elif name in _WORDS:
            fits = pa.types.is_string(column.type) and not column.null_count
        elif name == "start_time":
            fits = bool(pc.all(pc.is_finite(column)).as_py() in (True, None))
        else:
            continue
        if not fits:
            raise ValueError(f"{name} has {column.type} values, or some that are missing")


def inside(root: Path, name: str) -> Path:
    """A file of the set. DatasetError: the name leads out of it."""
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise DatasetError(
            f"Expected files under {root} in tracklets.parquet, found {name!r}. The table was "
            "changed: render the set again."
        )
    return root / name
