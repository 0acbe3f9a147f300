"""One feature for each tracklet."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.temporal import all_frames, chunks, restricted
from reid_datasets.transforms import Interpolation, TestTransform, normalise
from reid_models.domain_norm import separates_cameras
from reid_models.outputs import Features
from torch import nn
from torch.utils.data import Dataset

from uda.comparing.contract import Represent
from uda.errors import UdaError
from uda.features.loading import batches_of
from uda.features.statistics import estimate_statistics, statistics_restored
from uda.room import zeros

log = logging.getLogger(__name__)

Statistics = Literal["running", "target", "camera"]

FrameChoice = Literal["all"] | int
"""Every frame, in clips; or that many frames, the first of as many equal blocks."""

Summed = tuple[torch.Tensor, torch.Tensor]
"""Of each of N tracklets a sum over its clips (N, D), and what they count in all (N,)."""

Progress = Callable[[int, int], None]
"""Called with the number of clips done and in all."""

ADVICE = "Test on fewer tracklets, or use a model with smaller features or maps (data.size)."


def embedding_of(found: Features) -> torch.Tensor:
    """What most comparisons keep of clips, (B, D)."""
    return found.embedding


@dataclass(frozen=True)
class Extraction:
    """How tracklets become features.

    Attributes:
        size: height, width of a crop (pixels).
        clip_length: frames in a clip.
        frames: all, or that many evenly spread ones.
        clips: all frames as clips strided through the tracklet, as SINet tests, or as consecutive
            chunks, as AP3D does.
        flip: average with the mirrored clips.
        statistics: of batch norms: the model's running ones; those of the target, or of each of
            its cameras.
        estimated_on: the clips the latter two come from: the target's training half, or what is
            extracted itself (which is transductive).
        camera_share: of a camera's own statistics; the rest are those of the whole target, which
            know more people and more of their surroundings.
        precision: auto is bf16 (else fp16) on a GPU and 32 bits on a CPU.
        batch: clips in a batch.
        workers: processes that decode.
        resize: how crops come to that size.
    """

    size: tuple[int, int]
    clip_length: int
    frames: FrameChoice = "all"
    clips: Literal["strided", "chunks"] = "strided"
    flip: bool = False
    statistics: Statistics = "running"
    estimated_on: Literal["train", "test"] = "test"
    camera_share: float = 1.0
    precision: Literal["auto", "32", "bf16", "fp16"] = "auto"
    batch: int = 32
    workers: int = 0
    resize: Interpolation = "bilinear"

    def describe(self) -> str:
        """The name of the protocol a result is reported under, "all frames in clips of 4"."""
        kind = "clips" if self.clips == "strided" else "chunks"
        frames = (
            f"all frames in {kind} of {self.clip_length}"
            if self.frames == "all"
            else f"{self.frames} frames"
        )
        if self.flip:
            frames += ", mirrored too"
        if self.statistics == "running":
            return frames
        whose = "of the target" if self.statistics == "target" else "by camera"
        if self.statistics == "camera" and self.camera_share < 1:
            whose += f" ({self.camera_share:g}, the rest of the target)"
        clips = ", from training clips" if self.estimated_on == "train" else ""
        return f"{frames}, batch norm {whose}{clips}"

    def dtype(self, device: torch.device | str) -> torch.dtype | None:
        """What the model computes in, None for 32 bits. ValueError: fp16 on a CPU."""
        gpu = torch.device(device).type == "cuda"
        if self.precision == "auto":
            if not gpu:
                return None
            return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        if self.precision == "fp16" and not gpu:
            raise ValueError("precision fp16 needs a GPU: use bf16 or 32 on a CPU")
        return {"32": None, "bf16": torch.bfloat16, "fp16": torch.float16}[self.precision]


def extract(
    model: nn.Module,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    *,
    device: torch.device | str,
    progress: Progress | None = None,
    represent: Represent = embedding_of,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = (),
) -> torch.Tensor:
    """Features ``(N, D)`` float32 of length 1: what is kept of a tracklet's clips, on average. On
    the device, where they are compared. As `average`.

    Raises:
        DatasetError: a frame cannot be read, whatever is done about them in training: a score on
            fewer frames is another score.
    """
    sums, _ = _sums(model, tracklets, how, device, progress, represent, unlabelled)
    return nn.functional.normalize(sums, dim=1)


def average(
    model: nn.Module,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    *,
    device: torch.device | str,
    progress: Progress | None = None,
    represent: Represent = embedding_of,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = (),
) -> torch.Tensor:
    """What is kept of a tracklet's clips, on average, ``(N, D)`` float32, on the device.

    A clip counts by its frames: the short last chunk of a tracklet for less than the others. The
    model, which must already be on ``device``, is switched to evaluation and back; its statistics
    stay. ``unlabelled`` is the training half for ``how.estimated_on``.

    Raises:
        DatasetError: a frame cannot be read, whatever is done about them in training: a score on
            fewer frames is another score.
    """
    sums, frames = _sums(model, tracklets, how, device, progress, represent, unlabelled)
    return sums / frames[:, None]


def _sums(
    model: nn.Module,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    device: torch.device | str,
    progress: Progress | None,
    represent: Represent,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet],
) -> Summed:
    if not tracklets:
        raise ValueError("expected tracklets to extract features of, found none")
    by_camera = how.statistics == "camera" or separates_cameras(model)
    if how.statistics == "running" and not by_camera:
        return _extract(model, tracklets, how, device, progress, represent)
    seen = unlabelled if how.estimated_on == "train" else tracklets
    if not seen:
        raise ValueError("expected training clips to take statistics from, found none")
    if by_camera:
        return _by_camera(model, tracklets, how, device, progress, represent, seen)
    with statistics_restored(model):
        _take_statistics_of_all(model, seen, how, device)
        return _extract(model, tracklets, how, device, progress, represent)


def _take_statistics_of_all(
    model: nn.Module,
    seen: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    device: torch.device | str,
) -> None:
    """Warns where there are too few clips to take any from."""
    if not estimate_statistics(model, pixels(seen, how, device)):
        log.warning(
            "batch norms keep the statistics of training: %d tracklet%s gave no two clips of one "
            "length to take others from",
            len(seen),
            "" if len(seen) == 1 else "s",
        )


def _by_camera(
    model: nn.Module,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    device: torch.device | str,
    progress: Progress | None,
    represent: Represent,
    seen: Sequence[Tracklet | UnlabelledTracklet],
) -> Summed:
    """Each camera's tracklets under the statistics of its clips among ``seen``.

    Zhuang et al. (ECCV 2020) estimate from queries and gallery separately; here from all that are
    given together. Cameras with a single clip there, or none, are seen under the statistics of all
    of ``seen``, which are estimated for them alone, or where they are a part of every camera's.
    """
    whole, before = len(_Clips(tracklets, how)), 0
    parts: dict[int, Summed] = {}

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress(before + done, whole)

    def extract_those(members: Sequence[int]) -> None:
        nonlocal before
        chosen = [tracklets[i] for i in members]
        found = _extract(model, chosen, how, device, report, represent)
        before += len(_Clips(chosen, how))
        parts.update(zip(members, zip(*found, strict=True), strict=True))

    cameras = [tracklet.camera_id for tracklet in tracklets]
    seen_by = _by_value([tracklet.camera_id for tracklet in seen])
    left: list[int] = []
    with statistics_restored(model):
        if how.camera_share < 1:
            _take_statistics_of_all(model, seen, how, device)
        for camera, members in _by_value(cameras).items():
            own = [seen[i] for i in seen_by.get(camera, ())]
            with statistics_restored(model):
                clips = pixels(own, how, device)
                if own and estimate_statistics(model, clips, how.camera_share):
                    extract_those(members)
                else:
                    left += members
        if left:
            if how.camera_share == 1:
                _take_statistics_of_all(model, seen, how, device)
            extract_those(left)
    sums, weights = zip(*(parts[i] for i in range(len(tracklets))), strict=True)
    return torch.stack(sums), torch.stack(weights)


def _by_value(cameras: Sequence[int | None]) -> dict[int | None, list[int]]:
    """Positions of each camera."""
    found: dict[int | None, list[int]] = {}
    for place, camera in enumerate(cameras):
        found.setdefault(camera, []).append(place)
    return found


def pixels(
    tracklets: Sequence[Tracklet | UnlabelledTracklet], how: Extraction, device: torch.device | str
) -> Iterator[torch.Tensor]:
    """Batches of normalised clips drawn at random from all tracklets, the same every time.

    Consecutive clips would be of one or two people: statistics of a batch ask for many, and for two
    clips at least, even where ``how.batch`` is one. Where mirrored clips are averaged
    (``how.flip``), half of them are mirrored here.
    """
    at_once = max(how.batch, 2)
    clips = _Clips(tracklets, how)
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(clips), generator=generator).tolist()
    of_length: dict[int, list[int]] = {}
    for number in order:
        of_length.setdefault(len(clips.clips[number][1]), []).append(number)
    batches = [
        some[first : first + at_once]
        for some in of_length.values()
        for first in range(0, len(some), at_once)
    ]
    drawn = torch.randperm(len(batches), generator=generator).tolist()
    shuffled = [batches[i] for i in drawn]
    for batch, *_ in batches_of(clips, shuffled, device=device, workers=how.workers):
        if how.flip:
            chosen = torch.rand(len(batch), generator=generator) < 0.5
            batch[chosen] = batch[chosen].flip(-1)
        yield normalise(batch)


def _extract(
    model: nn.Module,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    how: Extraction,
    device: torch.device | str,
    progress: Progress | None,
    represent: Represent,
) -> Summed:
    clips = _Clips(tracklets, how)
    batches = list(_batches(clips, how.batch))
    dtype = how.dtype(device)
    training = model.training
    model.eval()
    try:
        sums = None
        weights = torch.zeros(len(tracklets), device=device)
        broken = torch.zeros(len(tracklets), device=device)
        done = 0
        with torch.inference_mode(), _autocast(device, dtype):
            for pixels, owners, lengths in batches_of(
                clips, batches, device=device, workers=how.workers
            ):
                pixels = normalise(pixels)
                kept = represent(model(pixels)).float()
                if how.flip:
                    kept = kept + represent(model(pixels.flip(-1)).turned()).float()
                if sums is None:
                    shape = len(tracklets), kept.shape[1]
                    sums = zeros(shape, "the features of all tracklets", ADVICE, kept.device)
                broken.index_add_(0, owners, (~torch.isfinite(kept)).any(1).float())
                counted = lengths / how.clip_length
                sums.index_add_(0, owners, kept * counted[:, None])
                weights.index_add_(0, owners, counted * (2.0 if how.flip else 1.0))
                done += len(owners)
                if progress is not None:
                    progress(done, len(clips))
    finally:
        model.train(training)
    assert sums is not None
    _require_numbers(tracklets, broken)
    return sums, weights


def _require_numbers(
    tracklets: Sequence[Tracklet | UnlabelledTracklet], broken: torch.Tensor
) -> None:
    """UdaError: of tracklets ``(N,)`` clips with answers that are no finite numbers."""
    which = broken.nonzero()[:, 0].tolist()
    if which:
        raise UdaError(
            f"Expected finite numbers as the model's answers, found others of {len(which)} of "
            f"{len(tracklets)} tracklets, such as {tracklets[which[0]].frames.name(0)}. Its "
            "weights are broken, or too large for fp16: use another checkpoint, or --precision 32 "
            "(evaluation.precision=32)."
        )


def _autocast(
    device: torch.device | str, dtype: torch.dtype | None
) -> AbstractContextManager[object]:
    return nullcontext() if dtype is None else torch.autocast(torch.device(device).type, dtype)


class _Clips(Dataset):
    """The clips of all tracklets, one after another: a video stays open for all of its clips.

    A still image is a clip of one frame. Clips may differ in length; those of a batch may not.
    """

    def __init__(self, tracklets: Sequence[Tracklet | UnlabelledTracklet], how: Extraction) -> None:
        self.tracklets = tracklets
        self.transform = TestTransform(how.size, how.resize)
        self.clips: list[tuple[int, Sequence[int] | np.ndarray]] = []
        for owner, tracklet in enumerate(tracklets):
            n = len(tracklet.frames)
            if n == 1:
                self.clips.append((owner, [0]))
            elif how.frames == "all":
                cut = all_frames if how.clips == "strided" else chunks
                self.clips += [(owner, clip) for clip in cut(n, how.clip_length)]
            else:
                self.clips.append((owner, restricted(n, how.frames)))

    def __len__(self) -> int:
        return len(self.clips)

    def __getitem__(self, number: int) -> tuple[torch.Tensor, int, int]:
        owner, chosen = self.clips[number]
        frames = self.tracklets[owner].frames
        chosen = [int(index) for index in chosen]
        return self.transform(frames.read(chosen, self.transform.size)), owner, len(chosen)


def _batches(clips: _Clips, size: int) -> Iterator[list[int]]:
    """Consecutive clips of one length, at most ``size`` of them."""
    batch: list[int] = []
    for number, (_, chosen) in enumerate(clips.clips):
        if batch and (len(batch) == size or len(chosen) != len(clips.clips[batch[0]][1])):
            yield batch
            batch = []
        batch.append(number)
    yield batch
