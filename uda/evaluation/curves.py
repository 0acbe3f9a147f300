"""What there is to see in an evaluation beyond its scores: CMC curve, distances, hard queries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from reid_datasets.labels import UNKNOWN
from reid_datasets.records import Split

from uda.evaluation.protocol import Evaluation

BINS = 80


def curves(split: Split, evaluation: Evaluation) -> dict[str, Any]:
    """Numbers to draw, ready for JSON.

    ``cmc``: share of queries with a match among the first k, k from 1 to as many as
    ``evaluation.ranked`` holds. ``distances``: how many pairs of a query and a gallery tracklet
    have a distance within each of the bins between ``edges``, apart for the ``same`` person
    under another camera and for ``other`` people, and the name of what features were
    ``compared_by``. ``average_precision``: of every query that has a
    match, ascending. ``queries``: person and average precision of every query in the benchmark's
    order, null without a match, to compare models with (`uda.evaluation.paired`).
    """
    precision = evaluation.result.per_query_ap
    people = [query.person_id for query in split.query]
    return {
        "cmc": _cmc(split, evaluation),
        "distances": _distances(split, evaluation),
        "average_precision": np.sort(precision[~np.isnan(precision)]).round(4).tolist(),
        "queries": {
            "person_id": people,
            "average_precision": [
                None if np.isnan(ap) else round(float(ap), 5) for ap in precision
            ],
        },
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


def _distances(split: Split, evaluation: Evaluation) -> dict[str, Any]:
    """Histograms over the range of all distances, which a first pass finds."""
    people = np.array([tracklet.person_id for tracklet in split.gallery])
    edges = np.linspace(*_range(evaluation), BINS + 1)
    same, other = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    for query, row in enumerate(_rows(evaluation)):
        own = people == split.query[query].person_id
        camera = evaluation.query.cameras[query]
        elsewhere = (evaluation.gallery.cameras != camera) | (camera == UNKNOWN)
        same += np.histogram(row[own & elsewhere], edges)[0]
        other += np.histogram(row[~own], edges)[0]
    return {
        "edges": edges.round(4).tolist(),
        "same": same.tolist(),
        "other": other.tolist(),
        "compared_by": evaluation.comparison.name,
    }


def _rows(evaluation: Evaluation) -> Iterator[np.ndarray]:
    """The distances of one query after another to the gallery, (G,) each."""
    for block in evaluation.comparison.blocks(evaluation.query, evaluation.gallery):
        yield from block.cpu().numpy() if isinstance(block, torch.Tensor) else block


def _range(evaluation: Evaluation) -> tuple[float, float]:
    """What the comparison says of its distances, else from the least to the most."""
    if evaluation.comparison.span is not None:
        return evaluation.comparison.span
    low, high = np.inf, -np.inf
    for row in _rows(evaluation):
        low, high = min(low, float(row.min())), max(high, float(row.max()))
    return low, max(high, low + 1e-6)
