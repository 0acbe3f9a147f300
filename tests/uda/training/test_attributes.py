"""Runs with attribute heads: what they learn, hold out, remember and start from."""

from __future__ import annotations

import json
import logging
import os
import signal
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from reid_datasets.benchmarks import load as read
from reid_datasets.errors import DatasetError
from reid_datasets.labels import columns

from tests.mars_tree import write_mars_tree
from tests.uda.described import write_attributes
from tests.uda.miniature import Run
from uda.attributes.predicting import Recogniser, predict
from uda.attributes.temperatures import fit
from uda.batches.attributes import with_attributes
from uda.batches.domains import Domains
from uda.config import Data
from uda.errors import CheckpointError, ConfigError, RunError
from uda.evaluation.of_checkpoint import evaluate
from uda.monitor.monitor import Monitor
from uda.onnx_export import export
from uda.runs import checkpoint
from uda.training.session import Interrupted, TrainingResult

pytestmark = pytest.mark.usefixtures("processor")

SHORT = ("training.epochs=1", "training.steps=2")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("described")
    write_attributes(folder / "people.csv")
    return write_mars_tree(folder / "mars", train_people=5, test_people=2, frames=4)


@pytest.fixture
def described(run: Run, source: Path) -> Callable[..., TrainingResult]:
    """``described(name, *overrides, method=...)``: a run on people with attributes."""

    def start(name: str, *overrides: str, method: str = "joint", **more: object) -> TrainingResult:
        file = f"data.attributes_file={source.parent / 'people.csv'}"
        chosen = {"source_root": source, "target_root": source, "target": "mars", **more}
        return run(name, file, *overrides, method=method, **chosen)

    return start


@pytest.mark.parametrize("method", ["attributes", "joint"])
@pytest.mark.parametrize("step", [2, 8], ids=["mid-epoch", "late"])
def test_interrupted_and_resumed_equals_unbroken(
    described: Callable[..., TrainingResult],
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    method: str,
) -> None:
    unbroken = checkpoint.load(described("unbroken", method=method).checkpoint)
    advance = Monitor.advance

    def press(self: Monitor, epoch: int, done: int, loss: float, speed: float) -> None:
        advance(self, epoch, done, loss, speed)
        if done == step:
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patch:
        patch.setattr(Monitor, "advance", press)
        with pytest.raises(Interrupted):
            described("broken", method=method)
    torch.manual_seed(99)
    resumed = checkpoint.load(described("broken", method=method, resume=True).checkpoint)
    for part in ("model", "method"):
        assert unbroken[part].keys() == resumed[part].keys()
        for name, tensor in unbroken[part].items():
            assert torch.equal(tensor, resumed[part][name]), name
    assert unbroken["attributes"] == resumed["attributes"]


def test_attributes_alone_need_one_clip_of_a_person(
    described: Callable[..., TrainingResult],
) -> None:
    alone = ("data.identities=3", "data.instances=1")
    found = described("alone", *SHORT, *alone, method="attributes")
    assert checkpoint.load(found.checkpoint)["position"]["epoch"] == 1
    for method in ("joint", "source_only"):
        with pytest.raises(ConfigError, match=f"no two clips of a person.*{method} compares"):
            described("pairs", *SHORT, *alone, method=method)


@pytest.mark.parametrize("norm", ["cbn", "adabn"])
def test_heads_work_with_norms_by_camera_and_adapted_ones(
    described: Callable[..., TrainingResult], source: Path, norm: str
) -> None:
    found = described(norm, *SHORT, f"model.norm={norm}")
    split = read("mars", source)
    half = [tracklet.unlabelled() for tracklet in split.train]
    told = predict(Recogniser.of(found.checkpoint), split.query, unlabelled=half)
    assert bool(np.isfinite(told.probabilities["gender"]).all())


def test_people_that_are_held_out_reach_no_loss(source: Path) -> None:
    domains = Domains.read("mars", source, "mars", source)
    file = str(source.parent / "people.csv")
    data = Data(attributes_file=file, identities=2, held_out=0.4)
    found = with_attributes(domains, "mars", source, data).domains
    out = {tracklet.person_id for tracklet in found.held_out}
    left = {tracklet.person_id for tracklet in found.source.train}
    assert len(out) == 2
    assert out | left == {1, 2, 3, 4, 5}
    assert not out & left
    assert found.target_split is found.source, "still one benchmark"
    labels = dict(found.held_out[0].labels)
    person = found.held_out[0].person_id
    assert labels["attribute:gender"] == person % 2
    assert labels["attribute:upper colour"] == person % 3
    everybody = with_attributes(domains, "mars", source, data.model_copy(update={"held_out": 0.0}))
    assert not everybody.domains.held_out
    full = data.model_copy(update={"identities": 5})
    assert not with_attributes(domains, "mars", source, full).domains.held_out


def test_what_nobody_differs_in_is_left_out_or_refused(
    source: Path, caplog: pytest.LogCaptureFixture
) -> None:
    domains = Domains.read("mars", source, "mars", source)
    data = Data(attributes_file=str(source.parent / "people.csv"), identities=2)
    with caplog.at_level(logging.WARNING):
        found = with_attributes(domains, "mars", source, data)
    assert list(found.values) == ["gender", "upper colour", "hat"]
    assert "do not differ in bag: left out" in caplog.text
    for asked, message in (
        (("bag",), r"at least two values of the attribute bag"),
        (("gendre",), r"Did you mean gender\?"),
    ):
        with pytest.raises(DatasetError, match=message):
            with_attributes(domains, "mars", source, data.model_copy(update={"attributes": asked}))
    stream = Domains(domains.source, (), domains.target_split, stream=object())  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="stream of shards"):
        with_attributes(stream, "webdataset://x", source, data)


def test_a_run_tells_attributes_and_temperatures_and_continues_on_no_others(
    described: Callable[..., TrainingResult], source: Path
) -> None:
    found = described("first", *SHORT, "data.attributes=[gender,hat]")
    told = json.loads((found.output / "run.json").read_text())["attributes"]
    assert told["values"] == {"gender": ["female", "male"], "hat": ["no", "yes"]}
    assert told["held_out"] == 1
    rows = [json.loads(row) for row in (found.output / "metrics.jsonl").read_text().splitlines()]
    first = next(row for row in rows if "loss/attributes" in row)
    assert {"loss/identity", "loss/triplet", "metric/accuracy_gender", "metric/accuracy_hat"} <= (
        first.keys()
    )
    model = checkpoint.load(found.checkpoint)["model"]
    assert float(model["attribute_heads.heads.of_gender.temperature"]) != 1
    file = source.parent / "people.csv"
    text = file.read_text()
    file.write_text(text.replace("0001,male", "0001,female"))  # the same name
    try:
        with pytest.raises(RunError, match="attributes labels_sha256"):
            described("first", *SHORT, "data.attributes=[gender,hat]", resume=True)
    finally:
        file.write_text(text)


def test_new_layers_have_their_own_rate(described: Callable[..., TrainingResult]) -> None:
    found = described("run", *SHORT, "optimiser.backbone=0.1", "model.fc=6")
    saved = checkpoint.load(found.checkpoint)
    weights = {
        name: tensor.numel()
        for name, tensor in saved["model"].items()
        if name.endswith(("weight", "bias"))
    }
    groups = saved["optimisers"]["main"]["param_groups"]
    lent = {group["initial_lr"] for group in groups}
    assert sorted(lent) == pytest.approx([0.1 * max(lent), max(lent)])
    counts = {
        share: sum(len(g["params"]) for g in groups if g["initial_lr"] == share) for share in lent
    }
    of_backbone = sum(name.startswith("backbone.") for name in weights)
    assert counts[min(lent)] == of_backbone
    assert counts[max(lent)] == len(weights) - of_backbone
    assert any(name.startswith("fc.") for name in weights)


def test_its_checkpoint_is_evaluated_and_asked_for_attributes(
    described: Callable[..., TrainingResult], source: Path
) -> None:
    found = described("run", *SHORT)
    assert found.evaluation is not None
    row = evaluate(found.checkpoint, {"mars": source})[0]
    assert row.evaluations[0].result.mean_ap == pytest.approx(found.evaluation.result.mean_ap)
    tracklets = read("mars", source).query
    model = Recogniser.of(found.checkpoint)
    asked = predict(model, tracklets)
    assert asked.values["upper colour"] == ("black", "red", "white")
    for name, values in asked.values.items():
        shares = asked.probabilities[name]
        assert shares.shape == (len(tracklets), len(values))
        assert shares.dtype == np.float32
        np.testing.assert_allclose(shares.sum(1), 1, rtol=1e-5)
    assert set(asked.likeliest("gender")) <= {"female", "male"}
    again = predict(model, [tracklet.unlabelled() for tracklet in tracklets])
    np.testing.assert_array_equal(again.probabilities["hat"], asked.probabilities["hat"])
    assert predict(model, []).probabilities["hat"].shape == (0, 2)


@pytest.mark.slow
def test_its_onnx_file_is_that_of_a_model_without_heads(
    described: Callable[..., TrainingResult], tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx")
    export(described("run", *SHORT).checkpoint, tmp_path / "model.onnx", clip_length=1)
    weights = onnx.load(tmp_path / "model.onnx").graph.initializer
    assert weights
    assert not [tensor.name for tensor in weights if "attribute" in tensor.name]


def test_probabilities_are_of_the_mean_scores_over_the_temperature(
    described: Callable[..., TrainingResult], source: Path, tmp_path: Path
) -> None:
    first = described("run", *SHORT, "evaluation.frames=all").checkpoint
    saved = checkpoint.load(first)
    tracklets = read("mars", source).query[:2]
    key = "attribute_heads.heads.of_gender.temperature"
    found = {}
    for temperature in (1.0, 3.0):
        saved["model"][key] = torch.tensor(temperature)
        checkpoint.save(tmp_path / "changed.pt", saved)
        model = Recogniser.of(tmp_path / "changed.pt")
        found[temperature] = predict(model, tracklets).probabilities["gender"]
    odds = {t: np.log(p[:, 0] / p[:, 1]) for t, p in found.items()}
    np.testing.assert_allclose(odds[1.0], 3 * odds[3.0], rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize(
    "words",
    [
        ("evaluation.statistics=running",),
        ("evaluation.statistics=camera", "evaluation.camera_share=0.5"),
        ("evaluation.statistics=target", "evaluation.estimated_on=test"),
        ("model.norm=cbn",),
    ],
    ids=lambda words: words[0],
)
def test_temperatures_are_fitted_to_the_scores_that_predictions_are_made_of(
    described: Callable[..., TrainingResult], source: Path, words: tuple[str, ...]
) -> None:
    held = ("data.held_out=0.4", *words)
    model = Recogniser.of(described("run", *SHORT, *held).checkpoint)
    data = Data(attributes_file=str(source.parent / "people.csv"), identities=2, held_out=0.4)
    read_again = Domains.read("mars", source, "mars", source)
    domains = with_attributes(read_again, "mars", source, data).domains
    known = columns(domains.held_out)
    half = [*domains.source.train, *domains.held_out]
    fitted = {name: float(model.heads.head(name).temperature) for name in model.values}
    for name in model.values:
        model.heads.head(name).temperature.fill_(1)
    told = predict(model, domains.held_out, unlabelled=half)
    for name, temperature in fitted.items():
        scores = torch.from_numpy(told.probabilities[name]).log()
        expected = fit(scores, known[f"attribute:{name}"], known["identity"])
        assert temperature == pytest.approx(expected, rel=1e-3), name
    assert any(abs(temperature - 1) > 1e-3 for temperature in fitted.values())


def test_a_model_without_heads_is_not_asked(run: Run) -> None:
    found = run("plain", *SHORT, method="source_only")
    with pytest.raises(CheckpointError, match="no attribute heads"):
        Recogniser.of(found.checkpoint)


STILL = (*SHORT, "optimiser.lr=1e-12", "optimiser.weight_decay=0")


def test_heads_start_from_a_run_that_knows_the_attribute_by_the_same_values(
    described: Callable[..., TrainingResult], run: Run, source: Path, tmp_path: Path
) -> None:
    plain = run("plain", *SHORT, method="source_only").checkpoint
    begun = described("from plain", *STILL, init=plain)
    saved, model = checkpoint.load(begun.checkpoint), checkpoint.load(plain)["model"]
    assert "attribute_heads" not in saved["init"]
    torch.testing.assert_close(saved["model"]["backbone.0.weight"], model["backbone.0.weight"])

    first = checkpoint.load(described("first").checkpoint)["model"]
    text = (source.parent / "people.csv").read_text()
    (tmp_path / "other.csv").write_text(text.replace("black", "blue"))
    file = f"data.attributes_file={tmp_path / 'other.csv'}"
    begun = described("begun", *STILL, file, init=tmp_path / "first/checkpoints/last.pt")
    saved = checkpoint.load(begun.checkpoint)
    assert saved["init"]["attribute_heads"] == ["gender", "hat"]
    for name, same in (("gender", True), ("hat", True), ("upper colour", False)):
        key = f"attribute_heads.heads.of_{name}.layers.0.weight"
        assert torch.allclose(saved["model"][key], first[key]) == same, name
    back = run("back", *STILL, method="source_only", init=tmp_path / "first/checkpoints/last.pt")
    found = checkpoint.load(back.checkpoint)["model"]
    assert not [key for key in found if key.startswith("attribute_heads")]
    torch.testing.assert_close(found["backbone.0.weight"], first["backbone.0.weight"])
