"""Whoever decodes, the same clips come in the same batches, and nothing else is changed by it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import load
from reid_datasets.clips import ClipDataset
from reid_datasets.transforms import TestTransform

from uda.features import loading
from uda.features.loading import batches_of

BATCHES = [[3, 1], [0, 5, 4], [2]]


def test_batches_are_those_asked_for_however_many_decode(mars_tree: Path) -> None:
    split = load("mars", mars_tree)
    clips = ClipDataset(split.train, 2, TestTransform((32, 16)), seed=0)
    before = torch.get_rng_state()
    alone, helped = (
        list(batches_of(clips, BATCHES, device="cpu", workers=workers)) for workers in (0, 2)
    )
    assert torch.equal(torch.get_rng_state(), before)
    assert [index.tolist() for _, index in alone] == BATCHES
    for (pixels, index), (again, same) in zip(alone, helped, strict=True):
        assert torch.equal(pixels, again)
        assert torch.equal(index, same)
        assert torch.equal(pixels[0], clips[int(index[0])][0])


@pytest.mark.parametrize(("device", "pinned"), [("cpu", False), ("cuda", True)])
def test_memory_is_pinned_for_a_gpu(
    device: str, pinned: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def loader(clips: object, **given: object) -> list[object]:
        asked.append(given)
        return []

    monkeypatch.setattr(loading, "DataLoader", loader)
    assert list(batches_of([], BATCHES, device=device, workers=3)) == []  # type: ignore[arg-type]
    assert asked[0]["pin_memory"] is pinned
    assert asked[0]["num_workers"] == 3
