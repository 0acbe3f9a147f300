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
from resource import struct_rusage

from uda.files import write_json

HERE = Path(__file__).resolve().parent
STARTS = ("scratch", "imagenet")
"""A slim ResNet-18 from random weights, and MobileNetV2 from ImageNet's."""

STAGES = {"one": 800, "two": 120, "laptop": 1344}
"""Steps of both stages, as `recipes/` has them, and of the recipe `laptop`: 12 passes over 300
people."""

NEIGHBOURS = ("method.k1=6", "method.k2=2")
DENSITY = (*NEIGHBOURS, "method.eps=0.4", "method.min_samples=2")
GROUPS = (*DENSITY, "method.start=0", "method.ema_decay=0.95")
"""Clustering as the recipe `laptop` has it, from the first step on."""
ALONE = ("evaluation.statistics=camera", "evaluation.camera_share=1")
HALF = ("evaluation.statistics=camera", "evaluation.camera_share=0.5")
"""Groups are found under each camera's statistics alone, or with half of the whole target's."""

PAIRS = (*NEIGHBOURS, "method.nearest_share=0.008", "method.refresh=0.2")
"""JVTC's groups, for targets of some hundred tracklets, three or four a person."""

METHODS: dict[str, tuple[str, tuple[str, ...]]] = {
    "source_only": ("source_only", ()),
    "source_only, cbn": ("source_only", ("model.norm=cbn",)),
    "qaconv": ("qaconv", ()),
    "qaconv_gs": ("qaconv_gs", ("method.norms=batch",)),
    "dann": ("dann", ()),
    "mean_teacher": ("mean_teacher", ("method.tested=teacher",)),
    "synthetic_to_real": ("synthetic_to_real", ("method.consistency_start=0",)),
    "pseudo_label": ("pseudo_label", (*GROUPS, *ALONE)),
    "pseudo_label, half": ("pseudo_label", (*GROUPS, *HALF)),
    "pseudo_label, cbn": ("pseudo_label", (*GROUPS, *ALONE, "model.norm=cbn")),
    "strong_baseline": ("strong_baseline", (*GROUPS, *HALF, "method.refresh=0.2")),
    "glt": ("glt", (*HALF, "method.start=0", "method.refresh=0.4", "method.ema_decay=0.95")),
    "mmt": ("mmt", (*GROUPS, *HALF)),
    "spcl": ("spcl", (*DENSITY, *HALF)),
    "jvtc": ("jvtc", (*PAIRS, *HALF)),
    "jvtc, cbn": ("jvtc", (*PAIRS, *ALONE, "model.norm=cbn")),
    "jvtc_plus": ("jvtc_plus", (*PAIRS, *HALF)),
}  # fmt: skip
"""Rows of the tables: the method of `uda train`, and what is set for trainings this short.

There is no row for adabn: its weights are those of source_only, its scores those of source_only
under the target's statistics."""

ON_SOURCE = ("source_only", "qaconv", "qaconv_gs")
"""Methods that see no target in training."""

RECOGNISING = {"attributes": ("attributes", ()), "joint": ("joint", ())}
"""Rows of `attributes.py`: they learn the source's attributes, and see no target either."""

CONTROL = ON_SOURCE[0]


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
        """As its settings say (`lasting`), else its recipe."""
        said = dict(word.split("=", 1) for word in self.settings)
        if "training.epochs" not in said:
            return STAGES["two" if self.after else "one"]
        return int(said["training.epochs"]) * int(said["training.steps"])

    @property
    def method(self) -> str:
        """Its name for `uda train`."""
        return (METHODS | RECOGNISING)[self.row][0]

    @property
    def recipe(self) -> Path:
        return HERE / f"recipes/{self.start}-{'two' if self.after else 'one'}.yaml"

    @property
    def words(self) -> tuple[str, ...]:
        """What its recipe is changed by, but for its seed."""
        chosen = (METHODS | RECOGNISING)[self.row][1] if self.after else ()
        return (*chosen, *self.settings)

    @property
    def by_camera(self) -> bool:
        """Whether its batch norms keep cameras apart."""
        return "model.norm=cbn" in self.words

    @property
    def cpu_minutes(self) -> float:
        """Of all calls that it took, and of the training before it."""
        own = sum(call["cpu_s"] for call in self._costs) / 60
        return own + (self.after.cpu_minutes if self.after else 0.0)

    @property
    def peak_gib(self) -> float:
        """Of memory, of the call that took most."""
        return max((call["peak_kib"] for call in self._costs), default=0) / 2**20

    @property
    def _costs(self) -> list[dict[str, float]]:
        file = self.output.with_suffix(".cost.json")
        return json.loads(file.read_text()) if file.exists() else []

    def command(self, source: Path) -> list[str]:
        command = [
            sys.executable, "-m", "uda", "train",
            "--config", str(self.recipe), "--method", self.method,
            "--source", self.data, "--source-root", str(source), "--output", str(self.output),
        ]  # fmt: skip
        # A source without a test half says nothing about itself: where no target is looked at,
        # the source stands in, and nothing is tested.
        data, root = (self.target.data, self.target.root) if self.target else (self.data, source)
        command += ["--target", data, "--target-root", str(root)]
        if self.after:
            command += ["--init", str(self.after.checkpoint)]
        if (self.output / "run.json").exists():
            command.append("--resume")
        return [*command, *self.words, f"training.seed={self.seed}"]


def lasting(steps: int) -> tuple[str, str]:
    """Settings of a training of so many steps, in equal epochs of at most a hundred."""
    epoch = next(length for length in range(min(steps, 100), 0, -1) if steps % length == 0)
    return f"training.epochs={steps // epoch}", f"training.steps={epoch}"


def trainings(
    output: Path,
    starts: Sequence[str],
    rows: Sequence[str],
    targets: Sequence[Target],
    seeds: Sequence[int],
    settings: Sequence[str] = (),
    data: str = "synthetic",
) -> Iterator[Training]:
    """All of a comparison. Those of a second stage continue from one training on the source, a
    benchmark called ``data``, each for as many steps as the others, the control included."""
    for seed in seeds:
        for start in starts:
            place = output / start / f"seed-{seed}"
            said = tuple(settings)
            first = Training(place / "stage-one", CONTROL, start, seed, None, None, said, data)
            yield first
            for row in rows:
                adapts = METHODS[row][0] not in ON_SOURCE
                for target in targets if adapts else [None]:
                    name = f"{row.replace(', ', '-')}{f'-to-{target.name}' if target else ''}"
                    yield Training(place / name, row, start, seed, target, first, said, data)


def train(runs: Sequence[Training], source: Path, jobs: int) -> None:
    """Those that are not finished, ``jobs`` at a time, first stages first. TrainingFailed."""
    for stage in ([r for r in runs if not r.after], [r for r in runs if r.after]):
        waiting = [run for run in stage if not run.finished]
        with ThreadPoolExecutor(jobs) as pool:
            list(pool.map(lambda run: _train(run, source), waiting))


def _train(run: Training, source: Path) -> None:
    run.output.parent.mkdir(parents=True, exist_ok=True)
    used = run_command(run.command(source), run.output.with_suffix(".log"))
    call = {"cpu_s": round(used.ru_utime + used.ru_stime, 1), "peak_kib": used.ru_maxrss}
    write_json(run.output.with_suffix(".cost.json"), [*run._costs, call])
    print(f"{run.output}: {call['cpu_s'] / 60:.1f} CPU-minutes", flush=True)


def run_command(command: list[str], log: Path) -> struct_rusage:
    """What a command on one core used, whose output goes to ``log``. TrainingFailed."""
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
    return used
