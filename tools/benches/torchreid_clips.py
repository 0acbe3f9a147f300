"""Torchreid's training pipeline, written anew from its documentation: what ours is held against.

PIL opens every frame, and each frame by itself is resized, flipped, enlarged and cropped, made a
tensor, normalised and erased by torchvision and NumPy; frames are stacked.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from reid_datasets.frames import ImageFiles
from reid_datasets.transforms import MEAN, STD
from torch.utils.data import Dataset
from torchvision import transforms


class FrameByFrame(Dataset):
    """Clips ``(T, 3, H, W)`` of floats, and which tracklet each is of; one draw for each frame.

    An index past the end is the same tracklet once more, as our samplers write it.
    """

    def __init__(self, members: Sequence[ImageFiles], size: tuple[int, int], length: int) -> None:
        self.members, self.length = members, length
        self.steps = transforms.Compose(
            [
                transforms.Resize(size),
                transforms.RandomHorizontalFlip(),
                RandomTranslation(*size),
                transforms.ToTensor(),
                transforms.Normalize(MEAN, STD),
                RandomErasing(),
            ]
        )

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, position: int) -> tuple[torch.Tensor, int]:
        index = position % len(self.members)
        frames = self.members[index]
        chosen = np.sort(np.random.choice(len(frames), self.length))  # noqa: NPY002
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
