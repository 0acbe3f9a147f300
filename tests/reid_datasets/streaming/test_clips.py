"""Clips out of a stream: the pixels of random access."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
import webdataset
from reid_datasets.benchmarks.synthetic import read
from reid_datasets.clips import ClipDataset
from reid_datasets.streaming.clips import StreamedClipDataset
from reid_datasets.streaming.source import StreamedSource
from torch.utils.data import DataLoader

from tests.reid_datasets.streaming.small import TRANSFORM, K, P, sampler_of


@pytest.mark.parametrize("workers", [0, 2])
def test_clips_are_those_of_random_access(source: StreamedSource, root: Path, workers: int) -> None:
    indexed = ClipDataset(read(root).train, 4, TRANSFORM, seed=5)
    streamed = StreamedClipDataset(len(source), 4, TRANSFORM, seed=5)
    sampler = sampler_of(source, batches=10)
    loader = DataLoader(
        streamed, batch_sampler=sampler, num_workers=workers, persistent_workers=workers > 0
    )
    for epoch in (0, 1):
        for each in (indexed, streamed, sampler):
            each.set_epoch(epoch)  # type: ignore[attr-defined]
        for batch, (clips, indices) in zip(list(sampler), loader, strict=True):
            positions = [drawn.position for drawn in batch]
            assert indices.tolist() == [position % 96 for position in positions]
            assert (clips.shape, clips.dtype) == ((P * K, 4, 3, 16, 8), torch.uint8)
            assert torch.equal(clips, torch.stack([indexed._clip(i)[0] for i in positions]))


def test_the_webdataset_library_reads_the_same_samples(source: StreamedSource, root: Path) -> None:
    shards = [str(path) for path in source.shards]
    samples = list(webdataset.WebDataset(shards, shardshuffle=False))
    ours = {
        str(source.names[index]): frames
        for shard in range(len(shards))
        for index, frames in source.read(shard)
    }
    assert {sample["__key__"] for sample in samples} == ours.keys()
    for sample in samples:
        frames = ours[sample["__key__"]]
        assert frames is not None
        content = frames.shard.read_bytes()
        for number, (offset, size) in enumerate(frames.places, 1):
            assert content[offset : offset + size] == sample[f"{number:03d}.jpg"]
