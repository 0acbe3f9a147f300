"""What is matched, what is remembered, who is drawn with whom, and how it is compared."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from reid_datasets.benchmarks import load as load_benchmark
from reid_models import build as build_model
from reid_models.building import MODELS
from torch import nn
from torch.nn import functional as F
from typer.testing import CliRunner

from tests.reid_datasets.shard_set import walks, write_shards
from tests.uda.methods.built import built, labelled
from tests.uda.miniature import FEW, Run, settings
from uda.batches.domains import Domains
from uda.batches.pairs import Batches
from uda.cli import app
from uda.comparing.query_adaptive import QueryAdaptive
from uda.config import Optimiser, Schedule
from uda.errors import ConfigError, UdaError
from uda.evaluation import ranking
from uda.evaluation.of_checkpoint import evaluate
from uda.losses.matching import batch_hard_matching, class_matching, pairwise_matching
from uda.methods.optimisation import Optimisation
from uda.methods.qaconv import QAConv
from uda.recipes import load
from uda.room import zeros
from uda.runs import checkpoint
from uda.runs.restored import restore
from uda.training.run import train
from uda.training.session import Session

PEOPLE = [0, 0, 1, 1, 2, 2]
IDENTITIES = {"identity": torch.tensor([0, 0, 1, 1, 2, 2, 3, 3])}


def build(tiny: str, name: str = "qaconv", **settings: object) -> QAConv:
    torch.manual_seed(0)
    method = built(name, build_model(tiny, 4), 0, IDENTITIES, **{"neck": 6} | settings)
    assert isinstance(method, QAConv)
    return method


def clips(seed: int = 0) -> torch.Tensor:
    return torch.randn(6, 2, 3, 32, 16, generator=torch.Generator().manual_seed(seed))


def local_features(method: QAConv) -> torch.Tensor:
    maps = method.student(clips()).maps
    return method.local(maps)


@pytest.mark.parametrize("loss", ["pairwise", "triplet"])
def test_a_batch_is_matched_with_itself(tiny: str, loss: str) -> None:
    method = build(tiny, loss=loss, score_margin=2).eval()
    terms = method.losses(labelled(clips(), PEOPLE), None, 0.0)
    local = local_features(method)
    scores, people = method.matcher(local, local), torch.tensor(PEOPLE)
    kinds = {"pairwise": pairwise_matching, "triplet": lambda s, p: batch_hard_matching(s, p, 2)}
    wanted, accuracy = kinds[loss](scores, people)
    torch.testing.assert_close(terms["loss"], wanted)
    torch.testing.assert_close(terms["matching_accuracy"], accuracy)


def test_the_memory_holds_each_identitys_last_clip_and_gets_no_gradient(tiny: str) -> None:
    method = build(tiny).eval()
    first = method.losses(labelled(clips(1), [0, 0, 1, 1, 3, 3]), None, 0.0)
    assert first["loss"] == 0
    assert method.known.tolist() == [True, True, False, True]
    with torch.no_grad():
        seen = method.local(method.student(clips(1)).maps)
    torch.testing.assert_close(method.memory[[0, 1, 3]], seen[[1, 3, 5]])
    before = method.memory.clone()
    terms = method.losses(labelled(clips(), PEOPLE), None, 0.0)
    scores = method.matcher(local_features(method), before)
    known = torch.tensor([True, True, False, True])
    wanted, _ = class_matching(scores, torch.tensor(PEOPLE), known)
    torch.testing.assert_close(terms["loss"], wanted)
    terms["loss"].backward()
    assert not method.memory.requires_grad
    with torch.no_grad():
        torch.testing.assert_close(method.memory[2], local_features(method)[5])


@pytest.mark.parametrize("loss", ["class_memory", "pairwise", "triplet"])
def test_backbone_neck_and_matcher_learn_and_the_classifier_does_not(tiny: str, loss: str) -> None:
    method = build(tiny, loss=loss)
    method.losses(labelled(clips(1), PEOPLE), None, 0.0)
    method.losses(labelled(clips(), PEOPLE), None, 0.0)["loss"].backward()
    moved = {n for n, p in method.named_parameters() if p.grad is not None and p.grad.any()}
    for part in ("student.backbone.0.weight", "local.convolution.weight", "matcher.weigh.weight"):
        assert part in moved
    assert not any(name.startswith("student.head") for name in moved)


@pytest.mark.parametrize("stretches", [1, 2])
def test_identities_are_drawn_with_those_whose_maps_match_best(tiny: str, stretches: int) -> None:
    method = build(tiny, "qaconv_gs", stretches=stretches)
    method.neighbours = torch.zeros(4, 2, dtype=torch.long)  # batches of three
    maps = torch.randn(4, 2, 12, 4, 2, generator=torch.Generator().manual_seed(5))
    asked = []

    def embed(model: nn.Module, represent: object) -> torch.Tensor:
        asked.append(model)
        local = method.comparison().local(maps)
        return F.normalize(local.flatten(1).detach())

    method.look_at_source(embed)
    assert asked == [method.student]
    compared = method.comparison()
    local = compared.local(maps)
    near = method.source_neighbours()
    assert near is not None
    for person in range(4):
        scores = {
            other: compared.matcher(local[[person]], local[[other]]).item()
            for other in range(4)
            if other != person
        }
        assert list(near[person]) == sorted(scores, key=lambda k: -scores[k])[:2]
    plain = build(tiny)
    plain.look_at_source(lambda model, represent: pytest.fail("asked for maps"))
    assert plain.source_neighbours() is None


def test_frozen_norms_stay_as_they_were(tiny: str) -> None:
    method = build(tiny, "qaconv_gs")
    norms = [m for part in (method.student, method.local) for m in part.modules()
             if isinstance(m, nn.BatchNorm2d | nn.BatchNorm1d)]  # fmt: skip
    assert method.training
    assert method.matcher.norm.training
    assert norms
    assert not any(norm.training for norm in norms)
    before = [norm.running_mean.clone() for norm in norms if norm.running_mean is not None]
    method.losses(labelled(clips(), PEOPLE), None, 0.0)
    after = [norm.running_mean for norm in norms]
    assert all(torch.equal(one, other) for one, other in zip(before, after, strict=True))
    assert build(tiny, "qaconv_gs", norms="batch").student.backbone[1].training


def test_the_rate_drops_once_the_loss_has_come_down(tiny: str) -> None:
    method = build(tiny, "qaconv_gs", step_factor=0.7)
    plan = Optimisation(Optimiser(lr=1.0), Schedule(kind="constant"), 9, 2)
    optimiser, schedule = method.optimisers(plan)["main"]
    rates = []
    for losses in ((9, 9), (6, 4), (4, 4), (3, 3), (9, 9)):  # 70 % of the second epoch's is 3.5
        method.begin_epoch(0.0, lambda model: pytest.fail("looked at the target"))
        for loss in losses:
            method.total += torch.tensor([loss, 1.0], dtype=torch.float64)
            optimiser.step()
            schedule.step()
            rates.append(schedule.get_last_lr()[0])
    assert rates == pytest.approx([1.0] * 8 + [0.1] * 2)


def test_maps_too_large_or_missing_are_refused(tiny: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match=r"Maps of 4x2 places in 9999 str.*GiB.*stretches=1"):
        build(tiny, stretches=9999)
    with pytest.raises(UdaError, match=r"no room for the memory.*3,725,290\.\d GiB\. Use"):
        zeros((10**9, 10**6), "the memory", "Use less.")
    student = build_model(tiny, 3)
    whole = type(student).forward
    monkeypatch.setattr(
        type(student), "forward", lambda self, clips: whole(self, clips)._replace(maps=None)
    )
    with pytest.raises(ConfigError, match="this model gives none, or maps of a single place"):
        built("qaconv", student, 0, IDENTITIES)


def uda(*arguments: object) -> str:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    return f"{result.exit_code} {result.output}"


@pytest.mark.usefixtures("processor", "tiny")
def test_a_checkpoint_is_ranked_by_its_own_scores(
    trained: Run, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    run = trained("method.neck=6", method="qaconv")
    assert run.evaluation is not None
    (row,) = evaluate(run.checkpoint, {"mars": miniatures[1]})
    found = row.evaluations[0]
    assert found.result.mean_ap == run.evaluation.result.mean_ap
    comparison = restore(run.checkpoint).comparison
    assert isinstance(comparison, QueryAdaptive)
    assert found.query.features.shape[1] == 6 * 4 * 2
    split = load_benchmark("mars", miniatures[1])
    shape = (1, 6, 1, 8)
    distances = np.array([
        [-comparison.matcher(q.view(shape), g.view(shape)).item() for g in found.gallery.features]
        for q in found.query.features
    ])  # fmt: skip
    wanted = ranking.evaluate(
        distances,
        [t.person_id for t in split.query],
        [t.person_id for t in split.gallery],
        [t.camera_id for t in split.query],
        [t.camera_id for t in split.gallery],
    )
    assert found.result.mean_ap == pytest.approx(wanted.mean_ap, abs=1e-9)
    files = ("--checkpoint", run.checkpoint)
    where = ("--data", "mars", "--root", miniatures[1])
    assert uda("extract", *files, *where, "--output", tmp_path / "features").startswith("0 ")
    cached = uda("evaluate", *files, *where, "--cache", tmp_path / "features", "--rerank")
    assert cached.startswith("0 ")
    assert "mars, re-ranked" in cached
    timeless = " ".join(uda("evaluate", *files, *where, "--lift").split())
    assert timeless.startswith("2 ")
    assert "temporal lifting needs a camera and a time of each tracklet" in timeless
    said = " ".join(uda("export", *files, "--output", tmp_path / "model.onnx").split())
    assert said.startswith("2 ")
    assert "compared by query_adaptive, which learned how to match maps" in said


@pytest.mark.usefixtures("processor", "blank_pictures")
@pytest.mark.parametrize("recipe", ["qaconv", "qaconv_gs"])
def test_the_recipe_trains_twenty_steps(
    recipe: str, tiny: str, miniatures: tuple[Path, Path], tmp_path: Path
) -> None:
    size = [s for s in FEW if s.startswith(("data.size", "data.clip_length", "data.workers"))]
    small = load(
        recipe,
        [*size, f"model.name={MODELS and tiny}", "model.pretrained=none", "data.identities=3",
         "training.epochs=2", "training.steps=10", "training.accelerator=cpu",
         "evaluation.beside=[]", "evaluation.every=0", "evaluation.frames=2",
         "monitoring.every=1", "monitoring.features=0"],
    )  # fmt: skip
    result = train(
        small, miniatures[0], miniatures[1], tmp_path / "run", progress=False, source="mars"
    )
    assert result.evaluation is not None
    rows = map(json.loads, (result.output / "metrics.jsonl").read_text().splitlines())
    losses = [row["loss/loss"] for row in rows if "loss/loss" in row]
    assert len(losses) == 20
    assert all(map(math.isfinite, losses))
    assert len(set(losses)) > 2


def test_recipes_are_the_authors_numbers() -> None:
    memory, graph = load("qaconv"), load("qaconv_gs")
    for recipe in (memory, graph):
        assert (recipe.model.name, recipe.data.size) == ("resnet50_ibn_b_layer3", (384, 128))
        assert (recipe.optimiser.name, recipe.optimiser.lr) == ("sgd", 0.005)
        assert (recipe.optimiser.backbone, recipe.optimiser.decay_all) == (0.1, True)
        assert (recipe.data.occlude, recipe.data.erase, recipe.training.epochs) == (0.8, 0, 15)
    assert (memory.data.source_clips, memory.schedule.milestones) == (8, (10,))
    assert (graph.data.identities, graph.data.instances) == (32, 2)
    assert graph.training.clip_gradient == 8
    chosen = [recipe.method.model_dump() for recipe in (memory, graph)]
    kinds = [(m["loss"], m["sampling"], m["neck"], m["norms"], m["step_factor"]) for m in chosen]
    assert kinds == [
        ("class_memory", "random", 64, "batch", None),
        ("triplet", "graph", 128, "frozen", 0.7),
    ]
    assert chosen[1]["score_margin"] == 16


def test_one_person_is_refused(mars_tree: Path, tiny: str) -> None:
    domains = Domains.read("mars", mars_tree, "mars", mars_tree)
    train = [t for t in domains.source.train if t.person_id == domains.source.train[0].person_id]
    alone = replace(domains, source=replace(domains.source, train=tuple(train)))
    with pytest.raises(ConfigError, match="The source has 1 identities to train on"):
        Batches(alone, settings("qaconv_gs"), uses_target=False)


def test_a_stream_cannot_be_drawn_by_likeness(tiny: str, mars_tree: Path, tmp_path: Path) -> None:
    shards = write_shards(tmp_path / "set", walks(4))
    domains = Domains.read(f"webdataset://{shards}", shards, "mars", mars_tree)
    streamed = Batches(domains, settings("qaconv_gs"), uses_target=False)
    for ask in (lambda: streamed.one_of_each_person(0), lambda: next(streamed.rest(0, None, [[]]))):
        with pytest.raises(ConfigError, match=r"found a stream of shards.*method\.sampling=random"):
            ask()


def test_norms_cannot_be_frozen_and_normalise_by_camera(tiny: str) -> None:
    student = build_model(tiny, 4, norm="cbn")
    with pytest.raises(ConfigError, match=r"set method.norms=batch"):
        built("qaconv_gs", student, 0, IDENTITIES, neck=6)
    assert built("qaconv_gs", student, 0, IDENTITIES, neck=6, norms="batch")


def test_the_best_weights_are_tested_with_what_they_were_trained_with(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matcher of the best epoch, not that of the last one."""
    compared = []
    keep, evaluated = Session._keep_best, Session._evaluate

    def first(self: Session, found: Any, epoch: int) -> None:
        if epoch == 1:
            keep(self, found, epoch)

    def watched(self: Session, *which: Any) -> Any:
        compared.append(self.run.method.comparison().state())
        return evaluated(self, *which)

    monkeypatch.setattr(Session, "_keep_best", first)
    monkeypatch.setattr(Session, "_evaluate", watched)
    chosen = "evaluation.select_on=source_test", "evaluation.every=1", "training.epochs=2"
    result = run("best", *chosen, method="qaconv")
    kept = checkpoint.load(result.checkpoint)["comparison"]["state"]
    for part in ("local", "matcher"):
        for name, tensor in kept[part].items():
            assert torch.equal(compared[-1][part][name], tensor), name
    assert any(not torch.equal(compared[1]["matcher"][n], t) for n, t in kept["matcher"].items())
