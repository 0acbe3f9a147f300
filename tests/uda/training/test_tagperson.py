"""TAGPerson's direct transfer: the published recipe, twenty steps of it in miniature."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import FEW, Run
from uda.recipes import load
from uda.training.run import train

pytestmark = pytest.mark.usefixtures("blank_pictures", "tiny")

SMALL = (
    *(o for o in FEW if not o.startswith(("data.clip_length", "data.identities", "training."))),
    "data.identities=4",
    "method.triplet_groups=2",
    "training.epochs=2",
    "training.steps=10",
    "training.accelerator=cpu",
    "schedule.warmup_steps=5",
    "schedule.milestones=[1]",
    "model.pretrained=none",
)


def test_the_recipe_is_what_its_authors_state() -> None:
    recipe = load("tagperson")
    assert recipe.method.name == "source_only"
    assert recipe.data.source_clips == 128
    assert recipe.data.clip_length == 1
    assert recipe.data.jitter == (0.95, 0.65, 0.55)
    assert (recipe.schedule.warmup_steps, recipe.schedule.warmup_from) == (2000, 0.1)
    assert recipe.schedule.milestones == (30, 60)


def test_twenty_steps_of_it_run(tmp_path: Path) -> None:
    root = write_mars_tree(tmp_path / "mars", train_people=6)
    settings = load("tagperson", SMALL)
    train(settings, root, root, tmp_path / "run", source="mars", target="mars", progress=False)
    lines = (tmp_path / "run/metrics.jsonl").read_text().splitlines()
    steps = [row for row in map(json.loads, lines) if "loss/identity" in row]
    assert len(steps) == 20
    rates = [row["schedule/learning_rate"] for row in steps]
    wanted = [0.05 * min(0.1 + 0.9 * s / 5, 1) * (0.1 if s >= 10 else 1) for s in range(20)]
    assert rates == pytest.approx(wanted)
    losses = [row["loss/loss"] for row in steps]
    assert all(map(math.isfinite, losses))
    assert min(losses[1:]) < 0.8 * losses[0]


def test_a_target_in_another_gamma_is_trained_for_and_tested_on(run: Run) -> None:
    result = run("dark", "training.epochs=1", target="mars+gamma0.5-2.0", method="source_only")
    assert result.evaluation is not None
    written = json.loads((result.output / "run.json").read_text())
    assert written["target"]["name"] == "mars+gamma0.5-2.0"
    plain = run("plain", "training.epochs=1", method="source_only").evaluation
    assert plain is not None
    found = result.evaluation.query.features  # of the same weights: the target is not looked at
    assert np.abs(found - plain.query.features).max() > 1e-3
