"""Scores and pictures of a model that sees nothing but colour."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet

from tests.uda.features.mean_colour import ALL, FOUR, MeanColour
from uda.comparing.contract import UNKNOWN, Comparison, Side
from uda.comparing.cosine import Cosine, Euclidean
from uda.comparing.distance import Array
from uda.evaluation.curves import curves
from uda.evaluation.protocol import Evaluation, Features, evaluate_split
from uda.evaluation.ranked_list import BORDER, GAP, MATCH, OTHER, QUERY, draw
from uda.features.extraction import Extraction
from uda.features.extractor import Extractor

CPU = torch.device("cpu")


def evaluated(
    split: Split,
    how: Extraction,
    model: MeanColour | None = None,
    comparison: Comparison | None = None,
    seen: list[tuple[int, int]] | None = None,
) -> Evaluation:
    """``seen`` gets the progress of extraction."""
    comparison = comparison or Cosine()
    extractor = Extractor(model or MeanColour(), how, comparison, CPU)

    def extract(tracklets: Sequence[Tracklet]) -> np.ndarray:
        return extractor(tracklets, lambda *now: (seen if seen is not None else []).append(now))

    return evaluate_split(split, extract, how.describe(), comparison)


@pytest.fixture
def split(mars_tree: Path) -> Split:
    return load("mars", mars_tree)


def test_queries_in_the_gallery_are_extracted_once(split: Split) -> None:
    model, seen = MeanColour(), []
    evaluation = evaluated(split, FOUR, model, seen=seen)
    assert len(model.lengths) == len(split.gallery)
    assert seen[-1] == (14, 14)
    assert evaluation.frames == "4 frames"
    assert evaluation.query.features.shape == (6, 3)
    assert evaluation.gallery.features.shape == (14, 3)


def test_colours_find_their_people_under_the_other_camera(split: Split) -> None:
    evaluation = evaluated(split, ALL)
    assert evaluation.frames == "all frames in clips of 4"
    assert evaluation.result.evaluated == 6
    assert evaluation.result.mean_ap > 0.9
    for number, query in enumerate(split.query):
        nearest = [split.gallery[i] for i in evaluation.ranked[number]]
        assert len(nearest) == 12
        own = [t for t in nearest if t.person_id == query.person_id]
        assert {t.camera_id for t in own} == {3 - (query.camera_id or 0)}


def test_the_ranked_list_agrees_with_the_result(split: Split) -> None:
    evaluation = evaluated(split, ALL)
    first = [
        split.gallery[evaluation.ranked[i][0]].person_id == query.person_id
        for i, query in enumerate(split.query)
    ]
    assert evaluation.result.cmc[1] == np.mean(first)
    distances = 1 - evaluation.query.features @ evaluation.gallery.features.T
    for number, ranked in evaluation.ranked.items():
        assert len(ranked) == 12
        assert (np.diff(distances[number][ranked]) >= 0).all()


def test_real_pedestrians_are_told_apart_by_colour(mars_real_mini: Path) -> None:
    split = load("mars", mars_real_mini)
    evaluation = evaluated(split, FOUR)
    assert evaluation.result.evaluated == 58
    assert evaluation.result.without_match == 0
    assert 0.05 < evaluation.result.cmc[1] < 0.9


def test_what_cannot_be_evaluated_is_explained(split: Split) -> None:
    with pytest.raises(DatasetError, match="Expected queries and a gallery, found 0 and 14"):
        evaluated(replace(split, query=()), FOUR)
    nowhere = tuple(replace(t, camera_id=None) for t in split.query)
    with pytest.raises(DatasetError, match="would find itself"):
        evaluated(Split((), nowhere, nowhere), FOUR)


def test_the_picture_frames_matches_green_and_others_red(split: Split) -> None:
    evaluation = evaluated(split, FOUR)
    sheet = draw(split, evaluation, queries=2, ranks=5)
    colours = {colour for _, colour in sheet.getcolors(maxcolors=sheet.width * sheet.height) or ()}
    assert {QUERY, MATCH, OTHER} <= colours
    assert sheet.getpixel((GAP, GAP)) == QUERY
    width = 64 + 2 * BORDER + GAP
    for rank, index in enumerate(evaluation.ranked[0][:5]):
        match = split.gallery[index].person_id == split.query[0].person_id
        corner = (2 * GAP + (rank + 1) * width, GAP)
        assert sheet.getpixel(corner) == (MATCH if match else OTHER)


class Backwards(Comparison):
    """Nobody is as near as the one with the other colour; looks at cameras and lengths as well."""

    name: ClassVar[str] = "backwards"

    def __init__(self) -> None:
        self.sides: list[Side] = []

    def blocks(self, query: Side, gallery: Side) -> Iterator[Array]:
        self.sides += [query, gallery]
        for row in query.features:
            yield 40 + 3 * (row[None] @ gallery.features.T)


def test_a_comparison_decides_the_order_and_knows_where_and_when(split: Split) -> None:
    late = replace(split, gallery=tuple(replace(t, labels=(("time", 7),)) for t in split.gallery))
    comparison = Backwards()
    found, plain = evaluated(late, FOUR, comparison=comparison), evaluated(late, FOUR)
    assert found.result.mean_ap < 0.6 < plain.result.mean_ap
    assert found.ranked[0][0] == plain.ranked[0][-1]
    query, gallery = comparison.sides[:2]
    assert query.cameras.tolist() == [t.camera_id for t in split.query]
    assert query.times.tolist() == [UNKNOWN] * len(split.query)
    assert gallery.times.tolist() == [7] * len(split.gallery)
    assert gallery.lengths.tolist() == [len(t.frames) for t in split.gallery]


def test_euclidean_distance_ranks_as_cosine_does(split: Split) -> None:
    one, other = evaluated(split, FOUR), evaluated(split, FOUR, comparison=Euclidean())
    assert one.result.cmc == other.result.cmc
    assert one.result.mean_ap == other.result.mean_ap


def test_histograms_are_of_the_comparisons_own_distances(split: Split) -> None:
    """Between 0 and 2 of cosine, wherever they lie of another comparison."""
    for comparison, low, high in ((Cosine(), 0, 0.5), (Backwards(), 36, 44)):
        found = curves(split, evaluated(split, FOUR, comparison=comparison))["distances"]
        edges, pairs = found["edges"], np.array(found["same"]) + found["other"]
        assert found["compared_by"] == comparison.name
        assert pairs.sum() == 6 * 14 - 6 * 2  # all but those of a query's own camera
        middles = (np.array(edges[1:]) + edges[:-1]) / 2
        assert low <= middles[pairs > 0].min()
        if isinstance(comparison, Cosine):
            assert (edges[0], edges[-1]) == (0.0, 2.0)
        else:
            assert low < edges[0] < edges[-1] < high
            assert pairs[0]
            assert pairs[-1]


def test_a_tracklets_feature_is_found_by_its_frames(split: Split) -> None:
    rows = np.arange(14, dtype=np.float32)[:, None]
    found = Features(split.gallery, rows).side(split.gallery[::-1])
    assert found.features[:, 0].tolist() == rows[::-1, 0].tolist()


def test_every_querys_precision_is_kept_in_order(split: Split) -> None:
    """What paired comparisons of two runs are made of, also of queries without a match."""
    evaluation = evaluated(split, FOUR)
    seen = json.loads(json.dumps(curves(split, evaluation)["queries"]))
    assert seen["person_id"] == [query.person_id for query in split.query]
    precision = np.array(seen["average_precision"], float)
    np.testing.assert_allclose(precision, evaluation.result.per_query_ap, atol=1e-5)
