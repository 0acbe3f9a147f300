"""Clip transforms: one random draw per clip, never per frame.

Clips stay bytes until they are where the model is: a batch of floats is four times as much to
write, to send between processes and to copy to a GPU. `normalise` is the last step, by batch. The
arithmetic before it is NumPy's, on one thread. torch splits a clip of 100,000 numbers over all
cores, and where those are busy its threads wait for each other: 98 ms measured where this takes 5.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torchvision.transforms.v2 import AugMix, InterpolationMode, functional
from torchvision.tv_tensors import Video

Frames = torch.Tensor | Sequence[torch.Tensor]
"""uint8 ``(T, 3, H, W)``, or T images ``(3, H, W)`` that may differ in size."""

MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)
"""Of ImageNet, RGB, pixels in 0..1."""

MEAN_COLOUR = tuple(round(255 * mean) for mean in MEAN)
"""What is erased becomes this: at most 0.009 from zero when normalised."""

LUMA = (0.299, 0.587, 0.114)
"""Share of red, green and blue in brightness (ITU-R BT.601)."""


def normalise(clips: torch.Tensor) -> torch.Tensor:
    """uint8 ``(..., 3, H, W)`` to float32 with ImageNet's mean and deviation, where they are."""
    scale, shift = _scale_and_shift(clips.device)
    if clips.device.type == "cpu":
        found = np.multiply(clips.numpy(), scale.numpy(), dtype=np.float32)
        found -= shift.numpy()
        return torch.from_numpy(found)
    return clips.to(torch.float32).mul_(scale).sub_(shift)


@functools.cache
@torch.inference_mode(False)  # whoever asks first
def _scale_and_shift(device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    """float32 ``(3, 1, 1)`` each; copied to a device once, which waits for it."""
    std = np.array(STD, np.float32)[:, None, None]
    mean = np.array(MEAN, np.float32)[:, None, None]
    return torch.from_numpy(1 / (255 * std)).to(device), torch.from_numpy(mean / std).to(device)


Interpolation = Literal["bilinear", "bicubic"]


def resize(
    frames: Frames, size: tuple[int, int], interpolation: Interpolation = "bilinear"
) -> list[np.ndarray]:
    """Frames at ``size`` (height, width) pixels, uint8 ``(3, H, W)`` each; antialiased."""
    mode = InterpolationMode(interpolation)
    return [
        frame.numpy()
        if frame.shape[1:] == size
        else functional.resize(frame.contiguous(), list(size), mode, antialias=True).numpy()
        for frame in frames
    ]


@dataclass(frozen=True)
class TestTransform:
    """Resize; uint8 ``(T, 3, *size)``, to be normalised."""

    __test__ = False

    size: tuple[int, int] = (256, 128)
    interpolation: Interpolation = "bilinear"

    def __call__(self, frames: Frames, generator: torch.Generator | None = None) -> torch.Tensor:
        return torch.from_numpy(np.stack(resize(frames, self.size, self.interpolation)))


@dataclass(frozen=True)
class TrainTransform:
    """Resize, flip, pad and crop, jitter, AugMix, occlude, erase; every frame of a clip alike.

    Returns uint8 ``(T, 3, *size)``, to be normalised. ``flip``, ``augmix``, ``erase`` and
    ``jitter_probability`` are probabilities,
    ``pad`` is in pixels of the resized frame, and the jitter strengths are the half-width of a
    factor around 1 (0.2: brightness x0.8 to x1.2), that of ``hue`` a share of its circle (0.05: 18
    degrees either way). Random erasing (Zhong et al., AAAI 2020) fills
    with the mean colour. AugMix (Hendrycks et al., ICLR 2020) is as mild as TAGPerson trains with:
    three chains of one operation each, severity 1, mixed with the picture by Beta(0.1, 0.1). Where
    ``occlude`` is above 0, a white square lies over each clip, up to that share of the shorter side
    long (Liao and Shao, QAConv's code).
    """

    size: tuple[int, int] = (256, 128)
    flip: float = 0.5
    pad: int = 10
    erase: float = 0.5
    brightness: float = 0.0
    contrast: float = 0.0
    saturation: float = 0.0
    hue: float = 0.0
    jitter_probability: float = 1.0
    erase_area: tuple[float, float] = (0.02, 0.4)
    erase_aspect: tuple[float, float] = (0.3, 1 / 0.3)
    interpolation: Interpolation = "bilinear"
    augmix: float = 0.0
    occlude: float = 0.0

    def __call__(self, frames: Frames, generator: torch.Generator | None) -> torch.Tensor:
        if generator is None:
            raise ValueError("TrainTransform draws at random: expected a torch.Generator")
        draw = _Draw(generator)
        mirrored = draw.chance(self.flip)
        down, right = (draw.integer(2 * self.pad + 1) - self.pad for _ in range(2))
        resized = resize(frames, self.size, self.interpolation)
        clip = self._placed(resized, mirrored, down, right)
        clip = self._jitter(clip, draw)
        if self.augmix and draw.chance(self.augmix):
            clip = mixed(clip, draw.integer(2**31))
        if self.occlude:
            self._occlude(clip, draw)
        if draw.chance(self.erase):
            self._erase(clip, draw)
        return torch.from_numpy(clip)

    def _placed(
        self, frames: list[np.ndarray], mirrored: bool, down: int, right: int
    ) -> np.ndarray:
        """Frames moved by so many pixels, black where they leave room: padded and cropped, in the
        one copy that makes a clip of them."""
        height, width = self.size
        clip = np.empty((len(frames), 3, height, width), np.uint8)
        to_rows, from_rows = _overlap(height, down)
        to_columns, from_columns = _overlap(width, right)
        if down or right:
            clip.fill(0)
        for place, frame in zip(clip, frames, strict=True):
            seen = frame[..., ::-1] if mirrored else frame
            place[:, to_rows, to_columns] = seen[:, from_rows, from_columns]
        return clip

    def _jitter(self, clip: np.ndarray, draw: _Draw) -> np.ndarray:
        """Brightness, then contrast around the clip's mean, then saturation, in one expression;
        hue last."""
        if not (self.brightness or self.contrast or self.saturation or self.hue):
            return clip
        if self.jitter_probability < 1 and not draw.chance(self.jitter_probability):
            return clip
        brightness = draw.around_one(self.brightness)
        contrast = draw.around_one(self.contrast)
        saturation = draw.around_one(self.saturation)
        pixels = clip.astype(np.float32)
        weights = np.array(LUMA, np.float32) * brightness
        luma = sum(w * pixels[:, i] for i, w in enumerate(weights))[:, None]
        pixels *= brightness * contrast * saturation
        pixels += contrast * (1 - saturation) * luma + (1 - contrast) * luma.mean()
        found = np.clip(np.rint(pixels, out=pixels), 0, 255, out=pixels).astype(np.uint8)
        if not self.hue:
            return found
        turn = draw.between(-self.hue, self.hue)
        return functional.adjust_hue(torch.from_numpy(found), turn).numpy()

    def _occlude(self, clip: np.ndarray, draw: _Draw) -> None:
        """A white square, of one pixel or more, the same in every frame."""
        height, width = self.size
        side = 1 + draw.integer(max(int(min(self.size) * self.occlude), 1))
        top, left = draw.integer(height - side + 1), draw.integer(width - side + 1)
        clip[..., top : top + side, left : left + side] = 255

    def _erase(self, clip: np.ndarray, draw: _Draw) -> None:
        """Blanks one rectangle, the same in every frame. Tries ten times for one that fits."""
        height, width = self.size
        for _ in range(10):
            area = draw.between(*self.erase_area) * height * width
            aspect = math.exp(draw.between(*map(math.log, self.erase_aspect)))
            tall, wide = round(math.sqrt(area * aspect)), round(math.sqrt(area / aspect))
            if 0 < tall < height and 0 < wide < width:
                top, left = draw.integer(height - tall + 1), draw.integer(width - wide + 1)
                hole = clip[..., top : top + tall, left : left + wide]
                hole[:] = np.array(MEAN_COLOUR, np.uint8)[:, None, None]
                return


def mixed(clip: np.ndarray, seed: int) -> np.ndarray:
    """A clip uint8 ``(T, 3, H, W)`` after AugMix: what is drawn is the same for all frames."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # not a GPU's, as torch.manual_seed would
        # As floats: of bytes it would cut off what is behind the point, and darken all it mixes.
        found = _AUGMIX(Video(torch.from_numpy(clip).float().div_(255)))
    pixels = found.as_subclass(torch.Tensor)
    return pixels.mul_(255).round_().clamp_(0, 255).byte().numpy()


# Of torchvision's severities the first moves nothing; the second is what others call the first.
_AUGMIX = AugMix(severity=2, mixture_width=3, chain_depth=1, alpha=0.1, all_ops=False)


def _overlap(length: int, shift: int) -> tuple[slice, slice]:
    """Where a line moved by ``shift`` lies in its old place, and which part of it that is."""
    return (
        slice(max(shift, 0), length + min(shift, 0)),
        slice(max(-shift, 0), length - max(shift, 0)),
    )


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
