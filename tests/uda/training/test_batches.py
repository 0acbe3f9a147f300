"""How settings reach the batches."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from reid_datasets.errors import DatasetError

from uda.config import Config
from uda.training.data import Batches, Domains


@pytest.fixture
def domains(mars_tree: Path) -> Domains:
    return Domains.read("mars", mars_tree, "mars", mars_tree)


def batches(domains: Domains, **data: Any) -> Batches:
    values = {"size": (32, 16), "clip_length": 2, "identities": 2, "instances": 4, "workers": 0}
    settings = Config.model_validate({"data": values | data, "training": {"steps": 6}})
    return Batches(domains, settings, uses_target=True)


def cameras_of_target(found: Batches, domains: Domains) -> list[list[int | None]]:
    target = found.loaders[1]
    n = len(target.dataset)  # type: ignore[arg-type]
    return [[domains.target[i % n].camera_id for i in batch] for batch in target.batch_sampler]


def test_clips_are_bytes(domains: Domains) -> None:
    labelled, unlabelled = next(batches(domains).epoch(0))
    assert labelled.clips.dtype == torch.uint8
    assert unlabelled is not None
    assert labelled.clips.shape == unlabelled.clips.shape == (8, 2, 3, 32, 16)


def test_target_cameras_can_be_balanced(domains: Domains) -> None:
    balanced = cameras_of_target(batches(domains, target_sampling="camera_balanced"), domains)
    assert all(batch.count(1) == batch.count(2) == 4 for batch in balanced)
    shuffled = cameras_of_target(batches(domains, target_clips=4), domains)
    assert any(batch.count(1) != 2 for batch in shuffled)


def test_dense_training_has_more_tracklets(domains: Domains) -> None:
    whole, pieces = batches(domains), batches(domains, dense=3)
    assert len(whole.loaders[0].dataset) == 16  # type: ignore[arg-type]
    assert len(pieces.loaders[0].dataset) == 1 + 15 * 2  # type: ignore[arg-type]
    assert len(pieces.loaders[1].dataset) == 1 + 15 * 2  # type: ignore[arg-type]


def test_strided_clips_are_of_frames_so_far_apart(domains: Domains) -> None:
    found = batches(domains, sampling="strided", stride=4, flip=0, erase=0)
    dataset = found.loaders[0].dataset
    wanted = [
        torch.stack([dataset.tracklets[1].frames.read([i])[0] for i in pair])  # type: ignore[attr-defined]
        for pair in ((0, 4), (1, 5))
    ]
    sizes = {frame.shape for pair in wanted for frame in pair}
    assert sizes == {(3, 64, 32)}
    seen = {tuple(dataset.sampling(6, 2, torch.Generator().manual_seed(i))) for i in range(20)}  # type: ignore[attr-defined]
    assert seen == {(0, 4), (1, 5)}


def test_a_target_smaller_than_a_batch_comes_again_as_other_clips(domains: Domains) -> None:
    few = replace(domains, target=domains.target[4:7])
    for sampling in ("shuffled", "camera_balanced"):
        found = batches(few, target_clips=8, target_sampling=sampling)
        drawn = [position for batch in found.loaders[1].batch_sampler for position in batch]
        assert len(drawn) == len(set(drawn)) == 6 * 8
        assert {position % 3 for position in drawn} == {0, 1, 2}
        _, unlabelled = next(found.epoch(0))
        assert unlabelled is not None
        assert len(unlabelled.clips) == 8
        assert len(unlabelled.clips.flatten(1).unique(dim=0)) > 3


def test_more_clips_of_a_person_than_tracklets(domains: Domains) -> None:
    """4 people with 4 tracklets each: every batch holds every tracklet, twice over."""
    found = batches(domains, identities=4, instances=9)
    labelled, _ = next(found.epoch(0))
    assert labelled.labels.bincount().tolist() == [9] * 4
    assert labelled.tracklets is not None
    assert labelled.tracklets.bincount(minlength=16).min() >= 2
    assert len(labelled.clips.flatten(1).unique(dim=0)) > 16


def test_damaged_frames_are_skipped_only_if_asked(domains: Domains) -> None:
    for tracklet in domains.source.train[1:]:
        tracklet.frames[0].write_bytes(b"\xff\xd8\xff")  # type: ignore[index]
    with pytest.raises(DatasetError, match=r"Expected a complete image in .*F001\.jpg"):
        list(batches(domains).epoch(0))
    assert len(list(batches(domains, unreadable="skip").epoch(0))) == 6
