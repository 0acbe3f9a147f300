"""Features, scores and pictures of a model that sees nothing but colour."""

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
from torch import nn

from uda.evaluation.features import Extraction, extract
from uda.evaluation.protocol import evaluate_model
from uda.evaluation.ranked_list import BORDER, GAP, MATCH, OTHER, QUERY, draw

ALL = Extraction(size=(32, 16), clip_length=4, batch=5)
FOUR = replace(ALL, frames=4)


class MeanColour(nn.Module):
    """Embeds a clip as its mean colour; counts the frames it saw."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []

    def forward(self, clips: torch.Tensor) -> Features:
        assert not self.training
        assert torch.is_inference_mode_enabled()
        self.lengths += [clips.shape[1]] * len(clips)
        frames = clips.mean((3, 4))
        video = frames.mean(1)
        return Features(frames, video, video, None)


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


def test_queries_in_the_gallery_are_extracted_once(split: Split) -> None:
    model, seen = MeanColour(), []
    evaluation = evaluate_model(
        model, split, FOUR, device="cpu", progress=lambda *count: seen.append(count)
    )
    assert len(model.lengths) == len(split.gallery)
    assert seen[-1] == (14, 14)
    assert evaluation.frames == "4 frames"
    assert evaluation.query_features.shape == (6, 3)
    assert evaluation.gallery_features.shape == (14, 3)


def test_colours_find_their_people_under_the_other_camera(split: Split) -> None:
    evaluation = evaluate_model(MeanColour(), split, ALL, device="cpu")
    assert evaluation.frames == "all frames in clips of 4"
    assert evaluation.result.evaluated == 6
    assert evaluation.result.mean_ap > 0.9
    for number, query in enumerate(split.query):
        nearest = [split.gallery[i] for i in evaluation.ranked[number]]
        assert len(nearest) == 12
        own = [t for t in nearest if t.person_id == query.person_id]
        assert {t.camera_id for t in own} == {3 - (query.camera_id or 0)}


def test_the_ranked_list_agrees_with_the_result(split: Split) -> None:
    evaluation = evaluate_model(MeanColour(), split, ALL, device="cpu")
    first = [
        split.gallery[evaluation.ranked[i][0]].person_id == query.person_id
        for i, query in enumerate(split.query)
    ]
    assert evaluation.result.cmc[1] == np.mean(first)
    distances = 1 - evaluation.query_features @ evaluation.gallery_features.T
    for number, ranked in evaluation.ranked.items():
        assert len(ranked) == 12
        assert (np.diff(distances[number][ranked]) >= 0).all()


def test_real_pedestrians_are_told_apart_by_colour(mars_real_mini: Path) -> None:
    split = load("mars", mars_real_mini)
    evaluation = evaluate_model(MeanColour(), split, FOUR, device="cpu")
    assert evaluation.result.evaluated == 58
    assert evaluation.result.without_match == 0
    assert 0.05 < evaluation.result.cmc[1] < 0.9


def test_an_unreadable_frame_is_named_whoever_decodes_it(split: Split) -> None:
    frame = split.gallery[3].frames[0]
    frame.write_bytes(b"")
    for workers in (0, 1):
        with pytest.raises(DatasetError, match=f"^Expected a complete image in {frame}"):
            evaluate_model(MeanColour(), split, replace(ALL, workers=workers), device="cpu")


def test_what_cannot_be_evaluated_is_explained(split: Split) -> None:
    with pytest.raises(DatasetError, match="Expected queries and a gallery, found 0 and 14"):
        evaluate_model(MeanColour(), replace(split, query=()), FOUR, device="cpu")
    nowhere = tuple(replace(t, camera_id=None) for t in split.query)
    with pytest.raises(DatasetError, match="would find itself"):
        evaluate_model(MeanColour(), Split((), nowhere, nowhere), FOUR, device="cpu")


def test_the_picture_frames_matches_green_and_others_red(split: Split) -> None:
    evaluation = evaluate_model(MeanColour(), split, FOUR, device="cpu")
    sheet = draw(split, evaluation, queries=2, ranks=5)
    colours = {colour for _, colour in sheet.getcolors(maxcolors=sheet.width * sheet.height) or ()}
    assert {QUERY, MATCH, OTHER} <= colours
    assert sheet.getpixel((GAP, GAP)) == QUERY
    width = 64 + 2 * BORDER + GAP
    for rank, index in enumerate(evaluation.ranked[0][:5]):
        match = split.gallery[index].person_id == split.query[0].person_id
        corner = (2 * GAP + (rank + 1) * width, GAP)
        assert sheet.getpixel(corner) == (MATCH if match else OTHER)
