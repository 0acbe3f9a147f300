"""How fast training clips come out of image files."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import torch
import typer
from benches.made_crops import write_crops
from benches.torchreid_clips import FrameByFrame
from PIL import Image
from reid_datasets.clips import ClipDataset
from reid_datasets.frames import ImageFiles
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.transforms import TrainTransform, normalise
from torch.utils.data import DataLoader, Dataset

SIZE, LENGTH, BATCH = (256, 128), 8, 8
LIMIT = 2.5


def load(
    tracklets: Annotated[int, typer.Option(min=8, help="Tracklets of 16 files each.")] = 192,
    rounds: Annotated[int, typer.Option(min=1, help="The median of them counts.")] = 5,
    root: Annotated[
        Path | None, typer.Option(help="Use the JPEG files under here instead of made ones.")
    ] = None,
) -> None:
    """Clips per second of the training loader: T=8, 256x128, flip, pad and crop, erasing.

    The reference is torchreid's training pipeline (`torchreid_clips`). Both read the same files
    with the same DataLoader, in turns. Floor: decoding the files with Pillow, nothing else.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        members = _files(Path(folder), tracklets) if root is None else _found(root, tracklets)
        data = [UnlabelledTracklet(frames, None) for frames in members]
        ours = ClipDataset(data, LENGTH, TrainTransform(SIZE, pad=10), seed=0)
        theirs = FrameByFrame(members, SIZE, LENGTH)
        for workers in (0, 2):
            ratios, speeds = [], []
            for number in range(rounds):
                ours.set_epoch(number)
                mine, reference = _speed(ours, workers), _speed(theirs, workers)
                ratios.append(mine / reference)
                speeds.append((mine, reference))
            mine, reference = (median(column) for column in zip(*speeds, strict=True))
            print(
                f"{workers} workers: {mine:.1f} clips/s, torchreid's pipeline {reference:.1f}; "
                f"{median(ratios):.2f} times as fast (aim: {LIMIT})"
            )
        floor = median(_decode_only(members) for _ in range(rounds))
        alone = median(_speed(ours, 0) for _ in range(rounds))
        print(
            f"floor (Pillow decodes the same {LENGTH} frames to RGB, one process): {floor:.1f} "
            f"clips/s; we are at {floor / alone:.2f} times the floor"
        )


def _speed(data: Dataset, workers: int) -> float:
    """Clips per second over one pass, worker processes already running."""
    loader = DataLoader(
        data, BATCH, shuffle=True, num_workers=workers, persistent_workers=workers > 0
    )
    if workers:
        for _ in loader:
            pass
    began = time.perf_counter()
    clips = 0
    for batch, _ in loader:
        # Ours come as bytes and are normalised by batch, as the training loop does.
        clips += len(normalise(batch) if batch.dtype == torch.uint8 else batch)
    return clips / (time.perf_counter() - began)


def _decode_only(members: list[ImageFiles]) -> float:
    began = time.perf_counter()
    for frames in members:
        for i in range(LENGTH):
            with Image.open(frames[i]) as image:
                image.convert("RGB")
    return len(members) / (time.perf_counter() - began)


def _files(folder: Path, tracklets: int) -> list[ImageFiles]:
    rng = np.random.default_rng(0)
    members = []
    for number in range(tracklets):
        names = tuple(f"{number:04d}F{frame:03d}.jpg" for frame in range(16))
        write_crops((folder / name for name in names), rng)
        members.append(ImageFiles(folder, names))
    return members


def _found(root: Path, tracklets: int) -> list[ImageFiles]:
    files = sorted(root.rglob("*.jpg"))[: 16 * tracklets]
    if len(files) < 16 * 8:
        raise typer.BadParameter(f"expected at least 128 .jpg files under {root}")
    groups = [files[i : i + 16] for i in range(0, len(files) - 15, 16)]
    return [ImageFiles(root, tuple(str(f.relative_to(root)) for f in g)) for g in groups]
