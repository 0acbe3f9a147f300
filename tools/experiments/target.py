"""What is it worth to render what a target looks like? TAGPerson's tables at our scale, and ours.

    uv run tools/experiments/target.py --target mars=data/mars --plan    # what there is to do
    uv run tools/experiments/target.py --target mars=data/mars --target market1501=data/market1501

Every source has the same people and as many crops; what differs is what they are rendered from
(`target_sources.TABLES`). On each a small network learns, `source_only`, and is scored on the
target's test half. Sources that are rendered for a target are scored on that target alone. What is
finished is kept: the same command continues where it was stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import costs
import options
import typer
from options import among
from rendering import complete
from scoring import HALF, score, scored
from tables import bold, gain_of, scores_of, spread
from target_sources import TABLES, VARIANTS, Source, Table, images, prepare, render, source
from trainings import CONTROL, STARTS, Target, Training, TrainingFailed, lasting, train

EVERY_TABLE = ",".join(TABLES)


def main(
    target: Annotated[
        list[str],
        typer.Option(metavar="NAME=DIR", help="A benchmark of uda, and where it lies; repeatable."),
    ],
    data: options.Data = options.DATA,
    output: options.Output = Path("runs/target"),
    tables: Annotated[str, typer.Option(help="With commas.")] = EVERY_TABLE,
    estimators: Annotated[
        Path | None,
        typer.Option(help="Of `vidsynth target estimators`; else trained for each target."),
    ] = None,
    pool: Annotated[
        Path | None, typer.Option(help="Rendered pool of the estimators; else the cached one.")
    ] = None,
    photographs: Annotated[
        Path | None, typer.Option(help="Folder of pictures behind people; else built sites.")
    ] = None,
    start: Annotated[str, typer.Option(help=f"{' or '.join(STARTS)}.")] = "imagenet",
    seeds: options.Seeds = 3,
    people: Annotated[int, typer.Option(min=12, help="Of every source; 12 crops of each.")] = 240,
    steps: Annotated[int, typer.Option(min=10, help="Of every training.")] = 600,
    jobs: options.Jobs = 2,
    plan: options.Plan = False,
    settings: options.Settings = None,
) -> None:
    """Compare sources that are rendered for a target with ones that are not."""
    chosen = {name: TABLES[name] for name in among("table", tables.split(","), TABLES)}
    among("start", [start], STARTS)
    targets = [named(text) for text in target]
    cells = [
        (name, row, aim, source(data, table.rows[row], aim, people))
        for name, table in chosen.items()
        for aim in aims(table, targets)
        for row in table.rows
    ]
    sources = list(dict.fromkeys(made for *_, made in cells))
    runs = {
        made: [
            training(output, data, made, start, steps, seed, settings or ())
            for seed in range(1, seeds + 1)
        ]
        for made in sources
    }
    pairs = list(dict.fromkeys((run, aim) for *_, aim, made in cells for run in runs[made]))
    print("\n".join(planned(sources, runs, pairs, people, jobs)), flush=True)
    if plan:
        return
    prepare(sources, estimators, pool, photographs)
    render(sources, people, photographs)
    try:
        for made in sources:
            train(runs[made], made.place, jobs)
            score([pair for pair in pairs if pair[0] in runs[made]], jobs)
    except TrainingFailed as error:
        typer.echo(f"target: {error}", err=True)
        raise typer.Exit(1) from None
    report = "\n".join(
        line
        for name, table in chosen.items()
        for aim in aims(table, targets)
        for line in reported(
            table, aim, {row: runs[made] for n, row, a, made in cells if (n, a) == (name, aim)}
        )
    )
    (output / "report.md").write_text(report + "\n")
    print(report)


def named(text: str) -> Target:
    """``NAME=DIR``. Raises typer.BadParameter."""
    name, equals, place = text.partition("=")
    if not (name and equals and place):
        raise typer.BadParameter(f"expected a benchmark and its folder as NAME=DIR, found {text!r}")
    return Target(name, name, Path(place))


def aims(table: Table, targets: Sequence[Target]) -> list[Target]:
    """The targets of a table, in other gammas where it says so."""
    if not table.variants:
        return list(targets)
    return [
        varied
        for target in targets
        for varied in (
            target,
            *(
                replace(target, name=f"{target.name}-{name}", data=f"{target.data}{gamma}")
                for name, gamma in VARIANTS.items()
            ),
        )
    ]


def training(
    output: Path, data: Path, made: Source, start: str, steps: int, seed: int, words: Sequence[str]
) -> Training:
    """One training of so many steps on a source."""
    place = output / start / f"{steps}-steps" / made.place.relative_to(data) / f"seed-{seed}"
    said = (*lasting(steps), *words)
    return Training(place, CONTROL, start, seed, settings=said, data="synthetic-images")


def planned(
    sources: Sequence[Source],
    runs: Mapping[Source, Sequence[Training]],
    pairs: Sequence[tuple[Training, Target]],
    people: int,
    jobs: int,
) -> Iterator[str]:
    """What there is to do, and what is still to be done, with CPU time."""
    from vidsynth.planning.images import CPU_SECONDS_PER_IMAGE

    yield "| source | rendered for | config | images | rendered |"
    yield "|---" * 5 + "|"
    there = {made: complete(made.place, "images") for made in sources}
    for made in sources:
        yield (
            f"| {made.row.recipe} | {made.target.name if made.target else ''} "
            f"| {made.config.name} | {images(people):,} | {'yes' if there[made] else ''} |"
        )
    missing = sum(not done for done in there.values()) * images(people)
    waiting = [run for some in runs.values() for run in some if not run.finished]
    unscored = sum(not scored(run, target) for run, target in pairs)
    yield ""
    yield costs.total(
        missing * CPU_SECONDS_PER_IMAGE["fast"],
        waiting,
        unscored,
        jobs,
        "the estimators' pool and measuring not counted",
    )


def reported(table: Table, target: Target, rows: Mapping[str, Sequence[Training]]) -> Iterator[str]:
    """One table on one target, with every row's gain over the first, or over the one before."""
    over = "the row before" if table.each_with_the_last else next(iter(rows))
    yield f"### {table.title}; {target.name}"
    yield ""
    yield (
        f"| source | rank-1 | mAP | mAP, by camera | gain over {over} | gain, by camera | CPU-min |"
    )
    yield "|---" * 7 + "|"
    last: str | None = None
    said = []
    for row, some in rows.items():
        found = scores_of(target, some)
        cells = [spread(found, "running", "rank_1")]
        cells += [spread(found, whose, "mAP") for whose in ("running", HALF)]
        for whose in ("running", HALF):
            if last is None:
                cells.append("")
                continue
            gain = gain_of(found, whose, scores_of(target, rows[last]), whose)
            cells.append(bold(gain))
            if whose == "running":
                said.append(f"- {gain.sentence(row, last)}")
        cells.append(f"{sum(run.cpu_minutes for run in some) / len(some):.1f}")
        yield f"| {row} | " + " | ".join(cells) + " |"
        if last is None or table.each_with_the_last:
            last = row
    yield from ("", *said, "")


if __name__ == "__main__":
    typer.run(main)
