"""Benchmarks under their own protocols: splits, clothes, re-ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from reid_datasets import benchmarks
from reid_datasets.benchmarks import Benchmark, mars
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet

from uda.comparing.cosine import Cosine
from uda.comparing.lifted import Lift
from uda.comparing.rerank import Reranked
from uda.evaluation import benchmark
from uda.evaluation.benchmark import evaluate_benchmark, read_splits


class Extractor:
    """Random features around one for each person; remembers what it was asked for."""

    def __init__(self) -> None:
        self.seen: list[Sequence[Tracklet]] = []

    def __call__(self, tracklets: Sequence[Tracklet]) -> np.ndarray:
        self.seen.append(tracklets)
        rng = np.random.default_rng(0)
        centres = np.random.default_rng(1).normal(size=(50, 8))
        found = [centres[t.person_id] + 0.9 * rng.normal(size=8) for t in tracklets]
        return np.array(found, np.float32) / np.linalg.norm(found, axis=1, keepdims=True)


@pytest.fixture
def in_three_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(root: Path, number: int) -> Split:
        split = mars.read(root)
        return replace(split, query=split.query[number : number + 4])

    made = Benchmark("MARS in three", read, splits=3)
    monkeypatch.setitem(benchmarks.BENCHMARKS, "mars", made)


@pytest.mark.usefixtures("in_three_splits")
def test_splits_are_averaged_and_their_tracklets_extracted_once(mars_tree: Path) -> None:
    extract = Extractor()
    splits = read_splits("mars", mars_tree)
    (row,) = evaluate_benchmark("mars", mars_tree, splits, extract, "all frames", Cosine())
    assert len(extract.seen) == 1
    frames = [t.frames for t in extract.seen[0]]
    assert len(frames) == len(set(frames)) == len(splits[0].gallery)
    scores, parts = row.scores(), [e.result.mean_ap for e in row.evaluations]
    assert scores["splits"] == len(parts) == 3
    assert scores["mAP"] == pytest.approx(np.mean(parts))
    assert scores["mAP_std"] == pytest.approx(np.std(parts, ddof=1))
    assert scores["queries"] == 12
    assert (row.name, row.title) == ("mars", "MARS in three")


@pytest.mark.usefixtures("in_three_splits")
def test_one_split_may_be_named(mars_tree: Path) -> None:
    splits = read_splits("mars:2", mars_tree)
    (row,) = evaluate_benchmark("mars:2", mars_tree, splits, Extractor(), "all frames", Cosine())
    assert row.scores()["queries"] == 4
    assert "mAP_std" not in row.scores()


def test_clothes_are_ranked_three_times(mars_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(root: Path) -> Split:
        split = mars.read(root)
        worn = {id(t): 10 * t.person_id + i % 2 for i, t in enumerate(split.gallery)}

        def dressed(part: Sequence[Tracklet]) -> tuple[Tracklet, ...]:
            return tuple(replace(t, clothes_id=worn[id(t)]) for t in part)

        return Split(split.train, dressed(split.query), dressed(split.gallery))

    monkeypatch.setitem(benchmarks.BENCHMARKS, "mars", Benchmark("Dressed", read, clothes=True))
    splits = read_splits("mars", mars_tree)
    rows = evaluate_benchmark("mars", mars_tree, splits, Extractor(), "all frames", Cosine())
    assert [row.name for row in rows] == ["mars", "mars, same clothes", "mars, changed clothes"]
    general, same, changed = (row.evaluations[0] for row in rows)
    for number, query in enumerate(splits[0].query):
        for evaluation, alike in ((same, True), (changed, False)):
            own = [
                splits[0].gallery[i]
                for i in evaluation.ranked[number]
                if splits[0].gallery[i].person_id == query.person_id
            ]
            assert own
            assert all((t.clothes_id == query.clothes_id) == alike for t in own)
    assert {len(r) for r in general.ranked.values()} != {len(r) for r in same.ranked.values()}


def test_reranking_adds_rows(mars_tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    splits = read_splits("mars", mars_tree)
    monkeypatch.setattr(benchmark, "Reranked", lambda: Reranked(k1=4, k2=2))
    rows = evaluate_benchmark(
        "mars",
        mars_tree,
        splits,
        Extractor(),
        "4 frames",
        Cosine(),
        rerank=True,
        centralise=True,
    )
    assert [row.name for row in rows] == ["mars", "mars, re-ranked", "mars, centralised"]
    assert {row.scores()["frames"] for row in rows} == {"4 frames"}
    orders = [[list(r) for r in row.evaluations[0].ranked.values()] for row in rows]
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_lifting_adds_rows_where_times_are_known(
    mars_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def timed(part: Sequence[Tracklet]) -> tuple[Tracklet, ...]:
        return tuple(replace(t, labels=(("time", 100 * len(t.frames)),)) for t in part)

    (split,) = read_splits("mars", mars_tree)
    known = replace(split, query=timed(split.query), gallery=timed(split.gallery))
    monkeypatch.setattr(benchmark, "Reranked", lambda: Reranked(k1=4, k2=2))
    chosen = {"rerank": True, "lift": Lift(1, 1)}
    given = (Extractor(), "4 frames", Cosine())
    rows = evaluate_benchmark("mars", mars_tree, (known,), *given, **chosen)
    names = ["mars", "mars, re-ranked", "mars, lifted", "mars, re-ranked, lifted"]
    assert [row.name for row in rows] == names
    with pytest.raises(ValueError, match="needs a camera and a time"):
        evaluate_benchmark("mars", mars_tree, (split,), *given, **chosen)


def test_a_data_set_to_train_on_only_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "randperson_subset"
    folder.mkdir()
    (folder / "000000_s00_c00_f000264.jpg").touch()
    with pytest.raises(DatasetError, match="this data set has no test half"):
        read_splits("randperson", tmp_path)
