"""Unpaired pictures of both domains: one frame of each tracklet that is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from reid_datasets.clips import ClipDataset
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.samplers import BatchSampler, CameraSampler, ShuffledSampler
from reid_datasets.transforms import Interpolation, resize

from uda.batches.feed import Feed, default_workers
from uda.translation.settings import Pictures, Settings


class Batch(NamedTuple):
    """Pictures (B, 3, H, W), -1 to 1, and the share of the person in each pixel (B, 1, H, W), where
    their masks are known."""

    pictures: torch.Tensor
    masks: torch.Tensor | None


class Pair(NamedTuple):
    """A batch of each domain; their pictures do not belong together."""

    source: Batch
    target: Batch


@dataclass(frozen=True)
class Cropped:
    """Resize to ``enlarged``, crop ``within`` at random, mirror: uint8 (1, C, H, W) of one picture.

    A mask, as a fourth channel, goes the same way. ``size`` is what decoders must give at least.
    """

    within: tuple[int, int]
    size: tuple[int, int]
    flip: float
    interpolation: Interpolation

    def __call__(
        self, frames: Sequence[torch.Tensor], generator: torch.Generator | None
    ) -> torch.Tensor:
        if generator is None:
            raise ValueError("Cropped draws at random: expected a torch.Generator")
        down, right = (
            int(torch.randint(large - side + 1, (), generator=generator))
            for large, side in zip(self.size, self.within, strict=True)
        )
        mirrored = torch.rand((), generator=generator).item() < self.flip
        (picture,) = resize(frames, self.size, self.interpolation)
        seen = picture[:, down : down + self.within[0], right : right + self.within[1]]
        return torch.from_numpy(
            np.ascontiguousarray(seen[None, ..., ::-1] if mirrored else seen[None])
        )


class Pairs:
    """Pairs of batches: a pure function of (seed, epoch, step).

    Args:
        source: tracklets, with masks as a fourth channel where a method needs them.
        targets: tracklets of each target, likewise.
        settings: ``pictures`` and ``training`` are used.
        pin_memory: as of `torch.utils.data.DataLoader`.
    """

    def __init__(
        self,
        source: Sequence[Tracklet | UnlabelledTracklet],
        targets: Sequence[Sequence[Tracklet | UnlabelledTracklet]],
        settings: Settings,
        *,
        pin_memory: bool = False,
    ) -> None:
        how, seed, batch = settings.pictures, settings.training.seed, settings.pictures.batch
        self.steps = settings.training.steps or max(len(source) // batch, 1)
        pooled = [tracklet for target in targets for tracklet in target]
        drawing: BatchSampler
        if how.pooling == "even":
            sets = [number for number, target in enumerate(targets) for _ in target]
            drawing = CameraSampler(sets, batch, seed + 1, batches=self.steps)
        else:
            drawing = ShuffledSampler(len(pooled), batch, seed + 1, batches=self.steps)
        first = ShuffledSampler(len(source), batch, seed, batches=self.steps)
        self._source = _feed(source, first, how, seed, pin_memory)
        self._target = _feed(pooled, drawing, how, seed + 1, pin_memory)

    def rest(self, epoch: int, step: int, device: torch.device) -> Iterator[Pair]:
        """The pairs of an epoch from a step on, where the networks are.

        Raises:
            DatasetError: a picture is damaged.
        """
        both = zip(
            self._source.batches(epoch, step), self._target.batches(epoch, step), strict=True
        )
        for (source, _), (target, _) in both:
            yield Pair(as_batch(source[:, 0], device), as_batch(target[:, 0], device))


def as_batch(pixels: torch.Tensor, device: torch.device) -> Batch:
    """uint8 (B, 3 or 4, H, W) as a batch on the device."""
    moved = pixels.to(device, non_blocking=True).to(torch.float32)
    masks = moved[:, 3:] / 255 if moved.shape[1] == 4 else None
    return Batch(moved[:, :3] / 127.5 - 1, masks)


def as_pixels(pictures: torch.Tensor) -> torch.Tensor:
    """Pictures from -1 to 1 as uint8, on the CPU."""
    return ((pictures.float() + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).cpu()


def workers_for(how: Pictures) -> int:
    """Processes that decode, for each domain."""
    return default_workers() if how.workers is None else how.workers


def _feed(
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    drawing: BatchSampler,
    how: Pictures,
    seed: int,
    pin_memory: bool,
) -> Feed:
    transform = Cropped(how.size, how.enlarged or how.size, how.flip, how.resize)
    dataset = ClipDataset(tracklets, 1, transform, seed, unreadable=how.unreadable)
    return Feed(
        dataset,
        drawing,
        {},
        lambda index: tracklets[index].frames.name(0),
        workers=workers_for(how),
        pin_memory=pin_memory,
    )
