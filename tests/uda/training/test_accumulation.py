"""Several batches to a step, and gradients no longer than asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from tests.uda.miniature import Run
from tests.uda.training.frozen import freeze
from tests.uda.training.test_resume import assert_same, entries, stop_at
from uda.runs import checkpoint
from uda.training.session import Interrupted

SGD = ("optimiser.name=sgd", "optimiser.lr=0.1", "schedule.warmup=0", "training.epochs=1")


def test_two_half_batches_are_one_whole_batch(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    freeze(monkeypatch)
    whole = run("whole", "data.identities=4", *SGD, method="source_only")
    halves = run("halves", "training.accumulate=2", *SGD, method="source_only")
    first = run("first", *SGD, method="source_only")
    weights = [checkpoint.load(result.checkpoint)["model"] for result in (whole, halves, first)]
    for name, tensor in weights[0].items():
        torch.testing.assert_close(weights[1][name], tensor, rtol=1e-5, atol=1e-6)
    kernel = "backbone.0.weight"
    assert not torch.allclose(weights[2][kernel], weights[0][kernel], rtol=1e-3, atol=1e-4)
    logged = [entries(result.output)[0]["loss/loss"] for result in (whole, halves)]
    assert logged[0] == pytest.approx(logged[1], rel=1e-5)


def test_an_epoch_has_as_many_steps_and_sees_each_tracklet_once(run: Run) -> None:
    """16 tracklets in batches of 4, two to a step."""
    result = run("once", "training.steps=null", "training.accumulate=2", "training.epochs=1")
    assert checkpoint.load(result.checkpoint)["position"] == {"epoch": 1, "step": 0, "best": {}}
    steps = [entry["step"] for entry in entries(result.output) if "loss/loss" in entry]
    assert steps == [1, 2]


def test_a_run_that_accumulates_can_be_resumed(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbroken = run("unbroken", "training.accumulate=2")
    with monkeypatch.context() as patch:
        stop_at(patch, 8)
        with pytest.raises(Interrupted):
            run("broken", "training.accumulate=2")
    resumed = run("broken", "training.accumulate=2", resume=True)
    assert_same(unbroken.checkpoint, resumed.checkpoint)
    assert entries(tmp_path / "broken") == entries(unbroken.output)


def test_clipping_bounds_the_gradient_and_logs_what_it_was(run: Run) -> None:
    """Plain descent moves by the gradient: never further than rate times bound."""
    start = run("start", *SGD, "optimiser.lr=1e-9", method="source_only")
    still = ("optimiser.weight_decay=0", "training.steps=1")
    bound = ("training.clip_gradient=0.05", *still)
    ended = run("clipped", *SGD, *bound, method="source_only")
    before, after = (checkpoint.load(result.checkpoint) for result in (start, ended))
    trained = [name for name in before["model"] if name.endswith(("weight", "bias"))]
    moved = torch.cat([(after["model"][n] - before["model"][n]).flatten() for n in trained])
    # Nesterov's first step is 1.9 times the gradient.
    assert moved.norm().item() == pytest.approx(0.1 * 1.9 * 0.05, rel=1e-3)
    (entry,) = [e for e in entries(ended.output) if "gradient/total" in e]
    assert entry["gradient/total"] > 0.05
    lines = (start.output / "metrics.jsonl").read_text().splitlines()
    assert not any("gradient/total" in json.loads(line) for line in lines)
