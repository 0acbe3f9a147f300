"""tools/experiments: which trainings a comparison has, and what its tables say of their scores."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PLACE = Path(__file__).resolve().parents[2] / "tools" / "experiments"


@pytest.fixture
def experiments(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the folder, as its scripts see each other."""
    monkeypatch.syspath_prepend(str(PLACE))
    names = ("trainings", "scoring", "tables")
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


def test_control_is_trained_once_and_others_for_each_target(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings = experiments["trainings"]
    targets = [trainings.Target(name, "synthetic", tmp_path / name) for name in ("dim", "night")]
    rows = ["source_only", "pseudo_label"]
    runs = list(trainings.trainings(tmp_path / "runs", ["imagenet"], rows, targets, [1, 2]))
    assert len(runs) == 2 * (1 + 1 + 2)
    assert len({run.output for run in runs}) == len(runs)
    first, control, dim, _ = runs[:4]
    assert (first.after, control.after, dim.after) == (None, first, first)
    told = dim.command(tmp_path / "source")
    assert told[told.index("--init") + 1] == str(first.checkpoint)
    assert told[told.index("--target-root") + 1] == str(tmp_path / "dim")
    assert told[told.index("--config") + 1].endswith("recipes/imagenet-two.yaml")
    assert Path(told[told.index("--config") + 1]).is_file()
    # The control never sees a target, not even its name.
    assert not any("dim" in word or "night" in word for word in control.command(tmp_path / "s"))


def test_cost_is_that_of_all_calls_and_of_the_first_stage(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings = experiments["trainings"]
    first, control = trainings.trainings(tmp_path, ["scratch"], ["source_only"], [], [1])
    for run, spent in ((first, [60.0, 30.0]), (control, [30.0])):
        run.output.parent.mkdir(parents=True, exist_ok=True)
        run.output.with_suffix(".cost.json").write_text(json.dumps(spent))
    assert first.cpu_minutes == 1.5
    assert control.cpu_minutes == 2.0


def test_tables_pair_queries_and_say_what_can_be_concluded(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    trainings, tables = experiments["trainings"], experiments["tables"]
    target = trainings.Target("dim", "synthetic", tmp_path / "dim")
    rows = ["source_only", "pseudo_label", "dann"]
    runs = list(trainings.trainings(tmp_path, ["scratch"], rows, [target], [1, 2]))
    for run in runs:
        if run.after:
            better = {"source_only": 0.0, "pseudo_label": 0.2, "dann": 0.0}[run.row]
            _write(experiments["scoring"].file_of(run, target), better)
            run.output.with_suffix(".cost.json").write_text("[120.0]")
    lines = list(tables.of_target(target, "scratch", runs))
    assert lines[2].startswith("| `source_only` | 50.0 ± 0.0 | 40.0 ± 0.0 | 45.0 ± 0.0 | 50.0")
    assert "**+20.0 (+20.0 to +20.0)**" in lines[3]
    assert "+0.0 (+0.0 to +0.0)" in lines[4]
    assert "**" not in lines[4]
    assert lines[3].endswith("| 2.0 |")
    said = list(tables.conclusions(target, "scratch", runs))
    assert said[0].startswith("source_only under camera statistics is better than source_only as")
    assert said[1].startswith("pseudo_label under camera statistics is better than source_only")
    assert said[2].startswith("Neither dann under camera statistics nor source_only")


def _write(place: Path, better: float) -> None:
    """Scores of 12 people with two queries each, some without a match."""
    found: dict[str, Any] = {}
    for whose, mean in (("running", 0.4), ("target", 0.45), ("camera", 0.5)):
        precision = [None if n == 5 else mean + better for n in range(24)]
        found[whose] = {
            "rank_1": 0.5 + better,
            "mAP": mean + better,
            "person_id": [n // 2 for n in range(24)],
            "average_precision": precision,
        }
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(found))
