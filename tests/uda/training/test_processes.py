"""Several processes learn as one: other data, the same weights, the step of the joined batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from tests.uda.miniature import FEW, SMALL, Run
from uda.batches.domains import Domains
from uda.batches.pairs import Batches
from uda.config import Config
from uda.errors import ConfigError
from uda.runs import checkpoint
from uda.training.fabric import as_started, nodes_started

SGD = ("optimiser.name=sgd", "optimiser.lr=0.1", "schedule.warmup=0", "training.clip_gradient=0.5")
SHORT = ("training.epochs=1", "training.steps=3", "evaluation.every=0")
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "OMP_NUM_THREADS": "1"}


def started(command: list[str], limit: float = 600) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env=ENVIRONMENT, capture_output=True, text=True, timeout=limit, check=False,
    )  # fmt: skip


def two_processes(
    output: Path, method: str, roots: tuple[Path, Path], *overrides: str
) -> list[dict[str, Any]]:
    """What each process had in the end."""
    script = Path(__file__).with_name("two_processes.py")
    few = SMALL if method == "synthetic_to_real" else FEW
    told = [str(script), str(output), method, *map(str, roots), *few, "training.devices=2"]
    finished = started([*told, *SHORT, *overrides])
    assert finished.returncode == 0, finished.stderr[-3000:]
    return [torch.load(output.with_name(f"{output.name}-{rank}.pt")) for rank in range(2)]


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
def test_two_processes_step_as_one_that_accumulates_their_batches(
    run: Run, tmp_path: Path, miniatures: tuple[Path, Path]
) -> None:
    """Batch by batch the same losses: batch norms, triplets and all. Only running statistics
    are those of the first process."""
    ranks = two_processes(tmp_path / "two", "source_only", miniatures, *SGD)
    alone = run("one", *SHORT, *SGD, "training.accumulate=2", method="source_only")
    wanted = checkpoint.load(alone.checkpoint)["model"]
    moved = checkpoint.load(tmp_path / "two" / "checkpoints" / "last.pt")["model"]
    for name, tensor in wanted.items():
        if "running" not in name and "num_batches" not in name:
            torch.testing.assert_close(moved[name], tensor, rtol=1e-4, atol=1e-6)
            for rank in ranks:
                assert torch.equal(rank["state"][f"student.{name}"], moved[name]), name
    assert [len(rank["source"]) for rank in ranks] == [3, 3]
    for mine, theirs in zip(ranks[0]["source"], ranks[1]["source"], strict=True):
        assert not set(mine) & set(theirs)


@pytest.mark.slow
def test_teacher_and_memory_are_the_same_in_both_processes(
    tmp_path: Path, miniatures: tuple[Path, Path]
) -> None:
    more = ("method.consistency_start=0", "training.accumulate=2")
    first, second = two_processes(tmp_path / "two", "synthetic_to_real", miniatures, *more)
    assert first["target"] != second["target"]
    for name, tensor in first["state"].items():
        if "running" not in name:
            assert torch.equal(second["state"][name], tensor), name
    assert first["state"]["teacher.step"] == 3
    assert first["state"]["memory.written"] == 3 * 2 * 2 * 3  # steps, batches, processes, clips
    lines = (tmp_path / "two" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines[:3]] == [1, 2, 3]  # written once


@pytest.mark.slow
def test_torchrun_decides_how_many_processes_there_are(
    tmp_path: Path, miniatures: tuple[Path, Path]
) -> None:
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    command = ["-m", "uda", "train", "--source", "mars", "--source-root", str(miniatures[0])]
    few = [*SMALL, *SHORT, "model.name=slim_resnet18", "training.steps=1"]
    output = tmp_path / "run"
    told = [*launcher, *command, "--config", "laptop", "--output", str(output)]
    finished = started([*told, *few])
    assert finished.returncode == 0, finished.stderr[-3000:]
    assert finished.stderr.count("supervised training with") == 1
    assert json.loads((output / "run.json").read_text())["config"]["training"]["devices"] == 2
    assert len(checkpoint.load(output / "checkpoints" / "last.pt")["random"]) == 2


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
