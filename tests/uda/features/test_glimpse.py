"""What clusters and pictures see of a target: one clip of each tracklet."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import load
from reid_models import build

from tests.uda.miniature import settings
from uda.features.glimpse import glimpse


@pytest.mark.parametrize("count", [1, 3, 5])
def test_no_clip_is_left_alone_with_norms_by_camera(
    miniatures: tuple[Path, Path], count: int
) -> None:
    """A batch of one clip has no statistics; with batches of two one would be left over."""
    tracklets = [t.unlabelled() for t in load("mars", miniatures[1]).train[:count]]
    model = build("slim_resnet18", None, norm="cbn")
    how = settings("source_only", "evaluation.batch=2", "data.size=64x32")
    found, pictures = glimpse(model, tracklets, how, device=torch.device("cpu"), domain="target")
    assert found.shape == (count, 1024)
    assert len(pictures) == count
    torch.testing.assert_close(found.norm(dim=1), torch.ones(count))
