"""What people type, and what they are told when it cannot work."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.uda.miniature import SMALL, undrawn
from uda.cli import app
from uda.config import Config
from uda.methods.registry import METHODS, find
from uda.recipes import load
from uda.recipes.listing import keys, sections
from uda.recipes.reading import validate

Uda = Callable[..., Result]


pytestmark = pytest.mark.usefixtures("processor")


@pytest.fixture
def uda(tiny: str) -> Uda:
    def call(*arguments: object, drawn: bool = False) -> Result:
        with nullcontext() if drawn else undrawn():
            return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return call


def train(
    uda: Uda, source: Path, target: Path, output: Path, *more: object, drawn: bool = False
) -> Result:
    roots = ("--source", "mars", "--source-root", source, "--target-root", target)
    method = ("--method", "synthetic_to_real")  # for a target of its own, which this may not be
    small = ("--config", "laptop-scratch", *SMALL, "training.epochs=1")
    return uda("train", *roots, *method, "--output", output, *small, *more, drawn=drawn)


def assert_refused(result: Result, *phrases: object) -> None:
    """Exit code 2, and one paragraph that says what is wrong."""
    assert result.exit_code == 2, (result.output, result.exception)
    message = result.stderr.strip().splitlines()[-1]
    assert message.startswith("error: ")
    for phrase in phrases:
        assert str(phrase) in message


def test_train_then_evaluate(uda: Uda, mars_tree: Path, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "one"
    trained = train(uda, mars_tree, mars_tree, run, drawn=True)
    assert trained.exit_code == 0, trained.output
    for phrase in ("R1", "mAP", "2 frames", "uda evaluate --checkpoint", "tensorboard"):
        assert phrase in trained.stdout
    weights = run / "checkpoints" / "last.pt"
    pictures, scores = tmp_path / "figures", tmp_path / "scores.json"
    told = ("--root", mars_tree, "--json", scores, "--figures", pictures)
    evaluated = uda("evaluate", "--checkpoint", weights, "--data", "mars", *told)
    assert evaluated.exit_code == 0, evaluated.output
    names = ["mars-cmc.png", "mars-distances.png", "mars-ranked.png"]
    assert sorted(path.name for path in pictures.iterdir()) == names
    result = json.loads((run / "result.json").read_text())
    (row,) = json.loads(scores.read_text())["rows"]
    assert result["target_test"].items() <= row.items()
    assert result["target_test"]["queries"] == 6
    assert list((run / "tensorboard").glob("events*"))
    resumed = train(uda, mars_tree, mars_tree, run, "--resume")
    assert resumed.exit_code == 0, resumed.output


def test_a_missing_data_root(uda: Uda, mars_tree: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert_refused(train(uda, mars_tree, nowhere, tmp_path / "run"), nowhere, "found nothing")
    assert_refused(uda("check-data", "mars", "--root", nowhere), nowhere)
    assert not (tmp_path / "run").exists()


def test_the_data_root_comes_from_the_environment(
    uda: Uda, mars_tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REID_DATA", str(mars_tree.parent))
    assert uda("check-data", "mars", "--no-files").exit_code == 0


def test_an_empty_directory(uda: Uda, mars_tree: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert_refused(train(uda, empty, mars_tree, tmp_path / "run"), empty, "empty directory")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_truncated_frame(uda: Uda, mars_tree: Path, tmp_path: Path, workers: int) -> None:
    for image in (mars_tree / "bbox_train").rglob("*.jpg"):
        image.write_bytes(image.read_bytes()[:150])
    result = train(uda, mars_tree, mars_tree, tmp_path / "run", f"data.workers={workers}")
    assert_refused(result, "bbox_train", "do not decode", "uda check-data")
    assert "Traceback" not in result.stderr


def test_a_tracklet_of_one_frame_trains(uda: Uda, mars_tree: Path, tmp_path: Path) -> None:
    assert len(list((mars_tree / "bbox_train" / "0001").glob("0001C1T0001*"))) == 1
    result = train(uda, mars_tree, mars_tree, tmp_path / "run", "data.clip_length=4")
    assert result.exit_code == 0, result.output


def test_an_unknown_key(uda: Uda, mars_tree: Path, tmp_path: Path) -> None:
    result = train(uda, mars_tree, mars_tree, tmp_path / "run", "training.epoch=3")
    assert_refused(result, "Unknown configuration key training.epoch", "training.epochs?")
    assert not (tmp_path / "run").exists()


def test_an_unknown_benchmark_and_an_unknown_model(
    uda: Uda, mars_tree: Path, tmp_path: Path
) -> None:
    assert_refused(uda("check-data", "marsh"), "Did you mean mars?")
    result = train(uda, mars_tree, mars_tree, tmp_path / "run", "model.name=resnet5")
    assert_refused(result, "resnet50")


def test_more_identities_in_a_batch_than_there_are(
    uda: Uda, mars_tree: Path, tmp_path: Path
) -> None:
    result = train(uda, mars_tree, mars_tree, tmp_path / "run", "data.identities=9")
    assert_refused(result, "data.identities=9", "the source has 4")


def test_an_output_directory_with_another_run(
    uda: Uda, miniatures: tuple[Path, Path], copied: Callable[..., Path]
) -> None:
    run = copied("run", "training.epochs=1")
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    again = train(uda, *miniatures, run, "training.seed=2")
    assert_refused(again, "already holds a run", "Nothing was overwritten", "--resume")
    resumed = train(uda, *miniatures, run, "training.seed=2", "--resume")
    assert_refused(resumed, "training.seed: 1 -> 2")
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before


def test_a_checkpoint_of_another_architecture(
    uda: Uda, miniatures: tuple[Path, Path], copied: Callable[..., Path], tmp_path: Path
) -> None:
    import torch
    from reid_models import build

    from uda.runs import checkpoint

    run = copied("run", "training.epochs=1")
    weights = run / "checkpoints" / "last.pt"
    other = train(uda, *miniatures, run, "model.name=slim_resnet18", "--resume")
    assert_refused(other, "model.name: tiny -> slim_resnet18")
    pretrained = ("--pretrained", weights, "model.name=slim_resnet18")
    # An override comes last: the option chooses the weights, SMALL the backbone.
    result = train(uda, *miniatures, tmp_path / "two", *pretrained)
    assert_refused(result, "Expected weights for this backbone", weights)
    state = checkpoint.load(weights)
    state["model"] = build("slim_resnet18", 4).state_dict()
    checkpoint.save(weights, state)
    told = ("--data", "mars", "--root", miniatures[1])
    assert_refused(uda("evaluate", "--checkpoint", weights, *told), "another architecture")
    torch.save(state["model"], tmp_path / "bare.pt")
    result = uda("evaluate", "--checkpoint", tmp_path / "bare.pt", *told)
    assert_refused(result, "not a checkpoint of `uda train`")
    assert_refused(uda("evaluate", "--checkpoint", tmp_path / "no.pt", *told), "no checkpoint at")


def test_help_answers_at_once_and_without_torch() -> None:
    code = (
        "import sys; from typer.testing import CliRunner; from uda.cli import app\n"
        "for command in ([], ['train'], ['translate'], ['evaluate'], ['check-data']):\n"
        "    assert CliRunner().invoke(app, [*command, '--help']).exit_code == 0\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    command = [sys.executable, "-m", "uda.cli", "--help"]
    times = []
    for _ in range(3):
        began = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True)
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime)
    assert min(times) < 0.5  # CPU seconds: the machine may be busy with other things


@pytest.mark.parametrize("method", METHODS)
def test_every_setting_is_listed_with_its_meaning(method: str) -> None:
    listed = CliRunner().invoke(app, ["settings", method])
    assert listed.exit_code == 0
    lines = listed.output.splitlines()
    assert [line.partition("=")[0] for line in lines] == keys(
        sections(Config, find(method).Settings)
    )
    for line in lines:
        if not line.startswith("method.name"):
            assert len(line.split(maxsplit=1)) == 2, line
    given = [line[:48].strip() for line in lines if not line.startswith("method.name")]
    plain = validate({"method": {"name": method}}, method)
    assert load("laptop-scratch", given, method=method) == plain
