"""Clip transforms: one random draw per clip, never per frame.

The arithmetic is NumPy's, on one thread. torch splits a clip of 100,000 numbers over all cores,
and where those are busy its threads wait for each other: 98 ms measured where this takes 5.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torchvision.transforms.v2 import functional

Frames = torch.Tensor | Sequence[torch.Tensor]
"""uint8 ``(T, 3, H, W)``, or T images ``(3, H, W)`` that may differ in size."""

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""Of ImageNet, RGB, pixels in 0..1."""


LUMA = (0.299, 0.587, 0.114)
"""Share of red, green and blue in brightness (ITU-R BT.601)."""


def resize(frames: Frames, size: tuple[int, int]) -> np.ndarray:
    """Frames at ``size`` (height, width) pixels, uint8 ``(T, 3, H, W)``; antialiased bilinear."""
    clip = np.empty((len(frames), 3, *size), np.uint8)
    for place, frame in zip(clip, frames, strict=True):
        if frame.shape[1:] != size:
            frame = functional.resize(frame, list(size), antialias=True)
        place[:] = frame.numpy()
    return clip


def normalise(clip: np.ndarray) -> np.ndarray:
    """Pixels 0..255 ``(T, 3, H, W)`` with ImageNet's mean and deviation: 0 is the mean colour."""
    scale = 1 / (255 * np.array(STD, np.float32))
    shift = np.array(MEAN, np.float32) / np.array(STD, np.float32)
    normalised = clip.astype(np.float32)
    normalised *= scale[:, None, None]
    normalised -= shift[:, None, None]
    return normalised


def denormalise(clip: torch.Tensor) -> torch.Tensor:
    """The inverse of `normalise`, for looking at clips: float ``(..., 3, H, W)`` to uint8."""
    std = torch.tensor(STD, device=clip.device).view(3, 1, 1)
    mean = torch.tensor(MEAN, device=clip.device).view(3, 1, 1)
    return ((clip * std + mean) * 255).round_().clamp_(0, 255).to(torch.uint8)


@dataclass(frozen=True)
class TestTransform:
    """Resize and normalise."""

    __test__ = False

    size: tuple[int, int] = (256, 128)

    def __call__(self, frames: Frames, generator: torch.Generator | None = None) -> torch.Tensor:
        return torch.from_numpy(normalise(resize(frames, self.size)))


@dataclass(frozen=True)
class TrainTransform:
    """Resize, flip, pad and crop, jitter, normalise, erase; every frame of a clip alike.

    ``flip`` and ``erase`` are probabilities, ``pad`` is in pixels of the resized frame, and the
    jitter strengths are the half-width of a factor around 1 (0.2: brightness x0.8 to x1.2).
    Random erasing (Zhong et al., AAAI 2020) fills with the mean colour.
    """

    size: tuple[int, int] = (256, 128)
    flip: float = 0.5
    pad: int = 10
    erase: float = 0.5
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    erase_area: tuple[float, float] = (0.02, 0.4)
    erase_aspect: tuple[float, float] = (0.3, 1 / 0.3)

    def __call__(self, frames: Frames, generator: torch.Generator | None) -> torch.Tensor:
        if generator is None:
            raise ValueError("TrainTransform draws at random: expected a torch.Generator")
        draw = _Draw(generator)
        clip = resize(frames, self.size)
        if draw.chance(self.flip):
            clip = clip[..., ::-1]
        if self.pad:
            clip = self._crop(clip, draw)
        clip = normalise(self._jitter(clip, draw))
        if draw.chance(self.erase):
            self._erase(clip, draw)
        return torch.from_numpy(clip)

    def _crop(self, clip: np.ndarray, draw: _Draw) -> np.ndarray:
        height, width = self.size
        top, left = draw.integer(2 * self.pad + 1), draw.integer(2 * self.pad + 1)
        border = (self.pad, self.pad)
        padded = np.pad(clip, ((0, 0), (0, 0), border, border))
        return padded[..., top : top + height, left : left + width]

    def _jitter(self, clip: np.ndarray, draw: _Draw) -> np.ndarray:
        """Brightness, then contrast around the clip's mean, then saturation, in one expression."""
        if not (self.brightness or self.contrast or self.saturation):
            return clip
        brightness = draw.around_one(self.brightness)
        contrast = draw.around_one(self.contrast)
        saturation = draw.around_one(self.saturation)
        pixels = clip.astype(np.float32)
        weights = np.array(LUMA, np.float32) * brightness
        luma = sum(w * pixels[:, i] for i, w in enumerate(weights))[:, None]
        pixels *= brightness * contrast * saturation
        pixels += contrast * (1 - saturation) * luma + (1 - contrast) * luma.mean()
        return np.clip(pixels, 0, 255, out=pixels)

    def _erase(self, clip: np.ndarray, draw: _Draw) -> None:
        """Blanks one rectangle, the same in every frame. Tries ten times for one that fits."""
        height, width = self.size
        for _ in range(10):
            area = draw.between(*self.erase_area) * height * width
            aspect = math.exp(draw.between(*map(math.log, self.erase_aspect)))
            tall, wide = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < tall < height and 0 < wide < width:
                top, left = draw.integer(height - tall + 1), draw.integer(width - wide + 1)
                clip[..., top : top + tall, left : left + wide] = 0
                return


class _Draw:
    """Scalars out of a torch.Generator."""

    def __init__(self, generator: torch.Generator) -> None:
        self.generator = generator

    def chance(self, probability: float) -> bool:
        return self.between(0, 1) < probability

    def integer(self, end: int) -> int:
        return int(torch.randint(end, (), generator=self.generator))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * torch.rand((), generator=self.generator).item()

    def around_one(self, strength: float) -> float:
        return self.between(max(1 - strength, 0), 1 + strength)
