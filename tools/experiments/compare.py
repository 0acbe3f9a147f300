"""All methods on two targets, several seeds: what adaptation gains, with its noise.

    uv run tools/experiments/compare.py --real-root ../shared/data/mars-real-mini

Renders the source and target (a), people of another look, where they are not there yet; target (b)
are real people in MARS layout. Per seed one training on the source (stage one), from whose weights
every method then continues for the same number of steps (stage two). What is finished is kept: the
same command continues where it was stopped.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

HERE = Path(__file__).resolve().parent
RENDERED = ("source", "other-look")
SETTINGS: dict[str, tuple[str, ...]] = {
    "source_only": (),
    "adabn": (),
    "dann": (),
    "mean_teacher": ("method.tested=teacher",),
    "synthetic_to_real": ("method.consistency_start=0",),
    # The published neighbourhood, k1 = 30 and k2 = 6 for some 17 images of a person, scaled to
    # some 4 tracklets of a person; chosen on rendered people, whose labels cost nothing. It starts
    # once the teacher's batch-norm statistics are the target's.
    "pseudo_label": (
        "method.start=0.2", "method.k1=5", "method.k2=2", "method.eps=0.5",
        "method.min_samples=2", "method.ema_decay=0.99",
    ),
}  # fmt: skip
"""Methods of stage two and what is set for a training of 200 steps."""

CBN = "_cbn"
"""At the end of a name: batches are normalised camera by camera, in training and test."""

NAMES = (*SETTINGS, "source_only" + CBN, "synthetic_to_real" + CBN)


@dataclass(frozen=True)
class Training:
    """One run of `uda train`, in ``output``."""

    output: Path
    recipe: str
    target: tuple[str, Path]
    seed: int
    method: str
    settings: tuple[str, ...] = ()
    init: Path | None = None

    @property
    def result(self) -> dict[str, Any] | None:
        return _read(self.output / "result.json")

    @property
    def by_camera(self) -> dict[str, Any] | None:
        """Scores of the same weights with batch-norm statistics of each camera's test clips."""
        return _read(self.output / "by-camera.json")

    def evaluation(self) -> list[str]:
        """The command that writes `by_camera`."""
        name, root = self.target
        return [
            sys.executable, "-m", "uda", "evaluate", "--data", name, "--root", str(root),
            "--checkpoint", str(self.output / "checkpoints/last.pt"), "--statistics", "camera",
            "--statistics-of", "test",
            "--json", str(self.output / "by-camera.json"),
        ]  # fmt: skip

    def command(self, source: Path) -> list[str]:
        name, root = self.target
        command = [
            sys.executable, "-m", "uda", "train", "--config", str(HERE / f"{self.recipe}.yaml"),
            "--source", "synthetic", "--source-root", str(source),
            "--target", name, "--target-root", str(root),
            "--method", self.method, "--output", str(self.output),
            *self.settings, f"training.seed={self.seed}",
        ]  # fmt: skip
        if self.init:
            command += ["--init", str(self.init)]
        if (self.output / "run.json").exists():
            command.append("--resume")
        return command


def main(
    data: Annotated[Path, typer.Option(help="Where the rendered sets are, or will be.")] = Path(
        "data/experiments"
    ),
    output: Annotated[Path, typer.Option(help="Runs and the table.")] = Path("runs/experiments"),
    real_root: Annotated[
        Path | None, typer.Option(help="Target (b): real tracklets in MARS layout; none: (a) only.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 3,
    methods: Annotated[str, typer.Option(help="Methods of stage two, with commas.")] = ",".join(
        NAMES
    ),
    jobs: Annotated[int, typer.Option(min=1, help="Trainings at a time, one core each.")] = 2,
) -> None:
    """Compare all methods on a rendered and on a real target; print mean and deviation."""
    chosen = [name.strip() for name in methods.split(",")]
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        raise typer.BadParameter(f"expected methods among {', '.join(NAMES)}, found {unknown}")
    render(data)
    targets = {"a": ("synthetic", data / "other-look")}
    if real_root:
        targets["b"] = ("mars", real_root)
    numbers = range(1, seeds + 1)
    first = {
        seed: Training(
            output / "stage-one" / f"seed-{seed}",
            "stage-one", next(iter(targets.values())), seed, "source_only",
        )
        for seed in numbers
    }  # fmt: skip
    second = [
        Training(
            output / name / method / f"seed-{seed}",
            "stage-two", target, seed, *settings(method),
            first[seed].output / "checkpoints/last.pt",
        )
        for seed in numbers
        for name, target in targets.items()
        for method in chosen
    ]  # fmt: skip
    train(list(first.values()), data / "source", jobs)
    train(second, data / "source", jobs)
    evaluate_by_camera(second, jobs)
    table = "\n".join(rows(second, chosen, targets))
    (output / "table.md").write_text(table + "\n")
    print(table)


def settings(name: str) -> tuple[str, tuple[str, ...]]:
    """The method of that name, and what is set for it."""
    method = name.removesuffix(CBN)
    return method, SETTINGS[method] + (("model.norm=cbn",) if name != method else ())


def render(data: Path) -> None:
    """The rendered sets that are not complete yet."""
    for name in RENDERED:
        command = ["-m", "vidsynth.cli", "render-tracklets", "--output", str(data / name)]
        config = HERE / f"{name}.yaml"
        if not (data / name / "info").exists():
            subprocess.run([sys.executable, *command, "--config", str(config)], check=True)


def train(runs: Sequence[Training], source: Path, jobs: int) -> None:
    """Those that are not finished, ``jobs`` at a time. Ends with the first that fails."""
    waiting = [run for run in runs if run.result is None]

    def one(run: Training) -> None:
        run.output.parent.mkdir(parents=True, exist_ok=True)
        _run(run.command(source), run.output.with_suffix(".log"))
        assert run.result is not None
        scores = run.result["target_test"]
        print(
            f"{run.output}: rank-1 {scores['rank_1']:.1%}, mAP {scores['mAP']:.1%}, "
            f"{run.result['minutes']:.1f} min",
            flush=True,
        )

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(one, waiting))


def evaluate_by_camera(runs: Sequence[Training], jobs: int) -> None:
    """Scores with statistics of each camera's test clips, of those that lack them."""
    waiting = [run for run in runs if run.by_camera is None]
    with ThreadPoolExecutor(jobs) as pool:
        list(
            pool.map(
                lambda run: _run(run.evaluation(), run.output / "by-camera.log"),
                waiting,
            )
        )


def _run(command: list[str], log: Path) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with log.open("w") as file:
        code = subprocess.run(
            command, env=environment, stdout=file, stderr=file, check=False
        ).returncode
    if code:
        raise typer.BadParameter(f"{' '.join(command)} failed, exit code {code}: see {log}")


def _read(path: Path) -> Any:
    return json.loads(path.read_text()) if path.exists() else None


def rows(
    runs: Sequence[Training], methods: Sequence[str], targets: dict[str, Any]
) -> Iterator[str]:
    """A Markdown table: mean and standard deviation over seeds."""
    heads = [f"({t}) rank-1 | ({t}) mAP | ({t}) mAP, camera statistics" for t in targets]
    yield "| method | " + " | ".join(heads) + " | minutes |"
    yield "|---" * (3 * len(targets) + 2) + "|"
    for method in methods:
        cells = []
        own = [run for run in runs if run.output.parts[-2] == method]
        for name in targets:
            here = [run for run in own if run.output.parts[-3] == name]
            tests = [run.result["target_test"] for run in here]
            cells += [spread([100 * test[key] for test in tests]) for key in ("rank_1", "mAP")]
            cells.append(spread([100 * run.by_camera["rows"][0]["mAP"] for run in here]))
        cells.append(spread([run.result["minutes"] for run in own]))
        yield f"| `{method}` | " + " | ".join(cells) + " |"


def spread(values: Sequence[float]) -> str:
    """``mean ± deviation``, the latter with one degree of freedom less."""
    deviation = f" ± {statistics.stdev(values):.1f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.1f}{deviation}"


if __name__ == "__main__":
    typer.run(main)
