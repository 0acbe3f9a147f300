"""What the student makes of source and target: a bounded sample of training clips of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from reid_datasets.clips import NO_CAMERA, UnlabelledClipDataset
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.transforms import TestTransform, normalise
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from torch import nn
from torch.nn import functional as F

from uda import config

SPRITE = 32
"""Height and width of a clip's picture in the projector (pixels)."""

COMPONENTS = 50
"""Principal components that are shown: the usual start of t-SNE, and 40 times less to write."""


@dataclass(frozen=True)
class DomainFeatures:
    """Clips of both domains: ``features`` (N, at most 50) float32, principal components of the
    embeddings of length 1; ``sprites`` (N, 3, 32, 32) uint8; ``domains`` and ``cameras`` (N,)."""

    features: np.ndarray
    sprites: torch.Tensor
    domains: list[str]
    cameras: list[str]

    def points(self) -> dict[str, np.ndarray]:
        """t-SNE in the plane, (N, 2) of each domain."""
        perplexity = min(30.0, (len(self.features) - 1) / 3)
        plane = TSNE(perplexity=perplexity, random_state=0).fit_transform(self.features)
        belongs = np.array(self.domains)
        return {name: plane[belongs == name] for name in ("source", "target")}


def look(
    student: nn.Module,
    source: Sequence[Tracklet],
    target: Sequence[UnlabelledTracklet],
    settings: config.Config,
    *,
    device: torch.device,
) -> DomainFeatures | None:
    """The student's features of up to ``monitoring.features`` clips of each domain.

    The same clips every time, spread evenly over the tracklets, as at test time: without
    augmentation, batch norms with their running statistics, which stay as they are. None where
    there are too few clips for a picture or the features are no longer finite. DatasetError: a
    frame is damaged and ``data.unreadable`` is fail.
    """
    found = {
        "source": _spread([tracklet.unlabelled() for tracklet in source], settings),
        "target": _spread(target, settings),
    }
    training = student.training
    student.eval()
    try:
        looked = [_embed(student, sample, settings, device) for sample in found.values()]
    finally:
        student.train(training)
    features = np.concatenate([features for features, _ in looked])
    if len(features) < 4 or not np.isfinite(features).all():
        return None
    components = min(COMPONENTS, *features.shape)
    return DomainFeatures(
        PCA(components, svd_solver="full").fit_transform(features),
        torch.cat([sprites for _, sprites in looked]),
        [name for name, sample in found.items() for _ in sample],
        [_camera(tracklet) for sample in found.values() for tracklet in sample],
    )


def _spread(
    tracklets: Sequence[UnlabelledTracklet], settings: config.Config
) -> list[UnlabelledTracklet]:
    count = min(settings.monitoring.features, len(tracklets))
    return [tracklets[i * len(tracklets) // count] for i in range(count)]


def _camera(tracklet: UnlabelledTracklet) -> str:
    return str(NO_CAMERA if tracklet.camera_id is None else tracklet.camera_id)


@torch.inference_mode()
def _embed(
    student: nn.Module,
    tracklets: Sequence[UnlabelledTracklet],
    settings: config.Config,
    device: torch.device,
) -> tuple[np.ndarray, torch.Tensor]:
    """Embeddings (N, D) of one clip of each tracklet, and sprites."""
    data, at_once = settings.data, settings.evaluation.batch
    clips = UnlabelledClipDataset(
        tracklets, data.clip_length, TestTransform(data.size), seed=0, unreadable=data.unreadable
    )
    features, sprites = [], []
    for start in range(0, len(clips), at_once):
        pixels = torch.stack([clips[i][0] for i in range(start, min(start + at_once, len(clips)))])
        embedding = student(normalise(pixels.to(device))).embedding
        features.append(F.normalize(embedding.float()).cpu().numpy())
        sprites.append(_sprite(pixels[:, 0]))
    return np.concatenate(features), torch.cat(sprites)


def _sprite(images: torch.Tensor) -> torch.Tensor:
    """Images (N, 3, H, W) on a grey square, uint8: the projector takes no others."""
    height, width = images.shape[-2:]
    scale = SPRITE / max(height, width)
    size = (max(round(height * scale), 1), max(round(width * scale), 1))
    small = F.interpolate(images.float(), size, mode="bilinear", antialias=True)
    square = torch.full((len(images), 3, SPRITE, SPRITE), 128, dtype=torch.uint8)
    top, left = (SPRITE - size[0]) // 2, (SPRITE - size[1]) // 2
    square[:, :, top : top + size[0], left : left + size[1]] = small.round().clamp(0, 255).byte()
    return square
