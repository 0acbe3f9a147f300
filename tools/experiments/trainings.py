"""The trainings of a comparison: what each is, what it needs before, and what it cost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from uda.files import write_json

HERE = Path(__file__).resolve().parent
STARTS = ("scratch", "imagenet")
"""A slim ResNet-18 from random weights, and MobileNetV2 from ImageNet's."""

GROUPS = (
    "method.start=0", "method.k1=6", "method.k2=2", "method.eps=0.4", "method.min_samples=2",
    "method.ema_decay=0.95",
)  # fmt: skip
"""Clustering as the recipe `laptop` has it, from the first step on."""

METHODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "source_only": ("source_only", ()),
    "source_only, cbn": ("source_only", ("model.norm=cbn",)),
    "dann": ("dann", ()),
    "mean_teacher": ("mean_teacher", ("method.tested=teacher",)),
    "synthetic_to_real": ("synthetic_to_real", ("method.consistency_start=0",)),
    "pseudo_label": ("pseudo_label", (*GROUPS, "evaluation.statistics=camera")),
    "pseudo_label, cbn": ("pseudo_label", (*GROUPS, "model.norm=cbn")),
}  # fmt: skip
"""Rows of the tables: the method of `uda train`, and what is set for trainings this short.

There is no row for adabn: its weights are those of source_only, its scores those of source_only
under the target's statistics."""

CONTROL = "source_only"


class TrainingFailed(RuntimeError):
    """A command ended otherwise than well; the message names its log."""


@dataclass(frozen=True)
class Target:
    """Unlabelled people to adapt to, and others of them to test on."""

    name: str
    data: str
    root: Path


@dataclass(frozen=True)
class Training:
    """One run of `uda train`. ``target`` is None where a method does not look at one."""

    output: Path
    row: str
    start: str
    seed: int
    target: Target | None = None
    after: Training | None = None
    settings: tuple[str, ...] = field(default=())
    data: str = "synthetic"
    """The source's name as a benchmark."""

    @property
    def checkpoint(self) -> Path:
        return self.output / "checkpoints/last.pt"

    @property
    def finished(self) -> bool:
        return (self.output / "result.json").exists()

    @property
    def steps(self) -> int:
        """As its settings say (`lasting`)."""
        said = dict(word.split("=", 1) for word in self.settings)
        return int(said["training.epochs"]) * int(said["training.steps"])

    @property
    def by_camera(self) -> bool:
        """Whether its batch norms keep cameras apart."""
        return "model.norm=cbn" in METHODS[self.row][1]

    @property
    def cpu_minutes(self) -> float:
        """Of all calls that it took, and of the training before it."""
        file = self.output.with_suffix(".cost.json")
        own = sum(json.loads(file.read_text())) / 60 if file.exists() else 0.0
        return own + (self.after.cpu_minutes if self.after else 0.0)

    def command(self, source: Path) -> list[str]:
        stage = "two" if self.after else "one"
        method, chosen = METHODS[self.row]
        command = [
            sys.executable, "-m", "uda", "train",
            "--config", str(HERE / f"recipes/{self.start}-{stage}.yaml"), "--method", method,
            "--source", self.data, "--source-root", str(source), "--output", str(self.output),
        ]  # fmt: skip
        # A source without a test half says nothing about itself: where no target is looked at,
        # the source stands in, and nothing is tested.
        data, root = (self.target.data, self.target.root) if self.target else (self.data, source)
        command += ["--target", data, "--target-root", str(root)]
        if self.after:
            command += ["--init", str(self.after.checkpoint)]
            command += chosen
        if (self.output / "run.json").exists():
            command.append("--resume")
        return [*command, *self.settings, f"training.seed={self.seed}"]


def lasting(steps: int) -> tuple[str, str]:
    """Settings of a training of so many steps, in epochs of at most a hundred."""
    return f"training.epochs={max(1, steps // 100)}", f"training.steps={min(steps, 100)}"


def trainings(
    output: Path,
    starts: Sequence[str],
    rows: Sequence[str],
    targets: Sequence[Target],
    seeds: Sequence[int],
    settings: Sequence[str] = (),
) -> Iterator[Training]:
    """All of a comparison. Those of a second stage continue from one training on the source, each
    for as many steps as the others, the control included."""
    for seed in seeds:
        for start in starts:
            place = output / start / f"seed-{seed}"
            first = Training(place / "stage-one", CONTROL, start, seed, None, None, tuple(settings))
            yield first
            for row in rows:
                method = METHODS[row][0]
                for target in [None] if method == CONTROL else targets:
                    name = f"{row.replace(', ', '-')}{f'-to-{target.name}' if target else ''}"
                    yield Training(place / name, row, start, seed, target, first, tuple(settings))


def train(runs: Sequence[Training], source: Path, jobs: int) -> None:
    """Those that are not finished, ``jobs`` at a time, first stages first. TrainingFailed."""
    for stage in ([r for r in runs if not r.after], [r for r in runs if r.after]):
        waiting = [run for run in stage if not run.finished]
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda run: _train(run, source), waiting))


def _train(run: Training, source: Path) -> None:
    run.output.parent.mkdir(parents=True, exist_ok=True)
    spent = run_command(run.command(source), run.output.with_suffix(".log"))
    costs = run.output.with_suffix(".cost.json")
    before: list[Any] = json.loads(costs.read_text()) if costs.exists() else []
    write_json(costs, [*before, round(spent, 1)])
    print(f"{run.output}: {spent / 60:.1f} CPU-minutes", flush=True)


def run_command(command: list[str], log: Path) -> float:
    """CPU-seconds of a command on one core, whose output goes to ``log``. TrainingFailed."""
    with log.open("a") as file:
        process = subprocess.Popen(
            command, env=os.environ | {"OMP_NUM_THREADS": "1"}, stdout=file, stderr=file
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise TrainingFailed(
            f"{' '.join(command)} failed, exit code {process.returncode}: see {log}"
        )
    return used.ru_utime + used.ru_stime
