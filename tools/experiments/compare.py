"""What adaptation gains: all methods, on targets of different looks, several seeds, both starts.

    uv run tools/experiments/compare.py --mars data/mars --viper data/viper

Renders a source and three targets (dim and noisy; crowded at eye level; night, snow and rooms)
where they are not there yet. Per start (a small network from scratch, a larger one from ImageNet)
and seed one training on the source, from whose weights every method then continues for the same
number of steps, source_only too. What is finished is kept: the same command continues where it was
stopped. Settings are chosen on the rendered targets alone.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Annotated

import tables
import typer
from scoring import score
from trainings import (
    CONTROL,
    HERE,
    METHODS,
    STARTS,
    Target,
    Training,
    TrainingFailed,
    train,
    trainings,
)

RENDERED = {
    "target-dim": "dim and noisy",
    "target-crowd": "crowded, at eye level",
    "target-night": "night, snow and rooms",
}


def main(
    data: Annotated[Path, typer.Option(help="Where the rendered sets are, or will be.")] = Path(
        "data/experiments"
    ),
    output: Annotated[Path, typer.Option(help="Runs, scores and report.md.")] = Path(
        "runs/experiments"
    ),
    mars: Annotated[
        Path | None, typer.Option(help="A fourth target: real tracklets in MARS layout.")
    ] = None,
    viper: Annotated[
        Path | None, typer.Option(help="VIPeR, for direct transfer between two real cameras.")
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Trainings of each kind.")] = 3,
    starts: Annotated[str, typer.Option(help="With commas.")] = ",".join(STARTS),
    methods: Annotated[str, typer.Option(help="Rows of the tables, with semicolons.")] = ";".join(
        METHODS
    ),
    targets: Annotated[str, typer.Option(help="Rendered targets, with commas.")] = ",".join(
        RENDERED
    ),
    jobs: Annotated[int, typer.Option(min=1, help="At a time, one core each.")] = 2,
    settings: Annotated[
        list[str] | None, typer.Argument(help="section.key=value for all trainings.")
    ] = None,
) -> None:
    """Compare methods on rendered and real targets: scores, paired gains, costs, conclusions."""
    rows = among("method", methods.split(";"), METHODS)
    if CONTROL not in rows:
        raise typer.BadParameter(f"expected {CONTROL} among the methods: gains are over it")
    chosen = among("start", starts.split(","), STARTS)
    looks = among("target", targets.split(","), RENDERED)
    render(data, ["source", *looks])
    adapted = [Target(name, "synthetic", data / name) for name in looks]
    if mars:
        adapted.append(Target("mars-real", "mars", mars))
    unseen = [Target("viper", "viper", viper)] if viper else []
    runs = list(trainings(output, chosen, rows, adapted, range(1, seeds + 1), settings or ()))
    try:
        train(runs, data / "source", jobs)
        score(
            [
                (run, target)
                for run in runs
                if run.after
                for target in ([run.target] if run.target else [*adapted, *unseen])
            ],
            jobs,
        )
    except TrainingFailed as error:
        typer.echo(f"compare: {error}", err=True)
        raise typer.Exit(1) from None
    report = "\n".join(_report(runs, chosen, adapted, unseen))
    (output / "report.md").write_text(report + "\n")
    print(report)


def render(data: Path, names: Sequence[str]) -> None:
    """The rendered sets that are not complete yet."""
    for name in names:
        render_set(data / name, HERE / f"{name}.yaml")


def render_set(place: Path, config: Path, words: Sequence[str] = ()) -> None:
    """The set of a config, with some settings as ``words`` say, unless it is complete already.

    Raises typer.Exit: it cannot be rendered."""
    if not (place / "info").exists():
        command = ["-m", "vidsynth.cli", "render-tracklets", "--output", str(place)]
        told = [sys.executable, *command, "--config", str(config), *words]
        code = subprocess.run(told, check=False).returncode
        if code:  # it has said why
            raise typer.Exit(code)


def _report(
    runs: Sequence[Training],
    starts: Sequence[str],
    targets: Sequence[Target],
    unseen: Sequence[Target],
) -> list[str]:
    lines: list[str] = []
    for start in starts:
        for target in targets:
            look = RENDERED.get(target.name, "real people")
            lines += [f"### {target.name} ({look}), {start}", ""]
            lines += tables.of_target(target, start, runs)
            lines += ["", *(f"- {line}" for line in tables.conclusions(target, start, runs)), ""]
    for target in unseen:
        lines += [f"### {target.name}, direct transfer", ""]
        lines += [*tables.direct(target, starts, runs), ""]
    return lines


def among(what: str, names: Sequence[str], known: Collection[str]) -> list[str]:
    """The names that were asked for. Raises typer.BadParameter: one is not known."""
    wanted = [name.strip() for name in names]
    for name in wanted:
        if name not in known:
            raise typer.BadParameter(f"expected a {what} among {'; '.join(known)}, found {name!r}")
    return wanted


if __name__ == "__main__":
    typer.run(main)
