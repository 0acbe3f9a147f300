"""What there is to see in an evaluation beyond its scores: CMC curve, distances, hard queries."""

from __future__ import annotations

from typing import Any

import numpy as np
from reid_datasets.records import Split

from uda.evaluation.protocol import Evaluation

BINS = 80
BLOCK = 256
"""Queries whose distances are in memory at once."""


def curves(split: Split, evaluation: Evaluation) -> dict[str, Any]:
    """Numbers to draw, ready for JSON.

    ``cmc``: share of queries with a match among the first k, k from 1 to as many as
    ``evaluation.ranked`` holds. ``distances``: how many pairs of a query and a gallery tracklet
    have a cosine distance within each of the bins between ``edges``, apart for the ``same`` person
    under another camera and for ``other`` people. ``average_precision``: of every query that has a
    match, ascending.
    """
    precision = evaluation.result.per_query_ap
    return {
        "cmc": _cmc(split, evaluation),
        "distances": _distances(split, evaluation),
        "average_precision": np.sort(precision[~np.isnan(precision)]).round(4).tolist(),
    }


def _cmc(split: Split, evaluation: Evaluation) -> list[float]:
    people = np.array([tracklet.person_id for tracklet in split.gallery])
    matched = np.flatnonzero(~np.isnan(evaluation.result.per_query_ap))
    length = max(len(evaluation.ranked[int(query)]) for query in matched)
    found = np.zeros(length)
    for query in matched:
        hits = np.flatnonzero(people[evaluation.ranked[int(query)]] == split.query[query].person_id)
        if len(hits):
            found[hits[0] :] += 1
    return (found / len(matched)).round(5).tolist()


def _distances(split: Split, evaluation: Evaluation) -> dict[str, list[float]]:
    people = np.array([tracklet.person_id for tracklet in split.gallery])
    cameras = np.array([np.nan if t.camera_id is None else t.camera_id for t in split.gallery])
    edges = np.linspace(0, 2, BINS + 1)
    same, other = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    for start in range(0, len(split.query), BLOCK):
        block = 1 - evaluation.query_features[start : start + BLOCK] @ evaluation.gallery_features.T
        for query, row in zip(split.query[start : start + BLOCK], block, strict=True):
            own = people == query.person_id
            camera = np.nan if query.camera_id is None else query.camera_id
            same += np.histogram(row[own & (cameras != camera)], edges)[0]
            other += np.histogram(row[~own], edges)[0]
    return {"edges": edges.round(4).tolist(), "same": same.tolist(), "other": other.tolist()}
