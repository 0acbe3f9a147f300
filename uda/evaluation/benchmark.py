"""A model's scores on benchmarks, each under its own protocol."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from reid_datasets.benchmarks import BENCHMARKS, parse
from reid_datasets.records import Split, Tracklet

from uda.evaluation.matches import Clothes
from uda.evaluation.protocol import Evaluation, Features, Reranking, rank_split, test_tracklets

SETTINGS: dict[Clothes, str] = {
    "general": "",
    "same": "same clothes",
    "changed": "changed clothes",
}
"""What benchmarks with clothes are ranked under, and how the rows are called."""

Extract = Callable[[Sequence[Tracklet]], np.ndarray]
"""Tracklets to their features ``(N, D)``."""


@dataclass(frozen=True)
class Row:
    """Scores of one benchmark under one setting, over its splits.

    ``setting`` is empty, or names clothes; ``frames`` names the protocol of extraction.
    ``evaluations`` has one entry for each of ``splits``.
    """

    data: str
    title: str
    root: Path
    setting: str
    reranked: bool
    frames: str
    splits: tuple[Split, ...]
    evaluations: tuple[Evaluation, ...]

    @property
    def name(self) -> str:
        """The benchmark, the setting, and "re-ranked"."""
        words = [self.data, self.setting, "re-ranked" if self.reranked else ""]
        return ", ".join(word for word in words if word)

    def scores(self) -> dict[str, Any]:
        """Fractions in 0..1 by the names used in reports, ready for JSON.

        Means over splits; where there are several, with standard deviations as ``rank_1_std`` etc.
        Queries are counted over all splits.
        """
        results = [evaluation.result for evaluation in self.evaluations]
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
            "frames": self.frames,
        }


def read_splits(name: str, root: Path) -> tuple[Split, ...]:
    """Every split of a benchmark, or the one that ``name`` asks for (``prid2011:3``).

    Raises DatasetError, also where a split has no test half.
    """
    own, number = parse(name)
    benchmark = BENCHMARKS[own]
    numbers = range(benchmark.splits) if number is None else [number]
    splits = tuple(benchmark.load(root, split) for split in numbers)
    test_tracklets(splits)
    return splits


def evaluate_benchmark(
    name: str,
    root: Path,
    splits: tuple[Split, ...],
    extract: Extract,
    frames: str,
    *,
    reranking: Reranking | None = None,
) -> list[Row]:
    """The rows of a benchmark: one, or one for each setting of clothes; with ``reranking`` each
    of them again, re-ranked. Features of a tracklet are extracted once, whatever holds it.

    Raises DatasetError for what cannot be read, ValueError where nothing can be ranked.
    """
    tracklets = test_tracklets(splits)
    features = Features(tracklets, extract(tracklets))
    benchmark = BENCHMARKS[parse(name)[0]]
    rows = []
    settings: dict[Clothes, str] = SETTINGS if benchmark.clothes else {"general": ""}
    for clothes, setting in settings.items():
        for again in [None, reranking] if reranking else [None]:
            evaluations = tuple(
                rank_split(split, features, frames, clothes=clothes, reranking=again)
                for split in splits
            )
            reranked = again is not None
            rows.append(
                Row(name, benchmark.title, root, setting, reranked, frames, splits, evaluations)
            )
    return rows
