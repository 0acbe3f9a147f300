"""How fast training clips come out of image files."""

from __future__ import annotations

import math
import random
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Annotated

import numpy as np
import torch
import typer
from PIL import Image
from reid_datasets.clips import UnlabelledClipDataset
from reid_datasets.frames import ImageFiles
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.transforms import MEAN, STD, TrainTransform, normalise
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

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

    The reference is torchreid's training pipeline, written anew from its documentation: PIL opens
    every frame, and each frame by itself is resized, flipped, enlarged and cropped, made a tensor,
    normalised and erased by torchvision and NumPy; frames are stacked. Both read the same files
    with the same DataLoader, in turns. Floor: decoding the files with Pillow, nothing else.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        members = _files(Path(folder), tracklets) if root is None else _found(root, tracklets)
        data = [UnlabelledTracklet(frames, None) for frames in members]
        ours = UnlabelledClipDataset(data, LENGTH, TrainTransform(SIZE, pad=10), seed=0)
        theirs = FrameByFrame(members)
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


class FrameByFrame(Dataset):
    """Torchreid's steps for training frames, one draw for each frame."""

    def __init__(self, members: list[ImageFiles]) -> None:
        self.members = members
        height, width = SIZE
        self.steps = transforms.Compose(
            [
                transforms.Resize(SIZE),
                transforms.RandomHorizontalFlip(),
                RandomTranslation(height, width),
                transforms.ToTensor(),
                transforms.Normalize(MEAN, STD),
                RandomErasing(),
            ]
        )

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        frames = self.members[index]
        chosen = np.sort(np.random.choice(len(frames), LENGTH))  # noqa: NPY002
        images = [Image.open(frames[int(i)]).convert("RGB") for i in chosen]
        return torch.stack([self.steps(image) for image in images]), index


class RandomTranslation:
    """Half of the time: enlarge to 9/8 and crop at random."""

    def __init__(self, height: int, width: int) -> None:
        self.height, self.width = height, width

    def __call__(self, image: Image.Image) -> Image.Image:
        if random.random() > 0.5:
            return image
        wide, high = round(self.width * 1.125), round(self.height * 1.125)
        enlarged = image.resize((wide, high), Image.Resampling.BILINEAR)
        left = random.randint(0, wide - self.width)
        top = random.randint(0, high - self.height)
        return enlarged.crop((left, top, left + self.width, top + self.height))


class RandomErasing:
    """Half of the time: a rectangle of the mean colour."""

    def __call__(self, image: torch.Tensor) -> torch.Tensor:
        if random.random() > 0.5:
            return image
        _, height, width = image.shape
        for _ in range(100):
            area = random.uniform(0.02, 0.4) * height * width
            aspect = random.uniform(0.3, 1 / 0.3)
            h, w = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if h < height and w < width:
                top, left = random.randint(0, height - h), random.randint(0, width - w)
                for channel, mean in enumerate(MEAN):
                    image[channel, top : top + h, left : left + w] = mean
                break
        return image


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
    """Crops of 256x128, as MARS has them: smooth shapes, edges and a little noise, quality 90."""
    rng = np.random.default_rng(0)
    members = []
    for number in range(tracklets):
        base = rng.integers(0, 256, (16, 8, 3), dtype=np.uint8)
        names = []
        for frame in range(16):
            shape = Image.fromarray(np.roll(base, frame, axis=1)).resize((128, 256))
            noise = rng.normal(0, 6, (256, 128, 3))
            pixels = np.clip(np.asarray(shape, float) + noise, 0, 255).astype(np.uint8)
            name = f"{number:04d}F{frame:03d}.jpg"
            Image.fromarray(pixels).save(folder / name, quality=90)
            names.append(name)
        members.append(ImageFiles(folder, tuple(names)))
    return members


def _found(root: Path, tracklets: int) -> list[ImageFiles]:
    files = sorted(root.rglob("*.jpg"))[: 16 * tracklets]
    if len(files) < 16 * 8:
        raise typer.BadParameter(f"expected at least 128 .jpg files under {root}")
    groups = [files[i : i + 16] for i in range(0, len(files) - 15, 16)]
    return [ImageFiles(root, tuple(str(f.relative_to(root)) for f in g)) for g in groups]
