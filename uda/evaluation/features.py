"""One feature for each tracklet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import torch
from reid_datasets.clips import all_frames, restricted
from reid_datasets.errors import DatasetError, from_worker
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.transforms import TestTransform
from torch import nn
from torch.utils.data import DataLoader, Dataset

FrameChoice = Literal["all"] | int
"""Every frame, in strided clips; or that many frames, the first of as many equal blocks."""

Progress = Callable[[int, int], None]
"""Called with the number of clips done and in all."""


def extract(
    model: nn.Module,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    *,
    clip_length: int,
    frames: FrameChoice,
    size: tuple[int, int],
    batch: int,
    device: torch.device | str,
    workers: int = 0,
    progress: Progress | None = None,
) -> np.ndarray:
    """Features ``(N, D)`` float32 of length 1: a tracklet's mean embedding over its clips.

    ``size`` is (height, width) in pixels, ``batch`` counts clips. The model, which must already be
    on ``device``, is switched to evaluation and back. Raises DatasetError for an unreadable frame.
    """
    clips = _Clips(tracklets, clip_length, frames, TestTransform(size))
    loader = DataLoader(clips, batch, num_workers=workers)
    training = model.training
    model.eval()
    try:
        sums = None
        done = 0
        with torch.inference_mode():
            for pixels, owners in loader:
                embedding = model(pixels.to(device)).embedding.float().cpu()
                if sums is None:
                    sums = torch.zeros(len(tracklets), embedding.shape[1])
                sums.index_add_(0, owners, embedding)
                done += len(owners)
                if progress is not None:
                    progress(done, len(clips))
    except DatasetError as error:
        raise from_worker(error) from None
    finally:
        model.train(training)
    if sums is None:
        raise ValueError("expected tracklets to extract features of, found none")
    return nn.functional.normalize(sums, dim=1).numpy()


def describe(frames: FrameChoice, clip_length: int) -> str:
    """The name a result is reported under, e.g. "all frames in clips of 4" or "4 frames"."""
    return f"all frames in clips of {clip_length}" if frames == "all" else f"{frames} frames"


class _Clips(Dataset):
    """The clips of all tracklets, one after another."""

    def __init__(
        self,
        tracklets: Sequence[Tracklet | UnlabelledTracklet],
        length: int,
        frames: FrameChoice,
        transform: TestTransform,
    ) -> None:
        self.tracklets = tracklets
        self.transform = transform
        self.clips: list[tuple[int, Sequence[int]]] = []
        for owner, tracklet in enumerate(tracklets):
            n = len(tracklet.frames)
            if frames == "all":
                self.clips += [(owner, clip) for clip in all_frames(n, length)]
            else:
                self.clips.append((owner, restricted(n, frames)))

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, int]:
        owner, chosen = self.clips[number]
        frames = self.tracklets[owner].frames
        return self.transform(frames.read(chosen, self.transform.size)), owner
