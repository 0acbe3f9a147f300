"""A model's scores on benchmarks, each under its own protocol."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reid_datasets.benchmarks import find, parse
from reid_datasets.records import Split

from uda.comparing.centralised import Centralised
from uda.comparing.contract import Comparison
from uda.comparing.lifted import Lift, Lifted, require_cameras_and_times
from uda.comparing.rerank import Reranked
from uda.evaluation.matches import Clothes
from uda.evaluation.protocol import (
    Evaluation,
    Extract,
    Features,
    can_be_ranked,
    rank_split,
    test_tracklets,
)
from uda.evaluation.ranking import NO_MATCH
from uda.evaluation.scores import as_scores

Compared = Literal["", "re-ranked", "centralised", "lifted", "re-ranked, lifted"]
"""What is done to the comparison of a checkpoint."""

SETTINGS: dict[Clothes, str] = {
    "general": "",
    "same": "same clothes",
    "changed": "changed clothes",
}
"""What benchmarks with clothes are ranked under, and how the rows are called."""


@dataclass(frozen=True)
class Row:
    """Scores of one benchmark under one setting, over its splits.

    ``setting`` is empty, or names clothes; ``comparison`` is empty, or says what is done to the
    checkpoint's; ``frames`` names the protocol of extraction.
    ``evaluations`` has one entry for each of ``splits``.
    """

    data: str
    title: str
    root: Path
    setting: str
    comparison: Compared
    frames: str
    splits: tuple[Split, ...]
    evaluations: tuple[Evaluation, ...]

    @property
    def name(self) -> str:
        """The benchmark, the setting and the comparison."""
        words = [self.data, self.setting, self.comparison]
        return ", ".join(word for word in words if word)

    def scores(self) -> dict[str, Any]:
        """Scores by name, means over splits; see `as_scores`."""
        return as_scores([evaluation.result for evaluation in self.evaluations], self.frames)


def read_splits(name: str, root: Path) -> tuple[Split, ...]:
    """Every split of a benchmark, or the one that ``name`` asks for (``prid2011:3``).

    Raises DatasetError, also where a split has no test half.
    """
    _, number = parse(name)
    benchmark = find(name)
    numbers = range(benchmark.splits) if number is None else [number]
    splits = tuple(benchmark.load(root, split) for split in numbers)
    test_tracklets(splits)
    return splits


def require_ranking(splits: tuple[Split, ...], lift: Lift | None) -> None:
    """ValueError: splits whose features could not be ranked, before any is extracted."""
    for split in splits:
        if not can_be_ranked(split):
            raise ValueError(NO_MATCH)
        if lift:
            require_cameras_and_times(split.query, split.gallery)


def evaluate_benchmark(
    name: str,
    root: Path,
    splits: tuple[Split, ...],
    extract: Extract,
    frames: str,
    comparison: Comparison,
    *,
    rerank: bool = False,
    centralise: bool = False,
    lift: Lift | None = None,
) -> list[Row]:
    """The rows of a benchmark: one, or one for each setting of clothes.

    Args:
        name: the benchmark's, with or without a split.
        root: where it lies.
        splits: what `read_splits` gave.
        extract: asked once for each tracklet, whatever holds it.
        frames: the name of the protocol of extraction.
        comparison: from features to distances.
        rerank: each row again, re-ranked by k-reciprocal neighbours among the features.
        centralise: each row again, of features averaged with their mutual nearest neighbours'.
        lift: each row again, lifted by who was seen together with a query; re-ranked rows, too.

    Raises:
        DatasetError: something cannot be read.
        ValueError: nothing can be ranked.
    """
    tracklets = test_tracklets(splits)
    features = Features(tracklets, extract(tracklets))
    benchmark = find(name)
    rows = []
    settings: dict[Clothes, str] = SETTINGS if benchmark.clothes else {"general": ""}
    compared: dict[Compared, Comparison] = {"": comparison}
    if rerank:
        compared["re-ranked"] = Reranked()
    if centralise:
        compared["centralised"] = Centralised(comparison)
    if lift:
        compared["lifted"] = Lifted(comparison, lift)
    if lift and rerank:
        compared["re-ranked, lifted"] = Lifted(Reranked(), lift)
    for clothes, setting in settings.items():
        for how, used in compared.items():
            evaluations = tuple(
                rank_split(split, features, frames, used, clothes=clothes) for split in splits
            )
            rows.append(Row(name, benchmark.title, root, setting, how, frames, splits, evaluations))
    return rows
