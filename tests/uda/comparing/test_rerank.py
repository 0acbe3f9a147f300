"""Re-ranking gives the published numbers, in blocks too."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.uda.clustering import published
from uda.comparing import rerank
from uda.comparing.rerank import k_reciprocal, k_reciprocal_blocks
from uda.evaluation import ranking


@pytest.mark.parametrize("lambda_value", [0.0, 0.3, 1.0])
@pytest.mark.parametrize(("k1", "k2"), [(20, 6), (6, 1), (90, 4)])
def test_equal_to_all_pairs_at_once(k1: int, k2: int, lambda_value: float) -> None:
    features, _ = published.clustered(np.random.default_rng(0), items=70)
    query, gallery = features[:20], features[20:]
    found = k_reciprocal(query, gallery, k1=k1, k2=k2, lambda_value=lambda_value)
    wanted = published.reranked(query, gallery, k1, k2, lambda_value)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, wanted, atol=3e-6)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 5))
def test_equal_with_duplicates(seed: int, k1: int, k2: int) -> None:
    points = np.random.default_rng(seed).integers(-2, 3, (24, 3)).astype(np.float32)
    points[0] += 0.5  # not all the same
    k2 = min(k2, k1 + 1)
    found = k_reciprocal(points[:7], points[7:], k1=k1, k2=k2)
    np.testing.assert_allclose(
        found, published.reranked(points[:7], points[7:], k1, k2, 0.3), atol=3e-6
    )


def test_blocks_are_consecutive_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    features, _ = published.clustered(np.random.default_rng(1))
    query, gallery = torch.from_numpy(features[:10]), torch.from_numpy(features[10:])
    whole = k_reciprocal(query, gallery)
    monkeypatch.setitem(rerank.ROWS, "cpu", 3 * len(gallery))
    blocks = list(k_reciprocal_blocks(query, gallery))
    assert [len(block) for block in blocks] == [3, 3, 3, 1]
    np.testing.assert_allclose(np.concatenate(blocks), whole, atol=1e-6)


def test_it_helps_where_people_form_clusters() -> None:
    rng = np.random.default_rng(2)
    features, people = published.clustered(rng, people=15, items=300, width=16, spread=0.8)
    query, gallery = features[:60], features[60:]
    plain = ranking.evaluate_features(query, gallery, people[:60], people[60:], None, None)
    better = ranking.evaluate(
        k_reciprocal_blocks(query, gallery), people[:60], people[60:], None, None
    )
    assert better.mean_ap > plain.mean_ap + 0.03


@pytest.mark.parametrize(
    ("query", "gallery", "options", "message"),
    [
        (np.zeros((0, 3)), np.ones((4, 3)), {}, "expected features"),
        (np.ones((2, 3)), np.ones((4, 2)), {}, "of one width, found 3 and 2"),
        (np.full((2, 3), np.nan), np.ones((4, 3)), {}, "finite"),
        (np.ones((2, 3)), np.ones((4, 3)), {"k1": 2, "k2": 6}, "k1=2 and k2=6"),
        (np.ones((2, 3)), np.ones((4, 3)), {"lambda_value": 2.0}, "in 0..1"),
    ],
)
def test_what_cannot_be_reranked_is_refused(
    query: np.ndarray, gallery: np.ndarray, options: dict, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        k_reciprocal(query, gallery, **options)


@pytest.mark.slow
def test_memory_is_of_the_neighbours_not_of_all_pairs() -> None:
    """14,000 items: one matrix of all pairs would take 750 MB."""
    code = (
        "import resource, numpy as np\n"
        "from uda.comparing.rerank import k_reciprocal_blocks\n"
        "x = np.random.default_rng(0).normal(size=(14_000, 32)).astype(np.float32)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "rows = sum(len(block) for block in k_reciprocal_blocks(x[:500], x[500:]))\n"
        "assert rows == 500\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) < 450
