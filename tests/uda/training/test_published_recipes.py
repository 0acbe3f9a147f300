"""Twenty steps of recipes that ship, on miniatures: everything but sizes is as published."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from tests.uda.miniature import FEW
from uda.recipes import load
from uda.training.run import train

pytestmark = pytest.mark.usefixtures("blank_pictures", "tiny")

SMALL = (
    *(o for o in FEW if not o.startswith(("data.target_clips", "training."))),
    "data.target_clips=4",
    "model.pretrained=none",
    "training.epochs=4",
    "training.steps=5",
    "training.accelerator=cpu",
)


@pytest.mark.parametrize(
    ("recipe", "overrides", "learned"),
    [
        ("strong_baseline", ("method.min_samples=2", "method.k1=3"), "pseudo_identity"),
        ("glt", (), "contrast_target"),
        ("jvtc_cbn", ("data.cameras=2", "method.k1=3", "method.k2=1"), "global"),
        ("jvtc_plus_cbn", ("data.cameras=2", "method.k1=3", "method.k2=1"), "global"),
        ("unrealperson_cbn", ("data.cameras=2",), "identity"),
        ("unrealperson_cbn_supervised", (), "identity"),
        ("source_only_augmix", (), "triplet"),
    ],
)
def test_twenty_steps_run(
    recipe: str,
    overrides: tuple[str, ...],
    learned: str,
    miniatures: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    """To the end, with finite losses, the method's own among them, and scores."""
    settings = load(recipe, [*SMALL, *overrides])
    result = train(
        settings, *miniatures, tmp_path / "run", source="mars", target="mars", progress=False
    )
    lines = (tmp_path / "run/metrics.jsonl").read_text().splitlines()
    steps = [row for row in map(json.loads, lines) if "loss/loss" in row]
    assert len(steps) == 20
    assert all(math.isfinite(row["loss/loss"]) for row in steps)
    assert f"loss/{learned}" in steps[-1]
    assert result.evaluation is not None
