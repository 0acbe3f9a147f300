"""Scores under the names that tables, JSON, pages and logs share; fractions in 0..1."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from uda.evaluation.ranking import RankingResult

SHOWN = {"rank_1": "R1", "rank_5": "R5", "rank_10": "R10", "mAP": "mAP", "mINP": "mINP"}
"""Scores that people compare, and what tables call them."""


def as_scores(results: Sequence[RankingResult], frames: str) -> dict[str, Any]:
    """Scores of one or several splits, ready for JSON.

    Args:
        results: of each split.
        frames: the protocol under which features were extracted, in words.

    Returns:
        ``rank_1`` and other ranks, ``mAP`` and ``mINP`` as means over splits; where there are
        several, with standard deviations as ``rank_1_std`` etc.; queries are counted over all.
    """
    values: dict[str, list[float]] = {
        **{f"rank_{k}": [result.cmc[k] for result in results] for k in results[0].cmc},
        "mAP": [result.mean_ap for result in results],
        "mINP": [result.mean_inp for result in results],
    }
    scores: dict[str, Any] = {key: statistics.mean(found) for key, found in values.items()}
    if len(results) > 1:
        scores |= {f"{key}_std": statistics.stdev(found) for key, found in values.items()}
    return scores | {
        "splits": len(results),
        "queries": sum(result.evaluated for result in results),
        "queries_without_match": sum(result.without_match for result in results),
        "frames": frames,
    }
