"""What `uda train` assumes where nothing is said, and weights that are not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import FEW
from uda.cli import app
from uda.methods.registry import METHODS
from uda.recipes import load

pytestmark = pytest.mark.usefixtures("blank_pictures")

SMALL = ("--config", "laptop-scratch", "--method", "source_only", *FEW)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Any:
    """``told(argument, ...)``: what a run would be started with, and what is said on stderr."""
    calls: list[dict[str, Any]] = []

    def run(settings: Any, source_root: Path, target_root: Path, output: Path, **more: Any) -> None:
        calls.append({"settings": settings, "roots": (source_root, target_root), **more})

    def call(*arguments: object) -> tuple[dict[str, Any], str]:
        result = CliRunner().invoke(app, ["train", *map(str, arguments)])
        assert result.exit_code == 0, (result.output, result.exception)
        return calls[-1] | {"method": calls[-1]["settings"].method.name}, result.stderr

    monkeypatch.setattr("uda.training.run.train", run)
    monkeypatch.setattr("uda.report.tables.print_training", lambda *arguments: None)
    return call


def test_a_rendered_source_adapts_to_mars(told: Any) -> None:
    for arguments in ((), ("--source", "synthetic", "--target", "mars")):
        run, said = told(*arguments)
        assert (run["source"], run["target"], run["method"]) == (
            "synthetic",
            "mars",
            "pseudo_label",
        )
        assert "supervised" not in said


def test_a_real_source_alone_is_supervised(told: Any, tmp_path: Path) -> None:
    run, said = told("--source", "mars", "--source-root", tmp_path)
    assert (run["source"], run["target"], run["method"]) == ("mars", "mars", "source_only")
    assert run["roots"] == (tmp_path, tmp_path)
    assert "both mars" in said
    assert "supervised training with source_only" in said
    run, _ = told("--source", "mars", "--target", "mars")
    assert run["method"] == "source_only"


def test_a_method_that_was_named_is_kept(told: Any, tmp_path: Path) -> None:
    for choice in (("--method", "adabn"), ("method.name=adabn",)):
        run, said = told("--source", "mars", *choice)
        assert run["method"] == "adabn"
        assert "supervised training with adabn" in said
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text("method: {name: synthetic_to_real}\n")
    assert told("--source", "mars", "--config", recipe)[0]["method"] == "synthetic_to_real"
    recipe.write_text("training: {epochs: 3}\n")
    assert told("--source", "mars", "--config", recipe)[0]["method"] == "source_only"
    assert load(recipe).method.name == "pseudo_label"


@pytest.mark.parametrize("gpu", [False, True])
def test_it_is_said_which_recipe_is_taken_where_none_is_named(
    told: Any, monkeypatch: pytest.MonkeyPatch, gpu: bool
) -> None:
    monkeypatch.setattr("uda.commands.train.has_gpu", lambda: gpu)
    run, said = told("--method", "dann")
    assert run["settings"] == load(method="dann", gpu=gpu)
    if gpu:
        assert "A GPU was found: the recipe dann of dann: " in said
    else:
        wanted = "No GPU was found: the recipe laptop, not the published one of dann"
        assert f"{wanted} (--config dann): mobilenet_v2 at 192x96, 12 epochs." in said
    run, said = told("--config", "laptop-scratch")
    assert run["settings"] == load("laptop-scratch")
    assert "GPU" not in said


def test_other_places_are_other_domains(told: Any, tmp_path: Path) -> None:
    run, said = told("--source", "mars", "--target", "mars", "--target-root", tmp_path)
    assert run["method"] == "pseudo_label"
    assert "supervised" not in said


def test_supervised_training_tests_once(mars_tree: Path, tmp_path: Path, tiny: str) -> None:
    output = tmp_path / "run"
    command = ["train", "--source", "mars", "--source-root", mars_tree, "--output", output]
    result = CliRunner().invoke(app, [*map(str, command), *SMALL, "training.epochs=1"])
    assert result.exit_code == 0, (result.output, result.exception)
    written = json.loads((output / "result.json").read_text())
    assert written["method"] == "source_only"
    assert written["target_test"]["queries"] == 6
    assert written["source_test"] is None
    assert sorted(path.name for path in (output / "evaluations").iterdir()) == [
        "target_test-0001.json"
    ]


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("--init", "a.pt", "--pretrained", "b.pt"), "--init and --pretrained b.pt"),
        (("--init", "a.pt", "model.pretrained=imagenet"), "--init and model.pretrained=imagenet"),
        (("--pretrained", "nowhere.pt"), "Expected weights at nowhere.pt, found no such file"),
        (("--init", "nowhere.pt"), "There is no checkpoint at nowhere.pt"),
    ],
)
def test_weights_that_are_not_there(
    tmp_path: Path, tiny: str, arguments: tuple[str, ...], phrase: str
) -> None:
    root = write_mars_tree(tmp_path / "mars")
    command = ["train", "--source", "mars", "--source-root", str(root), *arguments, *SMALL]
    result = CliRunner().invoke(app, [*command, "--output", str(tmp_path / "run")])
    assert result.exit_code == 2, (result.output, result.exception)
    assert phrase in result.stderr.splitlines()[-1]
    assert not (tmp_path / "run").exists()


def test_the_help_names_every_method() -> None:
    text = CliRunner().invoke(app, ["train", "--help"]).output
    assert [name for name in METHODS if name not in text] == []


def test_a_rendered_source_in_other_gammas_adapts_to_mars(told: Any) -> None:
    run, said = told("--source", "synthetic+gamma0.5-2.0")
    assert (run["target"], run["method"]) == ("mars", "pseudo_label")
    assert "supervised" not in said
