"""One feature for each tracklet, whatever its length."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split
from reid_models.outputs import Features

from tests.uda.features.mean_colour import ALL, MeanColour
from uda.errors import UdaError
from uda.features.extraction import extract


@pytest.fixture
def split(mars_tree: Path) -> Split:
    return load("mars", mars_tree)


def test_features_are_of_length_one_and_alike_for_one_person(split: Split) -> None:
    features = extract(MeanColour(), split.train, ALL, device="cpu")
    assert features.shape == (16, 3)
    np.testing.assert_allclose(np.linalg.norm(features, axis=1), 1, atol=1e-6)
    similarity = (features @ features.T).reshape(4, 4, 4, 4)
    assert min(similarity[i, :, i].min() for i in range(4)) > 0.99


def test_a_feature_is_the_mean_over_a_tracklets_clips(split: Split) -> None:
    model = MeanColour()
    whole = extract(model, split.train[1:2], replace(ALL, clip_length=6), device="cpu")
    parts = extract(model, split.train[1:2], replace(ALL, clip_length=2), device="cpu")
    np.testing.assert_allclose(parts, whole, atol=1e-5)
    assert model.lengths == [6, 2, 2, 2]


def test_maps_of_mirrored_clips_are_turned_back(split: Split) -> None:
    """A network that sees a mirrored clip as a mirrored map gives each place once."""

    class Pixels(MeanColour):
        def forward(self, clips: torch.Tensor) -> Features:
            return super().forward(clips)._replace(maps=clips)

    plain, mirrored = (
        extract(
            Pixels(),
            split.train[:3],
            replace(ALL, flip=flip),
            device="cpu",
            represent=lambda found: found.maps.mean(1).flatten(1),
        )
        for flip in (False, True)
    )
    np.testing.assert_allclose(mirrored, plain, atol=1e-5)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_answers_that_are_no_numbers_are_refused(split: Split, number: float) -> None:
    class Broken(MeanColour):
        def forward(self, clips: torch.Tensor) -> Features:
            found = super().forward(clips)
            return found._replace(embedding=found.embedding * number)

    with pytest.raises(UdaError, match=r"others of 3 of 3 tracklets, such as .*\.jpg"):
        extract(Broken(), split.train[:3], ALL, device="cpu")


def test_the_batch_size_does_not_matter(split: Split) -> None:
    one, many = (
        extract(MeanColour(), split.train, replace(ALL, batch=batch), device="cpu")
        for batch in (1, 64)
    )
    np.testing.assert_allclose(one, many, atol=1e-5)


def test_a_number_of_frames_makes_one_clip_of_them(split: Split) -> None:
    model = MeanColour()
    extract(model, split.train, replace(ALL, frames=3), device="cpu")
    assert model.lengths == [1] + [3] * 15  # the first tracklet has one frame


def test_the_model_is_left_in_the_mode_it_was_in(split: Split) -> None:
    for training in (True, False):
        model = MeanColour().train(training)
        extract(model, split.train[:1], ALL, device="cpu")
        assert model.training is training


def test_an_unreadable_frame_is_named_whoever_decodes_it(split: Split) -> None:
    frame = split.gallery[3].frames[0]  # type: ignore[index]
    frame.write_bytes(b"")
    for workers in (0, 1):
        with pytest.raises(DatasetError, match=f"^Expected a complete image in {frame}"):
            extract(MeanColour(), split.gallery, replace(ALL, workers=workers), device="cpu")
