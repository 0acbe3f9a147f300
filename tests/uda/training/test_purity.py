"""How pure clusters are may be watched; nothing learns from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.uda.miniature import Run
from uda.runs import checkpoint
from uda.training.before_epoch import MONITORED, purity

GROUPED = ("training.epochs=2", "evaluation.every=0")
METHODS = {
    "pseudo_label": (
        "method.start=0",
        "method.min_samples=2",
        "method.eps=0.6",
        "method.k1=4",
        "method.k2=1",
    ),
    "synthetic_to_real": ("method.consistency_start=0", "method.clustered=epoch"),
}


def test_purity_is_the_share_of_each_clusters_most_frequent_person() -> None:
    assert purity([0, 0, 0, 1, 1, -1], [5, 5, 6, 7, 7, 8]) == 4 / 5
    assert purity([0, 0, 1], [5, 6]) == 1 / 2  # the third has no known identity
    assert purity([-1, -1], [5, 6]) == 0


@pytest.mark.parametrize("method", METHODS)
def test_it_is_logged_when_asked_for_and_changes_nothing(
    run: Run, tmp_path: Path, method: str
) -> None:
    settings = (*GROUPED, *METHODS[method])
    unseen = run("unseen", *settings, method=method)
    seen = run("seen", *settings, "monitoring.target_identities=true", method=method)
    logged = {
        name: [MONITORED in json.loads(line) for line in (tmp_path / name / "metrics.jsonl").open()]
        for name in ("unseen", "seen")
    }
    assert not any(logged["unseen"])
    assert any(logged["seen"])
    first, second = (checkpoint.load(each.checkpoint) for each in (unseen, seen))
    for part in ("model", "method"):
        for name in first[part]:
            assert torch.equal(first[part][name], second[part][name]), name
