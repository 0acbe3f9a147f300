"""What a run says of itself when it is resumed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.uda.miniature import Run
from uda.runs import checkpoint

SELECTED = ("training.epochs=2", "evaluation.select_on=target_test", "evaluation.target_every=1")


def test_minutes_are_those_of_the_whole_run(run: Run, copied: Callable[..., Path]) -> None:
    output = copied("once", "training.epochs=1", method="source_only")
    last = output / "checkpoints" / "last.pt"
    saved = checkpoint.load(last)
    assert 0 < saved["minutes"] < 10
    checkpoint.save(last, saved | {"minutes": 100.0})
    again = run("once", "training.epochs=1", method="source_only", resume=True)
    assert 100 < again.minutes < 110
    assert json.loads((output / "result.json").read_text())["minutes"] >= 100


def test_the_best_weights_are_reported_as_what_they_are(
    run: Run, copied: Callable[..., Path]
) -> None:
    """Killed between best.pt and last.pt, a GPU may find another epoch best in the second try, and
    keep the first try's weights."""
    output = copied("best", *SELECTED, method="source_only")
    wanted = json.loads((output / "result.json").read_text())["epoch"]
    last = output / "checkpoints" / "last.pt"
    saved = checkpoint.load(last)
    saved["position"]["best"] = {"mAP": 0.9, "epoch": 3 - wanted}
    checkpoint.save(last, saved)
    run("best", *SELECTED, method="source_only", resume=True)
    assert json.loads((output / "result.json").read_text())["epoch"] == wanted


def test_random_states_of_gpus_go_on_where_there_are_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begun on one of two GPUs, continued on a machine with one."""
    state = checkpoint.random_state() | {"cuda": [torch.tensor([1]), torch.tensor([2])]}
    put: list[tuple[int, int]] = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(
        torch.cuda, "set_rng_state", lambda known, device: put.append((int(known), device))
    )
    checkpoint.restore_random_state(state)
    assert put == [(1, 0)]
