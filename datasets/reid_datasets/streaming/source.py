"""Rendered shards to be read as a stream, by the table of tracklets that vidsynth wrote with them.

The tables of crops, which say where every image lies, are not read: they grow with the images.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reid_datasets.benchmarks.rendered import inside
from reid_datasets.benchmarks.synthetic import description_of, unfinished
from reid_datasets.errors import DatasetError
from reid_datasets.shards import ShardFrames
from reid_datasets.streaming.address import SCHEME
from reid_datasets.streaming.headers import Sample, samples

if TYPE_CHECKING:
    from reid_datasets.clips import Unreadable

log = logging.getLogger(__name__)

UNKNOWN = -1
"""A label that the table does not say."""

_LABELS = {
    "identity": "label_id",
    "camera": "camera_id",
    "clothes": "clothes_id",
    "time": "start_time",
}
"""Labels, and their columns; older sets have no clothes and no time."""


@dataclass(frozen=True, eq=False)
class StreamedSource:
    """The training half of a set of shards, by its table of tracklets alone.

    Tracklets are in the order of their names, as `read_shards` has them: index i is the same one.

    Attributes:
        root: the set's folder.
        names: ``(N,)`` strings, the tracklets' names.
        labels: int64 ``(N,)`` each: ``identity`` (the set's own numbers), ``camera``, and, unless
            they are not known of any, ``clothes`` and ``time`` of the first frame, milliseconds on
            the set's clock; -1 where unknown.
        frames: int64 ``(N,)``, the tracklets' numbers of frames.
        shards: the S files the tracklets are in.
        shard: int64 ``(N,)``, which of them each tracklet is in.
    """

    root: Path
    names: np.ndarray
    labels: dict[str, np.ndarray]
    frames: np.ndarray
    shards: tuple[Path, ...]
    shard: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def members(self) -> list[np.ndarray]:
        """Indices of the tracklets in each shard, ascending."""
        order = np.argsort(self.shard, kind="stable")
        return np.split(order, np.cumsum(np.bincount(self.shard, minlength=len(self.shards)))[:-1])

    def read(
        self, shard: int, unreadable: Unreadable = "fail"
    ) -> Iterator[tuple[int, ShardFrames | None]]:
        """Index and frames of every tracklet that the table has in a shard, front to back.

        Reads headers and labels, not the images. With ``unreadable="skip"`` a tracklet that is
        damaged or missing comes with None, after a warning.

        Raises:
            DatasetError: the shard is damaged, or holds other tracklets than the table says.
        """
        path = self.shards[shard]
        missing = {str(self.names[index]): int(index) for index in self.members[shard]}
        found = samples(path)
        while True:
            index = None
            try:
                sample = next(found, None)
                if sample is None:
                    break
                index = missing.pop(sample.name, None)
                frames = self._check(sample, index)
            except DatasetError as error:
                if unreadable == "fail":
                    raise
                log.warning("Left out: %s", error)
                frames = None
            if index is not None:
                yield index, frames
        if missing:
            message = (
                f"Expected {len(self.members[shard])} tracklets in {path}, as tracklets.parquet "
                f"says, found no {min(missing)} ({len(missing)} are missing). Give "
                "the command that rendered the set again; it completes what is missing."
            )
            if unreadable == "fail":
                raise DatasetError(message)
            log.warning("Left out: %s", message)
        yield from ((index, None) for index in missing.values())

    def _check(self, sample: Sample, index: int | None) -> ShardFrames:
        """The frames of a sample that is as the table says."""
        if index is None:
            raise DatasetError(
                f"Expected only tracklets of tracklets.parquet in {sample.shard}, and each once, "
                f"found {sample.name!r}: they do not belong together. Give the command that "
                "rendered the set again, which rewrites its tables."
            )
        said = sample.labels()
        for key, name in (("identity", "label_id"), ("camera", "camera_id")):
            known = int(self.labels[key][index])
            value = said.get(name)
            if (UNKNOWN if value is None else value) != known:
                raise DatasetError(
                    f"Expected {name} {known} of {sample.name} in {sample.shard}, as "
                    f"tracklets.parquet says, found {value!r}: they do not belong together. Give "
                    "the command that rendered the set again, which rewrites its tables."
                )
        return sample.frames(int(self.frames[index]))


def open_stream(root: Path) -> StreamedSource:
    """The training half of a finished set of shards; opens none of them, nor the tables of crops.

    Raises:
        DatasetError: there is no finished set, or it was not rendered as shards.
    """
    if not root.is_dir():
        raise DatasetError(
            f"Expected a rendered data set at {root}, found no directory. Render one with "
            f"`vidsynth render-tracklets --format webdataset --output {root}`, or name the folder "
            f"of one: {SCHEME}://PATH."
        )
    layout = description_of(root / "dataset.json").get("layout", "mars")
    if layout != "webdataset":
        raise DatasetError(
            f"Expected the layout webdataset in {root / 'dataset.json'}, found {layout!r}: only "
            "shards can be streamed. Train on it as `synthetic` with --source-root, or render "
            "shards with `vidsynth render-tracklets --format webdataset` into an empty directory."
        )
    if not (root / "tracklets.parquet").exists():
        raise unfinished(root, "no tracklets.parquet")
    columns = _training_columns(root / "tracklets.parquet")
    names = columns["tracklet"]
    if not len(names):
        raise DatasetError(
            f"Expected training tracklets in {root / 'tracklets.parquet'}, found none. Render with "
            "a lower test_share."
        )
    order = np.argsort(names, kind="stable")
    if (names[order][1:] == names[order][:-1]).any():
        raise DatasetError(
            f"Expected each tracklet once in {root / 'tracklets.parquet'}, found one twice. Give "
            "the command that rendered the set again, which rewrites its tables."
        )
    if (columns["frames"] < 1).any():
        raise DatasetError(
            f"Expected frames in every tracklet of {root / 'tracklets.parquet'}, found one without."
            " Give the command that rendered the set again, which rewrites its tables."
        )
    paths, shard = np.unique(columns["path"][order], return_inverse=True)
    return StreamedSource(
        root,
        names[order],
        {key: columns[key][order] for key in _LABELS if key in columns},
        columns["frames"][order],
        tuple(inside(root, str(path)) for path in paths),
        shard.reshape(-1),
    )


def _training_columns(path: Path) -> dict[str, np.ndarray]:
    """Columns of the training tracklets, ``(N,)`` each: strings, or int64 with -1 for no value.
    Without labels that no tracklet has."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    needed = {key: key for key in ("tracklet", "path", "frames")}
    needed |= {key: _LABELS[key] for key in ("identity", "camera")}
    try:
        there = set(pq.read_schema(path).names)
        wanted = needed | {key: name for key, name in _LABELS.items() if name in there}
        train = [("split", "=", "train")]
        table = pq.read_table(path, columns=list(wanted.values()), filters=train)
        found = {}
        for key, name in wanted.items():
            column = table[name]
            if key in ("tracklet", "path"):
                found[key] = np.array(column.to_pylist(), dtype=str)
                continue
            if key == "time":
                column = pc.round(pc.multiply(column, 1000.0))
            found[key] = pc.fill_null(column.cast(pa.int64()), UNKNOWN).to_numpy()
    except (OSError, pa.ArrowException) as error:
        raise DatasetError(
            f"Expected the columns {', '.join(needed.values())} and split in {path}, but they "
            f"cannot be read ({str(error).splitlines()[0]}). Give the command that rendered the "
            "set again, which rewrites its tables."
        ) from error
    unknown = {key for key in ("clothes", "time") if key in found and (found[key] == UNKNOWN).all()}
    return {key: column for key, column in found.items() if key not in unknown}
