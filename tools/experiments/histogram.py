"""A colour histogram in place of a network: what any model must beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from reid_datasets.records import Tracklet
from scoring import FEW, FRAMES, STATISTICS, as_scored
from trainings import Target

STRIPES = 16
BINS = 16
"""Of hue, of saturation and of value, each by itself."""
SIGMA = 0.2
"""Of the weights across a frame, by its width: people are in the middle."""


def write_scores(target: Target, place: Path) -> None:
    """Ranks a benchmark by histograms; those of all choices of statistics are the same."""
    from uda.comparing.cosine import Cosine
    from uda.evaluation.benchmark import evaluate_benchmark, read_splits
    from uda.files import write_json

    frames = int(FRAMES.get(target.data, FEW))
    splits = read_splits(target.data, target.root)

    def extract(tracklets: Sequence[Tracklet]) -> np.ndarray:
        return np.stack([of_tracklet(tracklet, frames) for tracklet in tracklets])

    said = f"{frames} frames"
    (row,) = evaluate_benchmark(target.data, target.root, splits, extract, said, Cosine())
    found = as_scored(row)
    place.parent.mkdir(parents=True, exist_ok=True)
    write_json(place, dict.fromkeys(STATISTICS, found))


def of_tracklet(tracklet: Tracklet, frames: int) -> np.ndarray:
    """Mean over so many evenly spread frames, float32 ``(STRIPES * 3 * BINS,)``."""
    count = len(tracklet.frames)
    chosen = np.unique(np.linspace(0, count - 1, min(frames, count)).round().astype(int)).tolist()
    histograms = [of_frame(frame) for frame in tracklet.frames.read(chosen)]
    mean: np.ndarray = np.mean(histograms, axis=0, dtype=np.float32)
    return mean


def of_frame(frame: torch.Tensor) -> np.ndarray:
    """Square roots of the shares of colours in each horizontal stripe of an RGB frame, uint8
    ``(3, H, W)``, so that products of two are Bhattacharyya's."""
    picture = Image.fromarray(frame.permute(1, 2, 0).numpy()).resize((48, 96)).convert("HSV")
    bins = np.asarray(picture).astype(int) * BINS // 256
    across = np.exp(-(np.linspace(-0.5, 0.5, bins.shape[1]) ** 2) / (2 * SIGMA**2))
    weights = np.tile(across, bins.shape[0] // STRIPES)
    counts = [
        np.bincount(part[..., channel].ravel(), weights, minlength=BINS)
        for part in np.split(bins, STRIPES)
        for channel in range(3)
    ]
    shares = np.concatenate(counts)
    return np.sqrt(shares / shares.sum())
