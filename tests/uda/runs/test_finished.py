"""Runs that are damaged are named, and what can be read of them is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from uda.config import Config
from uda.errors import RunError
from uda.monitor.history import History
from uda.runs import directory, finished


@pytest.mark.parametrize("content", ["{}", '{"config": {"method": 3}}', "[]", "3", "", "\0\0\0"])
def test_a_description_of_nothing_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=r"run\.json"):
        finished.read(tmp_path)


def test_lines_of_metrics_that_are_none_are_passed_over(tmp_path: Path) -> None:
    side = {"name": "mars"}
    described = {"method": {"name": "dann"}, "training": {"seed": 1}}
    run = {"config": described, "source": side, "target": side}
    (tmp_path / "run.json").write_text(json.dumps(run))
    lines = b'{"step": 1, "loss/loss": 2}\n3\n{"epoch": 1}\n\xff\xff\n{"step": 2, "lo'
    (tmp_path / "metrics.jsonl").write_bytes(lines)
    assert finished.read(tmp_path).metrics == [{"step": 1, "loss/loss": 2}]
    History(tmp_path, start=5)
    assert (tmp_path / "metrics.jsonl").read_text() == '{"step": 1, "loss/loss": 2}\n'


@pytest.mark.parametrize("content", ["", "\0\0\0", "{}", '{"config": {}, "config": {}}'])
def test_a_damaged_description_is_named_when_a_run_is_to_go_on(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunError, match=r"run\.json, but it cannot be read .*start anew"):
        directory.claim(tmp_path, Config(), {}, resume=True)
