"""A finished run's generator on another source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.mars_tree import write_mars_tree
from tests.uda.translation.conftest import Translated
from uda.cli import app
from uda.errors import CheckpointError, ConfigError, RunError
from uda.runs import checkpoint, directory
from uda.translation.applying import apply
from uda.translation.domains import Named
from uda.translation.state import FORMAT


def test_the_same_source_gives_the_same_pictures(
    finished: Translated, tmp_path: Path, rendered: Path
) -> None:
    first = finished()
    made = directory.last(first.output)
    second = apply(made, Named("synthetic", rendered), tmp_path / "run", progress=False)
    for path in first.written.root.rglob("*.jpg"):
        same = second.written.root / path.relative_to(first.written.root)
        assert same.read_bytes() == path.read_bytes()
    said = json.loads((second.written.root / "translation.json").read_text())
    assert said["target"]["name"] == "mars"
    again = apply(made, Named("synthetic", rendered), tmp_path / "run", resume=True, progress=False)
    assert again.written == second.written
    with pytest.raises(RunError, match="already holds a run"):
        apply(made, Named("synthetic", rendered), tmp_path / "run", progress=False)


def test_another_source_without_masks(finished: Translated, tmp_path: Path) -> None:
    root = write_mars_tree(tmp_path / "more", seed=3)
    words = ["translate", "--generator", str(directory.last(finished(method="ptgan").output))]
    words += ["--source", str(root), "--source-data", "mars", "--output", str(tmp_path / "run")]
    said = CliRunner().invoke(app, [*words, "output.quality=60"])
    assert said.exit_code == 0, said.output
    assert (tmp_path / "run/translated/info/query_IDX.mat").exists()
    refused = CliRunner().invoke(app, [*words, "--method", "spgan"])
    assert refused.exit_code == 2
    assert "leave out --method" in refused.output


def test_what_the_generator_settles_stays(finished: Translated, tmp_path: Path) -> None:
    made, source = directory.last(finished().output), Named("mars", tmp_path)
    with pytest.raises(ConfigError, match=r"networks\.width is settled by"):
        apply(made, source, tmp_path / "run", ["networks.width=8"])
    with pytest.raises(ConfigError, match=r"output\.quality"):
        apply(made, source, tmp_path / "run", ["output.quality=0"])


def test_an_unfinished_training_is_refused(finished: Translated, tmp_path: Path) -> None:
    state = checkpoint.load(directory.last(finished().output), FORMAT)
    state["position"] = {"epoch": 1, "step": 2}
    checkpoint.save(tmp_path / "early.pt", state, FORMAT)
    with pytest.raises(CheckpointError, match="is not finished: 1 of 2 epochs"):
        apply(tmp_path / "early.pt", Named("mars", tmp_path), tmp_path / "run")
