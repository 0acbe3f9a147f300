"""A style transfer that was stopped anywhere ends in the same bytes as one that was not."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.mars_tree import write_mars_tree
from tests.uda.translation.conftest import Translated
from tests.uda.translation.miniature import translate_small
from uda.errors import CheckpointError, RunError
from uda.monitor.monitor import Monitor
from uda.runs import checkpoint, directory
from uda.training.session import Interrupted
from uda.translation import writing
from uda.translation.settings import Optimiser
from uda.translation.state import FORMAT, rate


def bytes_of(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def assert_same(one: object, other: object, where: str = "") -> None:
    """Whole checkpoints: weights, buffers, moments of Adam, schedules, random states."""
    if isinstance(one, torch.Tensor):
        assert isinstance(other, torch.Tensor)
        assert torch.equal(one, other), where
    elif isinstance(one, dict):
        assert isinstance(other, dict)
        assert one.keys() == other.keys(), where
        for key in one:
            assert_same(one[key], other[key], f"{where}.{key}")
    elif isinstance(one, list | tuple):
        assert isinstance(other, list | tuple)
        assert len(one) == len(other), where
        for number, (a, b) in enumerate(zip(one, other, strict=True)):
            assert_same(a, b, f"{where}[{number}]")
    else:
        assert one == other, where


def stop_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """Ctrl-C during that step."""
    advance = Monitor.advance

    def press(self: Monitor, epoch: int, done: int, losses: dict[str, float], speed: float) -> None:
        advance(self, epoch, done, losses, speed)
        if done == step:
            os.kill(os.getpid(), signal.SIGINT)

    patch.setattr(Monitor, "advance", press)


@pytest.mark.parametrize("step", [2, 3, 4], ids=["mid-epoch", "end of epoch", "between turns"])
@pytest.mark.parametrize("method", ["cyclegan", "spgan", "ptgan"])
def test_interrupted_and_resumed_equals_unbroken(
    finished: Translated,
    tmp_path: Path,
    rendered: Path,
    real: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    step: int,
) -> None:
    unbroken, broken = finished(method=method), tmp_path / "broken"
    with monkeypatch.context() as patch:
        stop_at(patch, step)
        with pytest.raises(Interrupted, match=rf"after step {step} of 6.*--resume"):
            translate_small(broken, rendered, real, method=method)
    torch.manual_seed(99)  # whatever happened in between
    resumed = translate_small(broken, rendered, real, method=method, resume=True)
    states = [checkpoint.load(directory.last(each.output), FORMAT) for each in (unbroken, resumed)]
    assert_same(*states)
    assert bytes_of(resumed.written.root) == bytes_of(unbroken.written.root)


def test_writing_goes_on_where_it_was_stopped(
    finished: Translated,
    tmp_path: Path,
    rendered: Path,
    real: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unbroken, output = finished(), tmp_path / "run"
    store = writing._store
    stored: list[Path] = []

    def press(path: Path, *more: object) -> None:
        stored.append(path)
        if len(stored) == 20:
            os.kill(os.getpid(), signal.SIGINT)
        store(path, *more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_store", press)
        with pytest.raises(Interrupted, match=r"while translating.*--resume"):
            translate_small(output, rendered, real)
    assert not (output / "translated").exists()
    before = len(stored)
    assert 20 <= before < unbroken.written.pictures

    def count(path: Path, *more: object) -> None:
        stored.append(path)
        store(path, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(writing, "_store", count)
    resumed = translate_small(output, rendered, real, resume=True)
    assert len(stored) == unbroken.written.pictures  # none twice
    assert bytes_of(resumed.written.root) == bytes_of(unbroken.written.root)
    assert not (output / "translated.part").exists()


def test_a_killed_run_writes_its_last_batches_again(
    finished: Translated,
    tmp_path: Path,
    rendered: Path,
    real: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing says what was written since the last entry of the journal."""
    output, store = tmp_path / "run", writing._store
    stored: list[Path] = []

    def die(path: Path, *more: object) -> None:
        stored.append(path)
        if len(stored) == 20:
            raise SystemExit(9)
        store(path, *more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(writing, "_store", die)
        with pytest.raises(SystemExit):
            translate_small(output, rendered, real)
    stored[3].with_name(f".{stored[3].name}.part").write_bytes(b"half a pict")
    stored[3].write_bytes(b"lost in a power cut")
    resumed = translate_small(output, rendered, real, resume=True)
    names = {name for name in bytes_of(resumed.written.root) if not name.endswith(".part")}
    wanted = bytes_of(finished().written.root)
    assert {name: bytes_of(resumed.written.root)[name] for name in names} == wanted


def test_a_finished_run_says_again_what_it_wrote(
    tmp_path: Path, rendered: Path, real: Path
) -> None:
    first = translate_small(tmp_path / "run", rendered, real)
    again = translate_small(tmp_path / "run", rendered, real, resume=True)
    assert again.written == first.written


def test_other_settings_or_data_are_refused(tmp_path: Path, rendered: Path, real: Path) -> None:
    output = tmp_path / "run"
    translate_small(output, rendered, real)
    with pytest.raises(RunError, match="already holds a run"):
        translate_small(output, rendered, real)
    with pytest.raises(RunError, match=r"method\.identity: 0\.0 -> 5\.0"):
        translate_small(output, rendered, real, "method.identity=5", resume=True)
    with pytest.raises(RunError, match=r"output\.quality: 95 -> 50"):
        translate_small(output, rendered, real, "output.quality=50", resume=True)
    with pytest.raises(RunError, match="target_2 frames: None"):
        translate_small(output, rendered, [real, real], resume=True)
    other = write_mars_tree(tmp_path / "other", frames=5)
    with pytest.raises(RunError, match="target frames: 91 -> 76"):
        translate_small(output, rendered, other, resume=True)
    translate_small(output, rendered, real, "monitoring.every=2", resume=True)


def test_a_checkpoint_of_a_translation_is_no_model(finished: Translated) -> None:
    with pytest.raises(CheckpointError, match=r"not a checkpoint of `uda train`"):
        checkpoint.load(directory.last(finished().output))


def test_the_rate_falls_to_zero() -> None:
    how = Optimiser(decay_from=0.5)
    assert [rate(how, share) for share in (0, 0.5, 0.75, 1)] == [1, 1, 0.5, 0]
    assert rate(Optimiser(decay_from=1), 1) == 1
    assert rate(Optimiser(decay_from=0), 0.25) == 0.75


@pytest.mark.parametrize("killed_in", ["unlink", "replace"])
def test_a_run_that_was_killed_at_the_last_line_is_complete(
    finished: Translated,
    tmp_path: Path,
    rendered: Path,
    real: Path,
    monkeypatch: pytest.MonkeyPatch,
    killed_in: str,
) -> None:
    """When all pictures are there, and their journal is not needed any more."""
    output, original = tmp_path / "run", getattr(Path, killed_in)

    def die(self: Path, *more: Any, **options: Any) -> Any:
        last = (writing.JOURNAL, "translated.part")
        if self.name in last and (output / "checkpoints").exists():
            raise SystemExit(9)
        return original(self, *more, **options)

    with monkeypatch.context() as patch:
        patch.setattr(Path, killed_in, die)
        with pytest.raises(SystemExit):
            translate_small(output, rendered, real)
    resumed = translate_small(output, rendered, real, resume=True)
    assert bytes_of(resumed.written.root) == bytes_of(finished().written.root)
