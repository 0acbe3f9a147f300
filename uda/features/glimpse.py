"""One clip of each training tracklet: enough to cluster by, or to look at."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import torch
from reid_datasets.clips import ClipDataset
from reid_datasets.labels import UNKNOWN
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.transforms import TestTransform, normalise
from reid_models.domain_norm import CameraBatchNorm, Domain, convert, reading, separates_cameras
from torch import nn
from torch.nn import functional as F

from uda import config
from uda.batches.feed import workers_for
from uda.comparing.contract import Represent
from uda.features.extraction import embedding_of
from uda.features.loading import KeptClips
from uda.features.statistics import estimate_statistics

SPRITE = 32
"""Height and width of a clip's small picture (pixels)."""
ROOM = 2**31
"""Bytes of clips that are kept where they are looked at twice: 5,400 of 4 frames of 256x128."""


@torch.inference_mode()
def glimpse(
    model: nn.Module,
    tracklets: Sequence[UnlabelledTracklet],
    settings: config.Config,
    *,
    device: torch.device,
    domain: Domain,
    represent: Represent = embedding_of,
) -> tuple[torch.Tensor, torch.Tensor]:
    """One clip of each tracklet as the model sees it at test time.

    The same clips every time, without augmentation. Batch norms use their running statistics,
    which stay as they are; norms that keep cameras apart take those of each camera's clips, and so
    do all others where the model is tested under such statistics (``evaluation.statistics``), with
    those of all clips as their other part (``evaluation.camera_share``).

    Args:
        model: it is switched to evaluation and back.
        tracklets: N of them.
        settings: the run's ``data``, ``evaluation.batch``, and which statistics it tests with.
        device: where the model is.
        domain: which of the model's norms are used.
        represent: what is kept of clips, by default the embedding.

    Returns:
        What is kept, (N, D) of length 1, on the device, and small pictures (N, 3, 32, 32) uint8, on
        the CPU.

    Raises:
        DatasetError: a frame is damaged and ``data.unreadable`` is fail.
    """
    data, at_once = settings.data, settings.evaluation.batch
    transform = TestTransform(data.size, data.resize)
    clips = ClipDataset(tracklets, data.clip_length, transform, seed=0, unreadable=data.unreadable)
    cameras = [UNKNOWN if t.camera_id is None else t.camera_id for t in tracklets]
    share = settings.evaluation.camera_share
    if separates_cameras(model) and share < 1:
        model = copy.deepcopy(model)
    elif settings.evaluation.statistics == "camera" and not separates_cameras(model):
        model = copy.deepcopy(model)
        convert(model, "cbn")
    looked_at = KeptClips(clips, device, workers_for(data), ROOM)
    if separates_cameras(model) and share < 1:
        loaded = looked_at.batches(_spread(range(len(clips)), at_once), keep=True)
        with reading(model, domain):
            estimate_statistics(model, map(normalise, loaded))
        for module in model.modules():
            if isinstance(module, CameraBatchNorm):
                module.share = share
    apart = separates_cameras(model)
    groups = _by_camera(cameras) if apart else [list(range(len(cameras)))]
    batches = [some for own in groups for some in _spread(own, at_once)]
    order = [i for some in batches for i in some]
    modes = [module.training for module in model.modules()]
    model.eval()
    for module in model.modules():
        module.training = isinstance(module, CameraBatchNorm)
    found, small = [], []
    try:
        for members, pixels in zip(batches, looked_at.batches(batches), strict=True):
            with reading(model, domain, [cameras[i] for i in members]):
                kept = represent(model(normalise(pixels)))
            found.append(F.normalize(kept.float()))
            small.append(_picture(pixels[:, 0]))
    finally:
        for module, mode in zip(model.modules(), modes, strict=True):
            module.training = mode
    places = torch.tensor(order).argsort()
    return torch.cat(found)[places.to(device)], torch.cat(small).cpu()[places]


def _by_camera(cameras: Sequence[int]) -> list[list[int]]:
    """Numbers of the clips of each camera: what they are normalised by is then as well known as can
    be. Cameras with a single clip share a part, of two clips or more if there are as many."""
    members: dict[int, list[int]] = {}
    for clip, camera in enumerate(cameras):
        members.setdefault(camera, []).append(clip)
    parts = [own for own in members.values() if len(own) > 1]
    alone = [own[0] for own in members.values() if len(own) == 1]
    if len(alone) == 1 and parts:
        parts[0].append(alone.pop())
    return [*parts, alone] if alone else parts


def _spread(clips: Sequence[int], at_once: int) -> list[list[int]]:
    """Batches of about equal sizes, two clips or more. Tracklets of a person often follow each
    other: every batch takes from all over, so that what it is normalised by is of many people."""
    count = max(min(-(-len(clips) // at_once), len(clips) // 2), 1)
    return [list(clips[first::count]) for first in range(count)]


def _picture(images: torch.Tensor) -> torch.Tensor:
    """Images ``(N, 3, H, W)`` on a grey square, uint8."""
    height, width = images.shape[-2:]
    scale = SPRITE / max(height, width)
    size = (max(round(height * scale), 1), max(round(width * scale), 1))
    small = F.interpolate(images.float(), size, mode="bilinear", antialias=True)
    square = images.new_full((len(images), 3, SPRITE, SPRITE), 128)
    top, left = (SPRITE - size[0]) // 2, (SPRITE - size[1]) // 2
    square[:, :, top : top + size[0], left : left + size[1]] = small.round().clamp(0, 255).byte()
    return square
