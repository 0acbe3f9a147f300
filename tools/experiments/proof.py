"""Rendered people as a source for real ones: the evidence, and docs/results.md made of it.

    uv run tools/experiments/proof.py --mars data/mars --viper data/viper --plan
    uv run tools/experiments/proof.py --mars data/mars --viper data/viper --question source

Questions: what a source teaches, what adaptation adds, how many people it takes, what diversity and
each part of the generator are worth, and what video models add. What is finished is kept, trainings
of compare.py with the same --output too: the same command continues where it was stopped, and every
row stands in the page as soon as it is complete.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import options
import proof_figures
import proof_page
import tested
import typer
from histogram import write_scores
from options import among
from proof_plan import planned
from proof_results import figures, is_complete, machine
from questions import HISTOGRAM, QUESTIONS, Asked, Row
from rendering import render
from scoring import file_of, score, scored
from trainings import HERE, STARTS, TrainingFailed, train

from uda.files import write_json, write_whole

DOCS = HERE.parents[1] / "docs"


def main(
    data: options.Data = options.DATA,
    output: options.Output = Path("runs/experiments"),
    mars: options.Mars = None,
    viper: options.Viper = None,
    seeds: options.Seeds = 3,
    question: Annotated[str, typer.Option(help="With commas.")] = ",".join(QUESTIONS),
    rows: Annotated[
        list[str] | None, typer.Option(help="Part of a row's name; repeatable. Others are left.")
    ] = None,
    starts: options.Starts = options.EVERY_START,
    targets: options.Targets = tested.EVERY_LOOK,
    docs: Annotated[Path, typer.Option(help="Where results.json and results.md are kept.")] = DOCS,
    readme: Annotated[Path | None, typer.Option(help="README whose table is written, too.")] = None,
    jobs: options.Jobs = 2,
    plan: options.Plan = False,
    collect: Annotated[
        bool, typer.Option("--collect", help="Write down what is complete; train nothing.")
    ] = False,
) -> None:
    """Answer the questions row by row, and write down each row that is complete."""
    chosen = among("question", question.split(","), QUESTIONS)
    looks, real = tested.looks(targets), tested.real(mars)
    asked = Asked(
        data,
        output,
        (*tested.rendered(data, looks), *real),
        tuple(tested.unseen(viper)),
        seeds,
        tuple(among("start", starts.split(","), STARTS)),
        next(iter(real), None),
    )
    every = [row for name in chosen for row in QUESTIONS[name](asked)]
    some = [row for row in every if not rows or any(part in row.name for part in rows)]
    if not some:
        raise typer.BadParameter(f"expected a part of a row's name, found {', '.join(rows or [])}")
    print("\n".join(planned(some, looks, data, jobs)), flush=True)
    if plan:
        return
    if collect:
        keep(every, some, docs, readme)
        return
    render(data, looks)
    for row in some:
        try:
            answer(row, jobs)
        except TrainingFailed as error:
            typer.echo(f"proof: {row.name}: {error}", err=True)
            raise typer.Exit(1) from None
        keep(every, [row], docs, readme)
        print(f"{row.question}: {row.name}: done", flush=True)


def answer(row: Row, jobs: int) -> None:
    """Renders, trains and scores what a row still lacks. Raises TrainingFailed, typer.Exit."""
    if row.name == HISTOGRAM:
        for run in row.runs:
            for target in row.targets:
                if not scored(run, target):
                    write_scores(target, file_of(run, target))
        return
    row.source.prepare()
    first = [run.after for run in row.runs if run.after]
    train([*first, *row.runs], row.source.place, jobs)
    score([(run, target) for run in row.runs for target in row.targets], jobs)


def keep(rows: Sequence[Row], answered: Sequence[Row], docs: Path, readme: Path | None) -> None:
    """Writes down the rows that are complete: figures, page, pictures, and the README's table.

    Rows of other calls stay as they are, in the order of the questions. Figures are computed for
    ``answered``, for rows whose gain is over it, and for those that are not written down yet.
    """
    place = docs / "results.json"
    kept: dict[str, Any] = json.loads(place.read_text()) if place.exists() else {"rows": {}}
    kept["machine"] = machine()
    done = {(row.question, row.name): row for row in rows if is_complete(row)}
    fresh = {(row.question, row.name) for row in answered}
    for (question, name), row in done.items():
        found = kept["rows"].setdefault(question, {})
        if name not in found or any((question, each) in fresh for each in (name, *row.over)):
            others = {
                other: done[question, other] for other in row.over if (question, other) in done
            }
            found[name] = figures(row, others)
    for question, found in kept["rows"].items():
        order = [row.name for row in rows if row.question == question]
        known = sorted(found, key=lambda name: order.index(name) if name in order else len(order))
        kept["rows"][question] = {name: found[name] for name in known}
    kept["pictures"] = proof_figures.draw(kept["rows"], docs)
    write_json(place, kept)
    write_whole(docs / "results.md", proof_page.page(kept))
    if readme:
        write_whole(readme, proof_page.with_table(readme.read_text(), kept))


if __name__ == "__main__":
    typer.run(main)
