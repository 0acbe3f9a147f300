"""tools/experiments/attributes.py: what is trained after what, and what its tables say."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from tests.tools.made_up_scores import costs, write_scores
from uda import recipes


def test_fine_tuning_differs_in_its_start_alone(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    learnt = _learnt(experiments["attributes"], tmp_path)
    tuned = experiments["attributes"].tuning(tmp_path, learnt)
    commands = {name: runs[0].command(tmp_path / "mars") for name, runs in tuned.items()}
    settings = {}
    for name, words in commands.items():
        file = Path(words[words.index("--config") + 1])
        said = [word for word in words if "=" in word]
        settings[name] = recipes.load(str(file), said).model_dump()
        assert words[words.index("--source") + 1] == "mars"
    assert settings["ImageNet"] == settings["identities"] == settings["joint"]
    assert "--init" not in commands["ImageNet"]
    starts = [
        commands[name][commands[name].index("--init") + 1] for name in ("identities", "joint")
    ]
    # Identities alone are learnt once, by this experiment and by compare.py.
    assert starts[0] == str(tmp_path / "imagenet/seed-1/stage-one/checkpoints/last.pt")
    assert starts[1] == str(tmp_path / "imagenet/seed-1/joint/checkpoints/last.pt")


def test_rows_are_told_by_their_method(experiments: dict[str, ModuleType], tmp_path: Path) -> None:
    for row, (run, *_) in _learnt(experiments["attributes"], tmp_path).items():
        words = run.command(tmp_path / "source")
        assert words[words.index("--method") + 1] == row
        config = recipes.load(words[words.index("--config") + 1], [f"method.name={row}"])
        assert config.method.name == row


def test_share_told_rightly_leaves_out_what_is_unknown(
    experiments: dict[str, ModuleType],
) -> None:
    right = experiments["attribute_scoring"].told_rightly(
        np.array([0, 1, -1]), np.array([[0.9, 0.1], [0.8, 0.2], [0.5, 0.5]])
    )
    np.testing.assert_array_equal(right, [1, 0, np.nan])


def test_tables_count_heads_and_pair_tracklets(
    experiments: dict[str, ModuleType], tmp_path: Path
) -> None:
    attributes, scoring = experiments["attributes"], experiments["attribute_scoring"]
    learnt = _learnt(attributes, tmp_path)
    target = experiments["trainings"].Target("dim", "synthetic", tmp_path / "dim")
    tuned = attributes.tuning(tmp_path, learnt)
    for row, runs in [*learnt.items(), *tuned.items()]:
        for run in runs:
            write_scores(experiments["scoring"].file_of(run, target), 0.1 * (row == "joint"))
            run.output.with_suffix(".cost.json").write_text(costs(60))
            place = scoring.file_of(run, target)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(_recognised(0.1 * (row == "joint"))))
    found = "\n".join(attributes.reported(learnt, tuned, [target], [target], []))
    cells = ["dim", "joint", *["70.0 ± 0.0 / 70.0 ± 0.0", "60.0 ± 0.0 / 60.0 ± 0.0"], "50.0"]
    gain = "**+10.0 (+10.0 to +10.0)**"
    assert f"| {' | '.join([*cells, '1 of 2', gain])} |" in found
    assert "| `hat` | 50, 60, 70 |" in found
    assert "| `shoes` | 80, 60, 70 |" in found
    assert found.count(f"| joint | 50.0 ± 0.0 / 65.0 ± 0.0 | {gain} |") == 2


def _learnt(attributes: ModuleType, place: Path) -> dict[str, list[Any]]:
    rows = ("source_only", "attributes", "joint")
    return {row: [attributes.learning(place, row, seed) for seed in (1, 2)] for row in rows}


def _recognised(better: float) -> dict[str, Any]:
    """Tracklets of eight people; hats are told better than the commonest, shoes are not."""
    heads = {
        name: {"accuracy": 0.6 + better, "commonest": commonest}
        for name, commonest in (("hat", 0.5), ("shoes", 0.8))
    }
    scores = {
        "accuracy": 0.6 + better, "balanced": 0.5 + better, "commonest": 0.5, "attributes": heads,
    }  # fmt: skip
    one = {"scores": scores, "person_id": list(range(8)), "told": [0.5 + better] * 8}
    return {"running": one, "half": one}
