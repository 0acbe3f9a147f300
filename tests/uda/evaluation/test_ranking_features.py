"""Ranking by features gives what ranking by their distances gives, and needs little memory."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

from tests.uda.comparing.test_distance import plain_distances
from uda.comparing.distance import distance_blocks
from uda.evaluation.ranking import evaluate, evaluate_features

MEGABYTE = 2**20


def random_features(dtype: Any = np.float32) -> tuple:
    rng = np.random.default_rng(0)
    people = [rng.integers(12, size=n) for n in (30, 80)]
    cameras = [rng.integers(4, size=n) for n in (30, 80)]
    centres = rng.normal(size=(12, 16))
    features = [
        (centres[p] + rng.normal(size=(len(p), 16))) * rng.uniform(0.5, 2, (len(p), 1))
        for p in people
    ]
    return *(f.astype(dtype) for f in features), *people, *cameras


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_features_rank_as_their_distances_do(metric: Any, dtype: Any, kind: Any) -> None:
    query, gallery, *labels = random_features(dtype)
    options: dict[str, Any] = {
        "query_clothes": labels[2] % 2,
        "gallery_clothes": labels[3] % 2,
        "clothes": "changed",
        "ranks": range(1, 21),
        "top": 6,
    }
    for more in ({}, {"single_shot": True}):
        expected = evaluate(plain_distances(query, gallery, metric), *labels, **options, **more)
        found = evaluate_features(
            kind(query), kind(gallery), *labels, metric=metric, block=4, **options, **more
        )
        assert found.cmc == pytest.approx(expected.cmc, abs=1e-12)
        np.testing.assert_allclose(found.per_query_ap, expected.per_query_ap, atol=1e-12)
        for ours, theirs in zip(found.nearest or [], expected.nearest or [], strict=True):
            assert ours.tolist() == theirs.tolist()


PROGRAM = """
import resource
import numpy as np
from uda.evaluation.ranking import evaluate_features
people = [np.arange(n) % 500 for n in (1500, 40000)]
centres = np.random.default_rng(0).standard_normal((500, 16), np.float32)
query, gallery = centres[people[0]], centres[people[1]]
evaluate_features(query[:9], gallery, people[0][:9], people[1], None, None, block=3, top=20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
evaluate_features(query, gallery, *people, None, None, block=50, top=20)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="counts kilobytes as Linux does")
def test_no_more_than_some_blocks_of_distances_is_ever_in_memory() -> None:
    # A block is 8 MB, the whole matrix 240 MB.
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) * 1024 < 60 * MEGABYTE


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_features_on_a_gpu_stay_there() -> None:
    query, gallery, *labels = random_features(np.float64)
    tensors = [torch.from_numpy(side).cuda() for side in (query, gallery)]
    assert all(block.is_cuda for block in distance_blocks(*tensors))
    found = evaluate_features(*tensors, *labels, top=5)
    expected = evaluate_features(query, gallery, *labels, top=5)
    assert found.mean_ap == pytest.approx(expected.mean_ap, abs=1e-12)
    with pytest.raises(ValueError, match="one device"):
        evaluate_features(tensors[0], torch.from_numpy(gallery), *labels)
