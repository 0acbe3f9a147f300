"""What adaptation gains: all methods, on targets of different looks, several seeds, both starts.

    uv run tools/experiments/compare.py --mars data/mars --viper data/viper

Renders a source and three targets (dim and noisy; crowded at eye level; night, snow and rooms)
where they are not there yet. Per start (a small network from scratch, a larger one from ImageNet)
and seed one training on the source, from whose weights every method then continues for the same
number of steps, source_only too. What is finished is kept: the same command continues where it was
stopped. Settings are chosen on the rendered targets alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import options
import tables
import tested
import typer
from options import among
from rendering import RENDERED, render
from scoring import score
from trainings import (
    CONTROL,
    METHODS,
    STARTS,
    Target,
    Training,
    TrainingFailed,
    train,
    trainings,
)


def main(
    data: options.Data = options.DATA,
    output: options.Output = Path("runs/experiments"),
    mars: options.Mars = None,
    viper: options.Viper = None,
    seeds: options.Seeds = 3,
    starts: options.Starts = options.EVERY_START,
    methods: Annotated[str, typer.Option(help="Rows of the tables, with semicolons.")] = ";".join(
        METHODS
    ),
    targets: options.Targets = tested.EVERY_LOOK,
    jobs: options.Jobs = 2,
    settings: options.Settings = None,
) -> None:
    """Compare methods on rendered and real targets: scores, paired gains, costs, conclusions."""
    rows = among("method", methods.split(";"), METHODS)
    if CONTROL not in rows:
        raise typer.BadParameter(f"expected {CONTROL} among the methods: gains are over it")
    chosen = among("start", starts.split(","), STARTS)
    looks = tested.looks(targets)
    render(data, ["source", *looks])
    adapted = [*tested.rendered(data, looks), *tested.real(mars)]
    unseen = tested.unseen(viper)
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


def _report(
    runs: Sequence[Training],
    starts: Sequence[str],
    targets: Sequence[Target],
    unseen: Sequence[Target],
) -> list[str]:
    lines: list[str] = []
    for start in starts:
        lines += [f"### All methods, {start}", "", *tables.overview(start, targets, runs), ""]
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


if __name__ == "__main__":
    typer.run(main)
