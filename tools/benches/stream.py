"""How fast shards are streamed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Annotated, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
import typer
from benches.made_crops import write_crops
from reid_datasets.benchmarks.synthetic import read
from reid_datasets.records import Tracklet
from reid_datasets.samplers import PKSampler
from reid_datasets.shards import ShardFrames
from reid_datasets.streaming.clips import Drawn, StreamedClipDataset
from reid_datasets.streaming.sampler import StreamedPKSampler
from reid_datasets.streaming.source import StreamedSource, open_stream
from reid_datasets.transforms import TrainTransform
from torch.utils.data import DataLoader

from vidsynth.formats.webdataset import pack
from vidsynth.labels.crops import CROPS
from vidsynth.labels.tracklets import TRACKLETS

SIZE, LENGTH, P, K, FRAMES, TOGETHER = (256, 128), 8, 8, 4, 16, 4


def stream(
    tracklets: Annotated[int, typer.Option(min=64, help="Tracklets of 16 images each.")] = 1024,
    rounds: Annotated[int, typer.Option(min=1, help="The median of them counts.")] = 5,
    buffer: Annotated[int, typer.Option(min=32, help="Tracklets held.")] = 256,
) -> None:
    """Tracklets per second by headers alone, and training clips per second against random access.

    The reference draws an epoch of the same shards with `PKSampler`, by the offsets in the tables
    of crops; both make the same clips (T=8, 256x128, batches of 8 x 4) without workers. "Cold" is
    with the shards dropped from the page cache before every turn, where the system can.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = _shards(Path(folder) / "set", tracklets)
        began = time.perf_counter()
        source = open_stream(root)
        opened = time.perf_counter()
        train = read(root).train
        print(
            f"opening: {opened - began:.2f} s by the table of tracklets, "
            f"{time.perf_counter() - opened:.2f} s with the tables of crops"
        )
        for name, cold in (("warm", False), ("cold", True)):
            speeds, walks = [], []
            for number in range(rounds):
                walks.append((_walk(source, cold), _whole(source, cold)))
                theirs = _random(source, train, number, cold)
                speeds.append((_streamed(source, number, buffer, cold), theirs))
            walk, whole = (median(column) for column in zip(*walks, strict=True))
            ours, theirs = (median(column) for column in zip(*speeds, strict=True))
            print(
                f"{name}: headers {walk:,.0f} tracklets/s, the bytes of the files {whole:,.0f}; "
                f"clips {ours:.1f}/s streamed, {theirs:.1f} by random access, "
                f"{median(ours / theirs for ours, theirs in speeds):.2f} times as fast"
            )


def _walk(source: StreamedSource, cold: bool) -> float:
    """Tracklets per second of a walk by headers."""
    return _speed(
        source, cold, lambda: sum(1 for n in range(len(source.shards)) for _ in source.read(n))
    )


def _whole(source: StreamedSource, cold: bool) -> float:
    """Tracklets per second of reading the files' bytes, nothing else."""

    def read_all() -> int:
        for path in source.shards:
            path.read_bytes()
        return len(source)

    return _speed(source, cold, read_all)


def _streamed(source: StreamedSource, number: int, buffer: int, cold: bool) -> float:
    """Clips per second of an epoch, filling the buffer included."""
    sampler = StreamedPKSampler(source, P, K, seed=0, buffer=buffer)
    sampler.set_epoch(number)
    return _speed(source, cold, lambda: _decode(source, sampler))


def _random(source: StreamedSource, train: tuple[Tracklet, ...], number: int, cold: bool) -> float:
    """The same by random access: the same decoding, other places."""
    labels = source.labels["identity"].tolist(), source.labels["camera"].tolist()
    sampler = PKSampler(*labels, P, K, seed=0)
    sampler.set_epoch(number)
    batches = [
        [Drawn(position, cast(ShardFrames, train[position % len(train)].frames)) for position in b]
        for b in sampler
    ]
    return _speed(source, cold, lambda: _decode(source, batches))


def _decode(source: StreamedSource, batches: Iterable[list[Drawn]]) -> int:
    data = StreamedClipDataset(len(source), LENGTH, TrainTransform(SIZE, pad=10), seed=0)
    return sum(len(clips) for clips, _ in DataLoader(data, batch_sampler=batches))


def _speed(source: StreamedSource, cold: bool, work: Callable[[], int]) -> float:
    if cold:
        for path in source.shards:
            _forget(path)
    began = time.perf_counter()
    done = work()
    return done / (time.perf_counter() - began)


def _forget(path: Path) -> None:
    """Drops a file from the page cache, where the system can."""
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _shards(root: Path, tracklets: int) -> Path:
    """People of four tracklets, two shots with two cameras each, four people in a shot; of images
    there are 64 tracklets, again and again."""
    rng = np.random.default_rng(0)
    (root / "crops").mkdir(parents=True)
    (root / "shards").mkdir()
    images = []
    for number in range(64):
        files = [root / f"{number}-{frame}.jpg" for frame in range(FRAMES)]
        write_crops(iter(files), rng)
        images.append(files)
    rows = []
    for shot in range(tracklets // (2 * TOGETHER)):
        room = root / "room"
        room.mkdir()
        made, crops = [], []
        for place in range(2 * TOGETHER):
            person = shot // 2 * TOGETHER + place // 2 + 1
            camera = shot % 2 * 2 + place % 2 + 1
            name = f"{person:04d}C{camera}T{shot % 2 + 1:04d}"
            made.append(
                {"tracklet": name, "label_id": person, "camera_id": camera, "split": "train",
                 "shot": shot, "frames": list(range(FRAMES))}
            )  # fmt: skip
            records = []
            for position, image in enumerate(images[rng.integers(len(images))]):
                file = f"{name}F{position + 1:03d}.jpg"
                shutil.copyfile(image, room / file)
                records.append({"tracklet": name, "file": file, "position": position})
            crops.append(records)
        pack(room, shot, made, crops)
        (room / f"shards/train-{shot:06d}.tar").rename(root / f"shards/train-{shot:06d}.tar")
        shutil.rmtree(room)
        table = pa.Table.from_pylist(
            [record for records in crops for record in records], CROPS.schema
        )
        pq.write_table(table, root / f"crops/{shot:06d}.parquet")
        path = f"shards/train-{shot:06d}.tar"
        rows += [{**row, "path": path, "frames": FRAMES, "query": False} for row in made]
    pq.write_table(pa.Table.from_pylist(rows, TRACKLETS.schema), root / "tracklets.parquet")
    (root / "dataset.json").write_text('{"layout": "webdataset"}')
    torch.set_num_threads(1)
    return root
