"""Several processes learn as one: other data, the same weights, the step of the joined batch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import torch

from tests.uda.described import write_attributes
from tests.uda.miniature import FEW, SMALL, Run
from uda.batches.domains import Domains
from uda.batches.pairs import Batches
from uda.config import Config, Training
from uda.errors import ConfigError
from uda.runs import checkpoint
from uda.training.fabric import as_started, nodes_started, start_fabric

SGD = ("optimiser.name=sgd", "optimiser.lr=0.1", "schedule.warmup=0", "training.clip_gradient=0.5")
SHORT = ("training.epochs=1", "training.steps=3", "evaluation.every=0")
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}


Job = dict[str, Any] | list[str]


def job(output: Path, method: str, roots: tuple[Path, Path], *overrides: str) -> dict[str, Any]:
    """A run for `two_processes.py`."""
    few = SMALL if method == "synthetic_to_real" else FEW
    places = {"output": str(output), "roots": [str(root) for root in roots]}
    return {**places, "method": method, "overrides": [*few, *SHORT, *overrides]}


def two_processes(*jobs: Job, launcher: Sequence[str] = ()) -> str:
    """Does the jobs one after the other; what was said on stderr."""
    script = str(Path(__file__).with_name("two_processes.py"))
    finished = subprocess.run(
        [sys.executable, *launcher, script, json.dumps(jobs)],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr[-3000:]
    return finished.stderr


def left(output: Path) -> list[dict[str, Any]]:
    """What each process had at the end of a run."""
    files = [output.with_name(f"{output.name}-{rank}.pt") for rank in range(2)]
    return [torch.load(file, weights_only=True) for file in files]


def test_processes_never_share_a_clip(miniatures: tuple[Path, Path]) -> None:
    """16 tracklets; a step of two processes takes 8 of the source and 6 of the target."""
    domains = Domains.read("mars", miniatures[0], "mars", miniatures[1])
    values = {"identities": 2, "instances": 2, "target_clips": 3, "workers": 0}
    settings = Config.model_validate({"data": values, "training": {"steps": 6, "accumulate": 2}})
    one, two = (
        Batches(domains, settings, uses_target=True, rank=rank, world_size=2) for rank in range(2)
    )
    for mine, theirs in ((one.source, two.source), (one.target, two.target)):
        assert mine is not None
        assert theirs is not None
        batches = list(zip(mine._from, theirs._from, strict=True))
        assert len(batches) == 12
        n = len(mine.labels["camera"])
        clips = [clip for pair in batches for batch in pair for clip in batch]
        assert len(set(clips)) == len(clips)  # another draw wherever a tracklet comes again
        assert not {i % n for i in batches[0][0]} & {i % n for i in batches[0][1]}


@pytest.mark.slow
@pytest.mark.parametrize("method", ["source_only", "joint"])
def test_two_processes_step_as_one_that_accumulates_their_batches(
    run: Run, tmp_path: Path, miniatures: tuple[Path, Path], method: str
) -> None:
    """Batch by batch the same losses: batch norms, triplets, attributes and all. Only running
    statistics are those of the first process, which also fits temperatures."""
    output = tmp_path / "two"
    more = list(SGD)
    if method == "joint":
        more.append(f"data.attributes_file={write_attributes(tmp_path / 'people.csv', 20)}")
    two_processes(job(output, method, miniatures, *more, "training.devices=2"))
    ranks = left(output)
    alone = run("one", *SHORT, *more, "training.accumulate=2", method=method)
    wanted = checkpoint.load(alone.checkpoint)["model"]
    moved = checkpoint.load(output / "checkpoints" / "last.pt")["model"]
    for name, tensor in wanted.items():
        if not any(own in name for own in ("running", "num_batches", "temperature")):
            torch.testing.assert_close(moved[name], tensor, rtol=1e-4, atol=1e-6)
            for rank in ranks:
                assert torch.equal(rank["state"][f"student.{name}"], moved[name]), name
    assert [len(rank["source"]) for rank in ranks] == [3, 3]
    for mine, theirs in zip(ranks[0]["source"], ranks[1]["source"], strict=True):
        # With people held out there are fewer tracklets than a step takes clips.
        assert method == "joint" or not set(mine) & set(theirs)


@pytest.mark.slow
def test_two_processes_go_on_as_if_never_stopped(
    tmp_path: Path, miniatures: tuple[Path, Path]
) -> None:
    """Killed after the first of two epochs; the second begins with groups of all features, of
    which each process makes its share."""
    unbroken, broken = tmp_path / "unbroken", tmp_path / "broken"
    how = ("training.epochs=2", "training.devices=2", "method.start=0", "method.min_samples=2")
    how += ("method.k1=4", "method.k2=1")
    two_processes(job(unbroken, "pseudo_label", miniatures, *how))
    (broken / "checkpoints").mkdir(parents=True)
    shutil.copyfile(unbroken / "run.json", broken / "run.json")
    shutil.copyfile(tmp_path / "unbroken-after-3.pt", broken / "checkpoints" / "last.pt")
    two_processes(job(broken, "pseudo_label", miniatures, *how) | {"resume": True})
    for whole, resumed in zip(left(unbroken), left(broken), strict=True):
        assert whole["state"]["found.value"] > 1
        for name, tensor in whole["state"].items():
            assert torch.equal(resumed["state"][name], tensor), name


def test_processes_wait_for_a_long_test_of_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Any] = []
    fake = MagicMock(side_effect=lambda **how: started.append(how["strategy"]) or MagicMock())
    monkeypatch.setattr("uda.training.fabric.Fabric", fake)
    for devices in (1, 2):
        start_fabric(Training(devices=devices, accelerator="cpu"))
    alone, several = started
    assert alone == "auto"
    assert several._timeout >= timedelta(hours=6)


@pytest.mark.slow
def test_torchrun_decides_how_many_processes_there_are(
    tmp_path: Path, miniatures: tuple[Path, Path]
) -> None:
    """One start of torchrun for three things: a command that fails, one that trains, a run."""
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    trained, adapted = tmp_path / "trained", tmp_path / "adapted"
    command = [
        "train",
        "--config",
        "laptop-scratch",
        "--method",
        "synthetic_to_real",
        "--source",
        "mars",
        "--output",
        str(trained),
    ]
    command += [*SMALL, *SHORT, "training.steps=1"]
    more = ("method.consistency_start=0", "training.accumulate=2")
    said = two_processes(
        [*command, "--source-root", str(tmp_path / "nowhere")],
        [*command, "--source-root", str(miniatures[0])],
        job(adapted, "synthetic_to_real", miniatures, *more),
        launcher=torchrun,
    )
    (error,) = (line for line in said.splitlines() if line.startswith("error: "))
    assert str(tmp_path / "nowhere") in error
    assert said.count("supervised training with") == 2  # by each command, once
    assert json.loads((trained / "run.json").read_text())["config"]["training"]["devices"] == 2
    assert len(checkpoint.load(trained / "checkpoints" / "last.pt")["random"]) == 2
    teacher_and_memory_are_the_same(adapted)


def teacher_and_memory_are_the_same(output: Path) -> None:
    first, second = left(output)
    assert first["target"] != second["target"]
    for name, tensor in first["state"].items():
        if "running" not in name:
            assert torch.equal(second["state"][name], tensor), name
    assert first["state"]["teacher.step.value"] == 3
    # Steps, batches, processes, clips.
    assert first["state"]["memory.written.value"] == 3 * 2 * 2 * 3
    lines = (output / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines[:3]] == [1, 2, 3]  # written once


def test_another_number_of_devices_than_torchrun_has(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Config.model_validate({"training": {"devices": 3}})
    assert as_started(settings) is settings  # without torchrun
    assert nodes_started() == 1
    for name, value in (
        ("TORCHELASTIC_RUN_ID", "1"), ("LOCAL_WORLD_SIZE", "2"), ("WORLD_SIZE", "2"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    assert as_started(Config()).training.devices == 2
    with pytest.raises(ConfigError, match=r"devices=3, but torchrun started 2"):
        as_started(settings)
    monkeypatch.setenv("WORLD_SIZE", "4")
    assert nodes_started() == 2
    assert as_started(Config()).training.devices == 2  # of each machine
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ConfigError, match=r"3 processes, 2 of them on this machine.*equally many"):
        as_started(Config())
