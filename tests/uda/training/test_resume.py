"""A run that was stopped anywhere ends in the same weights as one that was not."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.mars_tree import write_mars_tree
from tests.uda.miniature import Run
from uda.errors import CheckpointError, RunError
from uda.monitor.monitor import Monitor
from uda.runs import checkpoint
from uda.training.session import Interrupted, Session


def weights(path: Path) -> dict[str, torch.Tensor]:
    state = checkpoint.load(path)
    return state["model"] | {f"method.{name}": t for name, t in state["method"].items()}


def assert_same(first: Path, second: Path) -> None:
    a, b = weights(first), weights(second)
    assert a.keys() == b.keys()
    for name in a:
        assert torch.equal(a[name], b[name]), name


def stop_at(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """Ctrl-C during that step."""
    advance = Monitor.advance

    def press(self: Monitor, epoch: int, done: int, loss: float, speed: float) -> None:
        advance(self, epoch, done, loss, speed)
        if done == step:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Monitor, "advance", press)


@pytest.mark.parametrize("step", [2, 6, 8], ids=["mid-epoch", "end of epoch", "late"])
@pytest.mark.parametrize(
    "method",
    [
        "synthetic_to_real",
        "pseudo_label",
        "spcl",
        "mmt",
        "jvtc_plus",
        "strong_baseline",
        "glt",
        "qaconv",
        "qaconv_gs",
        "source_only",
    ],
)
def test_interrupted_and_resumed_equals_unbroken(
    run: Run,
    trained: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: int,
    method: str,
) -> None:
    grouped = ("method.min_samples=2", "method.k1=4", "method.k2=1")
    chosen = {"pseudo_label": ("method.start=0", *grouped), "spcl": grouped}
    chosen["mmt"] = chosen["pseudo_label"]
    chosen["glt"] = ("method.start=0.25", "method.refresh=0.5", "method.groups=[2,3]")
    chosen["strong_baseline"] = (*grouped, "method.start=0.25", "method.refresh=0.5")
    chosen["jvtc_plus"] = ("method.k1=4", "method.k2=1", "method.refresh=0.3")
    settings = chosen.get(method, ())
    unbroken = trained(*settings, method=method)
    with monkeypatch.context() as patch:
        stop_at(patch, step)
        with pytest.raises(Interrupted, match=f"after step {step} of 12.*--resume"):
            run("broken", *settings, method=method)
    torch.manual_seed(99)  # whatever happened in between
    resumed = run("broken", *settings, method=method, resume=True)
    assert_same(unbroken.checkpoint, resumed.checkpoint)
    assert unbroken.evaluation is not None
    assert resumed.evaluation is not None
    assert unbroken.evaluation.result.mean_ap == resumed.evaluation.result.mean_ap
    assert entries(tmp_path / "broken") == entries(unbroken.output)


def entries(output: Path) -> list[dict[str, float]]:
    """The logged curve, without times."""
    lines = (output / "metrics.jsonl").read_text().splitlines()
    return [
        {key: value for key, value in json.loads(line).items() if not key.startswith("time/")}
        for line in lines
    ]


def test_a_run_with_worker_processes_sees_the_same_batches(run: Run, trained: Run) -> None:
    short = ("training.epochs=2",)
    none, one = trained(*short), run("one", *short, "data.workers=1")
    assert_same(none.checkpoint, one.checkpoint)


def test_an_evaluation_that_was_cut_off_is_made_again(
    run: Run, trained: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unbroken = trained()

    def press(self: Monitor, done: int, total: int) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    with monkeypatch.context() as patch:
        patch.setattr(Monitor, "evaluating", press)
        with pytest.raises(Interrupted):
            run("broken")
    resumed = run("broken", resume=True)
    assert_same(unbroken.checkpoint, resumed.checkpoint)
    assert entries(tmp_path / "broken") == entries(unbroken.output)


def test_a_finished_run_is_only_scored_again(
    run: Run, trained: Run, copied: Callable[..., Path]
) -> None:
    first = trained()
    copied("once")
    again = run("once", resume=True)
    assert_same(first.checkpoint, again.checkpoint)
    assert first.evaluation is not None
    assert again.evaluation is not None
    assert first.evaluation.result.mean_ap == again.evaluation.result.mean_ap


def test_resuming_with_another_configuration_is_refused(
    run: Run, copied: Callable[..., Path], tmp_path: Path
) -> None:
    copied("once")
    before = (tmp_path / "once" / "checkpoints" / "last.pt").read_bytes()
    with pytest.raises(RunError, match=r"method.margin: 0.3 -> 0.5"):
        run("once", "method.margin=0.5", resume=True)
    assert (tmp_path / "once" / "checkpoints" / "last.pt").read_bytes() == before
    run("once", "monitoring.every=2", resume=True)  # does not change the curve


def test_resuming_with_another_method_or_on_other_data_is_refused(
    run: Run, copied: Callable[..., Path], tmp_path: Path
) -> None:
    copied("once", "training.epochs=1")
    with pytest.raises(RunError, match=r"method.name: synthetic_to_real -> source_only"):
        run("once", "training.epochs=1", method="source_only", resume=True)
    other = write_mars_tree(tmp_path / "other", frames=5)
    with pytest.raises(RunError, match="source frames"):
        run("once", "training.epochs=1", resume=True, source_root=other)


def test_resuming_with_another_number_of_processes_is_refused(
    run: Run, copied: Callable[..., Path]
) -> None:
    """Of machines, that is: they are not among the settings."""
    path = copied("once", "training.epochs=1") / "checkpoints" / "last.pt"
    saved = checkpoint.load(path)
    checkpoint.save(path, saved | {"random": 2 * saved["random"]})
    with pytest.raises(CheckpointError, match="run of 2 processes, and 1 would continue"):
        run("once", "training.epochs=1", resume=True)


def test_the_best_weights_are_kept_when_asked_by_name(run: Run, tmp_path: Path) -> None:
    result = run("best", "evaluation.select_on=target_test", "evaluation.target_every=1")
    assert result.checkpoint.name == "best.pt"
    assert json.loads((tmp_path / "best" / "result.json").read_text())["selected_on"] == (
        "target_test"
    )


def test_weights_of_the_last_epoch_are_saved_before_a_run_stops(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four epochs, saved every third: Ctrl-C comes when the fourth is over."""
    end_epoch = Session.end_epoch

    def press(self: Session) -> None:
        end_epoch(self)
        if self.run.finished:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Session, "end_epoch", press)
    with pytest.raises(Interrupted, match="after step 12 of 12"):
        run("late", "training.save_every=3", method="source_only")
    kept = checkpoint.load(tmp_path / "late" / "checkpoints" / "last.pt")
    assert kept["position"] == {"epoch": 4, "step": 0, "best": {}}


def test_the_batch_of_tests_may_change_where_nothing_is_normalised_by_it(
    run: Run, copied: Callable[..., Path]
) -> None:
    once = ("training.epochs=1", "evaluation.every=0")
    copied("plain", *once, method="source_only")
    run("plain", *once, "evaluation.batch=7", method="source_only", resume=True)
    by_camera = (*once, "model.norm=cbn")
    copied("cameras", *by_camera, method="source_only")
    with pytest.raises(RunError, match=r"evaluation\.batch: 32 -> 7"):
        run("cameras", *by_camera, "evaluation.batch=7", method="source_only", resume=True)


def test_a_process_that_was_killed_while_it_wrote_is_no_hindrance(
    run: Run, copied: Callable[..., Path], tmp_path: Path
) -> None:
    """Before its run.json was there; and in the middle of a checkpoint."""
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / ".run.json.0123abcd.part").write_text("{")
    run("new", "training.epochs=1", method="source_only")
    assert not list((tmp_path / "new").glob(".*.part"))
    half = copied("once", "training.epochs=1") / "checkpoints" / ".last.pt.0123abcd.part"
    half.write_bytes(bytes(99))
    run("once", "training.epochs=1", resume=True)
    assert not half.exists()
