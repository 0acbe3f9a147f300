"""Runs whose first layers stay as they started (model.frozen)."""

from __future__ import annotations

import pytest
import torch
from reid_models import ModelError

from tests.uda.miniature import Run
from uda.runs import checkpoint

SHORT = ("training.epochs=1", "training.steps=2", "evaluation.every=0", "optimiser.lr=0.01")


@pytest.mark.parametrize("method", ["source_only", "synthetic_to_real", "pseudo_label"])
def test_no_method_moves_them(run: Run, trained: Run, method: str) -> None:
    first = trained(*SHORT, method="source_only").checkpoint
    adapted = run("adapted", "model.frozen=1", *SHORT, method=method, init=first)
    before, after = (checkpoint.load(file)["model"] for file in (first, adapted.checkpoint))
    same = {name for name in before if torch.equal(before[name], after[name])}
    weights = {name for name in before if "running" not in name and "num_batches" not in name}
    assert {"backbone.0.weight", "backbone.1.weight", "backbone.1.bias"} <= same
    assert "backbone.3.weight" in weights - same
    assert "backbone.1.running_mean" not in same  # statistics follow the data


def test_a_part_that_is_not_there_is_refused(run: Run, trained: Run) -> None:
    first = trained(*SHORT, method="source_only").checkpoint
    with pytest.raises(ModelError, match=r"found 'layer9'"):
        run("refused", "model.frozen=layer9", *SHORT, method="source_only", init=first)


def test_random_weights_are_not_kept_as_they_started(
    run: Run, caplog: pytest.LogCaptureFixture
) -> None:
    result = run("random", "model.frozen=1", *SHORT, method="source_only")
    assert "model.frozen=1 is left out" in caplog.text
    assert checkpoint.load(result.checkpoint)["config"]["model"]["frozen"] is None
