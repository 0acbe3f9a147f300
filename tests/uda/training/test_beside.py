"""The target is tested with its own batch-norm statistics, too, and those of each camera."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from reid_datasets.benchmarks import load

from tests.uda.conftest import Run
from uda.evaluation import of_checkpoint
from uda.features.extractor import Choices
from uda.report.tables import print_training

BOTH = "evaluation.beside=[target,camera]"


@pytest.mark.parametrize(("method", "norm"), [("source_only", "bn"), ("dann", "dsbn")])
def test_scores_stand_beside_the_plain_ones_and_are_what_evaluate_gives(
    tiny: str,
    trained: Run,
    miniatures: tuple[Path, Path],
    method: str,
    norm: str,
    processor: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    result = trained(BOTH, f"model.norm={norm}", method=method)
    assert list(result.beside) == ["target", "camera"]
    written = json.loads((result.output / "result.json").read_text())
    assert written["target_test"]["frames"] == "2 frames"
    for whose, words in (
        ("target", "of the target"),
        ("camera", "by camera (0.5, the rest of the target)"),
    ):
        scores = written["target_test_beside"][whose]
        assert scores["frames"] == f"2 frames, batch norm {words}, from training clips"
        (row,) = of_checkpoint.evaluate(
            result.checkpoint, {"mars": miniatures[1]}, Choices(statistics=whose)
        )
        assert row.scores() == pytest.approx(scores)
        assert (result.output / f"evaluations/target_test_{whose}-0004.json").exists()
    print_training(result, "mars", miniatures[1])
    shown = capsys.readouterr().out
    for words in ("batch norm: target", "batch norm: cameras", "from training clips"):
        assert words in shown


def test_what_training_left_stands_beside_a_score_by_camera(
    tiny: str, run: Run, miniatures: tuple[Path, Path], processor: None
) -> None:
    all_of_them = "evaluation.beside=[running,target,camera]"
    result = run("by-camera", all_of_them, "evaluation.statistics=camera", method="source_only")
    assert list(result.beside) == ["running", "target"]
    written = json.loads((result.output / "result.json").read_text())
    assert "by camera" in written["target_test"]["frames"]
    (row,) = of_checkpoint.evaluate(
        result.checkpoint, {"mars": miniatures[1]}, Choices(statistics="running")
    )
    assert row.scores() == pytest.approx(written["target_test_beside"]["running"])


def test_training_clips_decide_not_the_clips_that_are_tested(
    tiny: str, trained: Run, miniatures: tuple[Path, Path], processor: None
) -> None:
    """What a query's feature is does not depend on the other queries, unless asked for."""
    checkpoint = trained(BOTH, method="source_only").checkpoint
    tested = load("mars", miniatures[1])
    apart = {}
    for chosen in ("train", "test"):
        session = of_checkpoint._Session(
            checkpoint,
            Choices(statistics="camera", estimated_on=chosen),
            None,
            of_checkpoint.silent,
        )
        session.know(of_checkpoint._half([tested]))
        whole = session.extractor(tested.gallery)
        few = session.extractor(tested.gallery[:5])
        apart[chosen] = (whole[:5] - few).abs().max()
    assert apart["train"] < 1e-6
    assert apart["test"] > 1e-4


def test_statistics_are_left_as_training_left_them(tiny: str, trained: Run) -> None:
    plain, beside = (trained(words, method="source_only") for words in ("training.seed=1", BOTH))
    states = [
        torch.load(result.checkpoint, weights_only=True)["model"] for result in (plain, beside)
    ]
    assert all(torch.equal(a, b) for a, b in zip(*(s.values() for s in states), strict=True))


def test_what_has_them_already_is_not_tested_again(tiny: str, trained: Run) -> None:
    assert not trained(BOTH, "model.norm=cbn", method="source_only").beside
    assert list(trained(BOTH, "model.norm=adabn", method="source_only").beside) == ["camera"]
