"""Which loggers there are, what happens where one is missing, and what happens where one fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from uda.config import Monitoring
from uda.errors import ConfigError
from uda.monitor import loggers
from uda.monitor.loggers import several
from uda.monitor.loggers.continued import ContinuedRun
from uda.monitor.loggers.several import Loggers
from uda.monitor.monitor import Monitor
from uda.recipes import load


class Recording:
    """Takes every entry, or fails at those that come while ``broken``."""

    place = "memory"

    def __init__(self) -> None:
        self.entries: list[tuple[str, tuple[Any, ...]]] = []
        self.broken = False
        self.asked = 0

    def __getattr__(self, name: str) -> Callable[..., None]:
        def entry(*args: Any) -> None:
            self.asked += 1
            if self.broken:
                raise ConnectionError("the service went away\nfor reasons of its own")
            self.entries.append((name, args))

        return entry


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("[tensorboard,wandb]", ("tensorboard", "wandb")),
        ("wandb,mlflow", ("wandb", "mlflow")),
        ("mlflow", ("mlflow",)),
        ("[mlflow,mlflow]", ("mlflow",)),
        ("[]", ()),
    ],
)
def test_loggers_are_named_on_the_command_line(given: str, expected: tuple[str, ...]) -> None:
    assert load(overrides=[f"monitoring.loggers={given}"]).monitoring.loggers == expected


def test_a_misspelt_logger_gives_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"unknown logger 'wanbd'; did you mean wandb\?"):
        load(overrides=["monitoring.loggers=[wanbd]"])
    with pytest.raises(ConfigError, match="unknown logger 'x'; known: tensorboard, wandb, mlflow"):
        load(overrides=["monitoring.loggers=[x]"])


def test_every_logger_of_the_settings_can_be_asked_for() -> None:
    for name in loggers.PACKAGES:
        assert Monitoring(loggers=(name,)).loggers == (name,)
    with pytest.raises(ConfigError, match=r"Unknown logger 'comet'\. Known: tensorboard, wandb"):
        loggers.require(["comet"])


@pytest.mark.parametrize("name", ["wandb", "mlflow"])
def test_a_missing_package_ends_the_run_before_it_starts(
    name: str, monkeypatch: pytest.MonkeyPatch, begin: Callable[..., Monitor], tmp_path: Path
) -> None:
    monkeypatch.setattr(loggers, "_installed", lambda package: package != name)
    with pytest.raises(ConfigError, match=rf'pip install "vidsynth-uda\[{name}\]"'):
        begin(f"tensorboard,{name}")
    assert list((tmp_path / "run").iterdir()) == []


def test_no_logger_leaves_the_plain_files(tmp_path: Path) -> None:
    monitor = Monitor(
        tmp_path, start=0, total=4, epochs=1, evaluated=True, progress=False, loggers=()
    )
    monitor.scalars(0, 1, {"loss/loss": 2.5})
    monitor.close()
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["metrics.jsonl"]
    assert not (tmp_path / "tensorboard").exists()


def test_a_logger_that_fails_warns_once_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bad, good = Recording(), Recording()
    both = Loggers({"bad": bad, "good": good})  # type: ignore[dict-item]
    bad.broken = True
    for step in range(2):
        both.log_metrics({"loss/loss": 1.0}, step)
    bad.broken = False
    both.log_metrics({"loss/loss": 1.0}, 2)
    bad.broken = True
    for step in range(3, 10):
        both.log_metrics({"loss/loss": 1.0}, step)
    both.finalize("success")
    assert len(good.entries) == 10 + 1
    assert bad.entries == [("log_metrics", ({"loss/loss": 1.0}, 2))]
    assert bad.asked == 2 + 1 + several.ATTEMPTS + 1  # none after three failures but the end
    (record,) = caplog.records
    assert "The logger bad failed; the run goes on" in record.message
    assert record.message.endswith("ConnectionError: the service went away")


def test_a_logger_that_cannot_start_is_left_out(
    begin: Callable[..., Monitor],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError("no such service")

    monkeypatch.setattr(several, "_start", fail)
    monitor = begin("tensorboard")
    monitor.scalars(0, 10, {"loss/loss": 2.5})
    monitor.close()
    assert "The logger tensorboard does not start and is left out: OSError" in caplog.text
    assert "2.5" in (tmp_path / "run/metrics.jsonl").read_text()


def test_a_resumed_curve_has_every_step_once_in_tensorboard(
    begin: Callable[..., Monitor], tmp_path: Path
) -> None:
    for start, steps in ((0, (10, 20, 30)), (10, (20, 30, 40))):
        monitor = begin("tensorboard", start=start)
        for step in steps:
            monitor.scalars(0, step, {"loss/loss": start + step})
        monitor.close()
    events = EventAccumulator(str(tmp_path / "run/tensorboard"))
    events.Reload()
    seen = [(event.step, event.value) for event in events.Scalars("loss/loss")]
    assert seen == [(10, 10), (20, 30), (30, 40), (40, 50)]


def test_what_a_killed_process_had_logged_is_not_fresh(tmp_path: Path) -> None:
    run = ContinuedRun(tmp_path, "service", "here")
    run.begin("abc")
    assert run.fresh(["loss", "accuracy"], 10) == {"loss", "accuracy"}
    assert run.fresh(["picture"], 10) == {"picture"}
    again = ContinuedRun(tmp_path, "service", "here")
    assert (again.id, again.name) == ("abc", tmp_path.name)
    assert again.fresh(["loss", "picture", "other"], 10) == {"other"}
    assert again.fresh(["loss"], 20) == {"loss"}
    assert ContinuedRun(tmp_path, "service", "elsewhere").id is None


def test_a_row_counts_as_logged_when_the_next_one_begins(tmp_path: Path) -> None:
    run = ContinuedRun(tmp_path, "service", "here", rows=True)
    run.begin("abc")
    run.fresh(["loss"], 10)
    run.fresh(["loss"], 20)
    run.fresh(["picture"], 20)
    assert run.fresh(["loss"], 20) == set()
    killed = ContinuedRun(tmp_path, "service", "here", rows=True)
    assert killed.fresh(["loss"], 10) == set()
    assert killed.fresh(["loss", "picture"], 20) == {"loss", "picture"}
    killed.keep()
    assert ContinuedRun(tmp_path, "service", "here").fresh(["loss", "picture"], 20) == set()
