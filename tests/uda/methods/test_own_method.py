"""A method in a file outside the package, from training to export."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner, Result

from tests.uda.miniature import FEW
from uda.cli import app
from uda.runs import checkpoint

pytestmark = pytest.mark.usefixtures("processor", "blank_pictures")

DOCS = Path(__file__).resolve().parents[3] / "docs/methods.md"

GOING = '''
from collections.abc import Iterator

import numpy as np
import torch

from uda import Comparison
from uda.methods.source_only import SourceOnly


class Going(Comparison):
    """Cosine, less what is likely by the time that passed: a learned mean transit time."""

    name = "going"

    def __init__(self):
        self.transit = torch.zeros(())

    def blocks(self, query, gallery):
        assert set(query.times) == {-1}  # MARS has no times
        assert (gallery.lengths > 0).all()
        cosine = 1 - query.features @ gallery.features.T
        yield cosine + float(self.transit) * (query.cameras[:, None] == gallery.cameras[None])

    def state(self):
        return {"transit": self.transit}

    def restore(self, state):
        self.transit = state["transit"]


class Transit(SourceOnly):
    compares_by = Going

    def __init__(self, student, config, facts):
        super().__init__(student, config, facts)
        self.register_buffer("transit", torch.tensor(0.25))

    def comparison(self):
        going = Going()
        going.transit = self.transit.clone()
        return going
'''


def uda(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def means(tmp_path: Path) -> str:
    """The guide's example in a file, as it is printed there."""
    (code,) = re.findall(r"```python\n(# means\.py\n.*?)```", DOCS.read_text(), re.DOTALL)
    assert len(code.splitlines()) < 30
    path = tmp_path / "means.py"
    path.write_text(code)
    return f"{path}:Means"


def train(tree: Path, output: Path, method: str, *more: object) -> Result:
    roots = ("--source", "mars", "--source-root", tree, "--target-root", tree)
    told = ("--config", "laptop-scratch", "--method", method, "--output", output)
    return uda("train", *roots, *told, *FEW, "training.epochs=2", *more)


def test_the_guides_example_does_all_that_a_method_does(
    tiny: str, mars_tree: Path, tmp_path: Path, means: str
) -> None:
    run, cut = tmp_path / "run", tmp_path / "cut"
    trained = train(mars_tree, run, means, "method.weight=0.5")
    assert trained.exit_code == 0, trained.output
    logged = [json.loads(line) for line in (run / "metrics.jsonl").open()]
    assert any("loss/means" in entry for entry in logged)
    assert train(mars_tree, cut, means, "method.weight=0.5", "evaluation.every=0").exit_code == 0
    weights = run / "checkpoints/last.pt"
    again = train(mars_tree, run, means, "method.weight=0.5", "--resume")
    assert again.exit_code == 0, again.output
    assert "method.weight: 0.5 -> 0.1" in train(mars_tree, run, means, "--resume").stderr
    told = ("--checkpoint", weights, "--data", "mars", "--root", mars_tree)
    evaluated = uda("evaluate", *told)  # compared by cosine: its code is not needed
    assert evaluated.exit_code == 0, evaluated.output
    assert uda("report", run).exit_code == 0
    listed = uda("settings", means).stdout
    assert "method.weight=0.1" in listed
    assert "of the distance of the domains' means" in listed


@pytest.mark.slow
def test_the_guides_example_is_exported(
    tiny: str, mars_tree: Path, tmp_path: Path, means: str
) -> None:
    run = tmp_path / "run"
    assert train(mars_tree, run, means, "training.epochs=1").exit_code == 0
    onnx = tmp_path / "means.onnx"
    exported = uda("export", "--checkpoint", run / "checkpoints/last.pt", "--output", onnx)
    assert exported.exit_code == 0, exported.output
    assert onnx.stat().st_size > 1000


def test_a_checkpoint_is_compared_as_its_method_says(
    tiny: str, mars_tree: Path, tmp_path: Path
) -> None:
    file = tmp_path / "transit.py"
    file.write_text(GOING)
    method, run = f"{file}:Transit", tmp_path / "run"
    trained = train(mars_tree, run, method)
    assert trained.exit_code == 0, trained.output
    weights = run / "checkpoints/last.pt"
    saved = checkpoint.load(weights)["comparison"]
    assert saved == {"name": "going", "state": {"transit": torch.tensor(0.25)}}
    told = ("evaluate", "--checkpoint", weights, "--data", "mars", "--root", mars_tree)
    refused = uda(*told)
    assert refused.exit_code == 2
    assert f"--method {method}" in refused.stderr
    scores = tmp_path / "scores.json"
    figures = tmp_path / "figures"
    found = uda(*told, "--method", method, "--json", scores, "--figures", figures, "--rerank")
    assert found.exit_code == 0, found.output
    rows = json.loads(scores.read_text())["rows"]
    own = json.loads((run / "result.json").read_text())["target_test"]
    assert own.items() <= rows[0].items(), "the run's own test compares in the same way"
    assert rows[1]["reranked"]
    assert (figures / "mars-distances.png").exists()
    wrong = uda(*told, "--method", "source_only")
    assert wrong.exit_code == 2
    assert "compares by 'cosine'" in wrong.stderr


def test_what_is_no_method_is_refused(tmp_path: Path) -> None:
    for name, phrase in (
        ("dannn", "Did you mean dann?"),
        (f"{tmp_path}/none.py:Mine", "there is no file"),
        ("json:loads", "expected a subclass of uda.Method"),
        ("no_such_package.mine:Mine", "cannot be imported"),
        ("uda.methods.dann:Nobody", "expected a class Nobody"),
        (".:Mine", "found '.' before the colon"),
        ("..dann:Dann", "before the colon"),
    ):
        result = uda("settings", name)
        assert result.exit_code == 2
        assert phrase in result.stderr, (name, result.stderr)
    broken = tmp_path / "broken.py"
    broken.write_text("class Mine(:")
    assert "cannot be loaded" in uda("settings", f"{broken}:Mine").stderr


def test_an_installed_package_registers_a_method(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, means: str
) -> None:
    package = tmp_path / "site"
    (package / "mine-1.0.dist-info").mkdir(parents=True)
    (package / "mine-1.0.dist-info/METADATA").write_text("Name: mine\nVersion: 1.0\n")
    entry = "[uda.methods]\nmeans = means:Means\n"
    (package / "mine-1.0.dist-info/entry_points.txt").write_text(entry)
    monkeypatch.syspath_prepend(package)
    monkeypatch.syspath_prepend(Path(means.partition(":")[0]).parent)
    assert "method.name=means " in uda("settings", "means").stdout
    assert "source_only, adabn" in uda("settings", "nothing").stderr
    assert "means" in uda("settings", "nothing").stderr
