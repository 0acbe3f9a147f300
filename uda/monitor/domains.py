"""What the student makes of source and target: a bounded sample of training clips of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from reid_datasets.labels import UNKNOWN
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_models.domain_norm import Domain
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from torch import nn

from uda import config
from uda.features.glimpse import glimpse

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

    The same clips every time, spread evenly over the tracklets (`uda.features.glimpse`).

    Returns:
        None where there are too few clips for a picture, or features are no longer finite.

    Raises:
        DatasetError: a frame is damaged and ``data.unreadable`` is fail.
    """
    found: dict[Domain, list[UnlabelledTracklet]] = {
        "source": _spread([tracklet.unlabelled() for tracklet in source], settings),
        "target": _spread(target, settings),
    }
    looked = [
        glimpse(student, sample, settings, device=device, domain=domain)
        for domain, sample in found.items()
    ]
    features = np.concatenate([features.cpu().numpy() for features, _ in looked])
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
    return str(UNKNOWN if tracklet.camera_id is None else tracklet.camera_id)
