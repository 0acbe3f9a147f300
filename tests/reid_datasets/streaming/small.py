"""A small stream: batches of P identities with K tracklets each."""

from __future__ import annotations

from reid_datasets.streaming.sampler import StreamedPKSampler
from reid_datasets.streaming.source import StreamedSource
from reid_datasets.transforms import TrainTransform

TRANSFORM = TrainTransform((16, 8), pad=2)
P, K = 3, 4


def sampler_of(source: StreamedSource, **options: int) -> StreamedPKSampler:
    """Batches out of a buffer of 40 tracklets unless told."""
    return StreamedPKSampler(source, P, K, **{"seed": 0, "buffer": 40, **options})  # type: ignore[arg-type]
