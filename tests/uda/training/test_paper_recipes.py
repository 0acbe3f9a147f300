"""The training recipe of each paper: its published numbers, and twenty steps of it in miniature."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from reid_models.building import MODELS, find
from reid_models.video import cavit

from tests.mars_tree import write_mars_tree
from tests.uda.described import write_attributes
from tests.uda.miniature import FEW
from uda.config import Config
from uda.recipes import load
from uda.training.run import train

pytestmark = pytest.mark.usefixtures("blank_pictures", "tiny")

OF_A_RECIPE = ("data.clip_length", "data.pad", "training.", "model.name")
SMALL = (
    *(override for override in FEW if not override.startswith(OF_A_RECIPE)),
    "training.epochs=2",
    "training.steps=10",
    "training.accelerator=cpu",
    "model.pretrained=none",
)
SYNTHETIC18K = (
    *("reid", "reid_resnet50", "reid_mobilenet_v2", "reid_identity", "reid_finetune"),
    *("hucv", "hucv_finetune"),
    *("attributes", "attributes_finetune", "joint", "joint_finetune"),
)
PAPERS = (
    "unrealperson_bn",
    "unrealperson_bn_supervised",
    "bag_of_tricks",
    "finegpr",
    *(f"synthetic18k/{name}" for name in SYNTHETIC18K),
    "synthetic_to_real/full",
    "cavit",
    "video_vit",
)


@pytest.mark.parametrize("name", PAPERS)
def test_twenty_steps_of_it_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    root = write_mars_tree(tmp_path / "mars", train_people=6)
    small = partial(cavit.Cavit, width=24, heads=2, layers=1)
    monkeypatch.setitem(MODELS, "small_cavit", replace(cavit.ARCHITECTURE, make=small))
    model = {"video_vit": "timm/test_vit", "cavit": "small_cavit"}.get(name, "tiny")
    hidden = ["method.hidden=8"] if name == "synthetic_to_real/full" else []
    size = ["data.size=48x48"] if name == "cavit" else []  # the largest patch has 32 pixels
    file = write_attributes(tmp_path / "people.csv")
    described = [f"data.attributes_file={file}"]
    settings = load(name, [*SMALL, *hidden, *described, *size, f"model.name={model}"])
    train(settings, root, root, tmp_path / "run", source="mars", target="mars", progress=False)
    rows = map(json.loads, (tmp_path / "run/metrics.jsonl").read_text().splitlines())
    losses = [row["loss/loss"] for row in rows if "loss/loss" in row]
    assert len(losses) == 20
    assert all(map(math.isfinite, losses))
    assert len(set(losses)) > 1


def trained_as(recipe: Config) -> tuple[object, ...]:
    """Optimiser, rate, batch, epochs and where the rate falls."""
    return (
        recipe.optimiser.name,
        recipe.optimiser.lr,
        recipe.data.source_clips,
        recipe.training.epochs,
        recipe.schedule.milestones,
    )


def test_unrealpersons_are_what_its_text_and_code_say() -> None:
    direct, supervised = load("unrealperson_bn"), load("unrealperson_bn_supervised")
    assert trained_as(direct) == ("sgd", 0.01, 64, 15, (10,))
    assert trained_as(supervised) == ("sgd", 0.01, 64, 60, (40,))
    for recipe in (direct, supervised):
        assert recipe.method.triplet_weight == 0
        assert (recipe.data.pad, recipe.data.flip, recipe.data.erase) == (10, 0.5, 0)
        assert recipe.evaluation.flip
        assert recipe.optimiser.decay_all
        assert not recipe.optimiser.nesterov


def test_the_bag_of_tricks_is_its_authors() -> None:
    recipe = load("bag_of_tricks")
    assert trained_as(recipe) == ("adam", 3.5e-4, 64, 120, (40, 70))
    assert (recipe.method.smoothing, recipe.method.margin, recipe.schedule.warmup) == (0.1, 0.3, 10)


def test_finegprs_is_what_its_text_says() -> None:
    recipe = load("finegpr")
    assert trained_as(recipe) == ("adam", 3.5e-4, 128, 120, (40, 70))
    assert recipe.model.name == "resnet50"
    assert recipe.method.triplet_weight == 0
    plain = (recipe.data.flip, recipe.data.pad, recipe.data.erase, recipe.data.jitter)
    assert plain == (0.5, 0, 0, 0)


@pytest.mark.parametrize("name", SYNTHETIC18K)
def test_synthetic18ks_are_what_its_text_says(name: str) -> None:
    recipe = load(f"synthetic18k/{name}")
    assert trained_as(recipe)[:4] == ("adam", 1e-3, 32, 80)
    assert recipe.optimiser.backbone == 0.1
    assert recipe.schedule.kind == "constant"
    real = name.endswith("_finetune")
    assert (recipe.data.flip, recipe.data.pad) == ((0.5, 10) if real else (0, 0))
    assert recipe.data.erase == 0


def test_synthetic18ks_tables_have_their_networks_and_losses() -> None:
    found = {name: load(f"synthetic18k/{name}") for name in SYNTHETIC18K}
    models = {name: (recipe.model.name, recipe.model.fc) for name, recipe in found.items()}
    assert models["reid"] == models["reid_finetune"] == ("densenet121", 1024)
    assert models["reid_resnet50"] == ("resnet50", 1024)
    assert models["reid_mobilenet_v2"] == ("mobilenet_v2", 1024)
    assert models["hucv"] == models["hucv_finetune"] == ("hucv_reidnet", None)
    assert models["attributes"] == ("densenet121", None)
    drawn = found["attributes"].data
    assert (drawn.identities, drawn.instances) == (32, 1)
    methods = {name: recipe.method.name for name, recipe in found.items()}
    for task in ("attributes", "joint"):
        assert methods[task] == methods[f"{task}_finetune"] == task
    assert found["reid_identity"].method.triplet_weight == 0
    assert found["reid"].method.triplet_weight == 1
    assert found["joint"].method.beta == 2
    assert (found["joint"].method.smoothing, found["joint"].method.margin) == (0.1, 0.3)


def test_cavits_is_its_released_codes() -> None:
    recipe = load("cavit")
    assert trained_as(recipe)[:4] == ("sgd", 0.02, 16, 30)
    assert recipe.data.clip_length == find("cavit").clip_length == 8
    assert recipe.schedule.final * recipe.optimiser.lr == pytest.approx(1.6e-5)
    assert recipe.method.triplet_weight == 0


def test_synthetic_to_reals_is_what_its_text_says() -> None:
    recipe = load("synthetic_to_real/full")
    assert trained_as(recipe) == ("adam", 3e-4, 32, 150, (40, 80, 120))
    assert (recipe.model.name, recipe.data.clip_length) == ("sinet", 4)
