"""What attributes and re-identification give each other, and what rendered people give real ones.

    uv run tools/experiments/attributes.py --mars data/mars --viper data/viper

MobileNetV2 from ImageNet learns the 300 rendered people of `compare.py`: their identities, their
attributes, or both, for equal steps. Both tasks are tested on rendered targets of other looks. Then
re-identification is fine-tuned on the target's real training people, from ImageNet and from these
weights, at Synthetic18K's two rates. What is finished is kept: the same command continues.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import costs
import numpy as np
import options
import tested
import typer
from attribute_scoring import WHOSE, Recognised, recognise, recognised
from rendering import render
from scoring import HALF, score
from tables import bold, gain_of, mean_and_deviation, scores_of, spread
from trainings import CONTROL, STAGES, Target, Training, TrainingFailed, lasting, train

from uda.evaluation.paired import Gain, paired_gain

START = "imagenet"
SINGLE, JOINT = "attributes", "joint"
TUNED = (*lasting(STAGES["two"]), "optimiser.lr=0.001", "optimiser.backbone=0.1")
"""New layers at 1e-3 and the backbone at a tenth of it, as Synthetic18K fine-tunes (4.4)."""

Rows = Mapping[str, Sequence[Training]]
"""Trainings by what a table calls them, seed by seed."""


def main(
    data: options.Data = options.DATA,
    output: options.Output = Path("runs/experiments"),
    mars: options.Mars = None,
    viper: options.Viper = None,
    seeds: options.Seeds = 3,
    targets: options.Targets = tested.EVERY_LOOK,
    jobs: options.Jobs = 2,
    plan: options.Plan = False,
) -> None:
    """Compare attributes, re-identification and both, and starts of training on real people."""
    looks = tested.looks(targets)
    rendered, real, unseen = tested.rendered(data, looks), tested.real(mars), tested.unseen(viper)
    learnt = {
        row: [learning(output, row, n + 1) for n in range(seeds)]
        for row in (CONTROL, SINGLE, JOINT)
    }
    tuned = tuning(output, learnt) if mars else {}
    everywhere = [*rendered, *real, *unseen]
    asked = [
        (run, target) for row in (CONTROL, JOINT) for run in learnt[row] for target in everywhere
    ]
    asked += [
        (run, target) for some in tuned.values() for run in some for target in [*real, *unseen]
    ]
    told = [(run, target) for row in (SINGLE, JOINT) for run in learnt[row] for target in rendered]
    if plan:
        runs = [run for some in (*learnt.values(), *tuned.values()) for run in some]
        waiting = [run for run in runs if not run.finished]
        print(costs.total(0, waiting, len(asked) + len(told), jobs, "not counted"))
        return
    render(data, ["source", *looks])
    try:
        train([run for some in learnt.values() for run in some], data / "source", jobs)
        for some in tuned.values():
            train(some, real[0].root, jobs)
        score(asked, jobs)
        recognise(told, jobs)
    except TrainingFailed as error:
        typer.echo(f"attributes: {error}", err=True)
        raise typer.Exit(1) from None
    report = "\n".join(reported(learnt, tuned, rendered, real, unseen))
    (output / "attributes.md").write_text(report + "\n")
    print(report)


def learning(output: Path, row: str, seed: int) -> Training:
    """On rendered people; that of identities alone is the first stage of `compare.py`."""
    place = output / START / f"seed-{seed}" / ("stage-one" if row == CONTROL else row)
    return Training(place, row, START, seed)


def tuning(output: Path, learnt: Rows) -> dict[str, list[Training]]:
    """On real people, from ImageNet and from what knows rendered identities."""
    made: dict[str, list[Training]] = {}
    for name, first in {"ImageNet": None, "identities": CONTROL, JOINT: JOINT}.items():
        made[name] = [
            Training(
                output / "tuned" / name / f"seed-{run.seed}", CONTROL, START, run.seed,
                after=run if first else None, settings=(*TUNED, "schedule.warmup=0"), data="mars",
            )
            for run in learnt[first or CONTROL]
        ]  # fmt: skip
    return made


def reported(
    learnt: Rows,
    tuned: Rows,
    rendered: Sequence[Target],
    real: Sequence[Target],
    unseen: Sequence[Target],
) -> Iterator[str]:
    """Tables of both tasks and of fine-tuning."""
    yield from ("### Attributes of rendered people", "")
    yield from recognition(learnt, rendered)
    yield from ("", "### Each attribute", "")
    yield from heads(learnt, rendered)
    yield from ("", "### Re-identification", "")
    yield from reidentification(
        {row: learnt[row] for row in (CONTROL, JOINT)}, [*rendered, *real, *unseen]
    )
    if tuned:
        yield from ("", "### Fine-tuned on real people", "")
        yield from reidentification(tuned, [*real, *unseen])


def recognition(learnt: Rows, targets: Sequence[Target]) -> Iterator[str]:
    """Mean accuracies, and how many attributes are told better than by the commonest value."""
    yield (
        "| target | learnt | mean accuracy, as trained / by camera | balanced | commonest value "
        "| heads above it | gain of joint, by camera |"
    )
    yield "|---" * 7 + "|"
    for target in targets:
        found = {row: [recognised(run, target) for run in learnt[row]] for row in (SINGLE, JOINT)}
        for row, some in found.items():
            cells = [
                " / ".join(
                    mean_and_deviation([each[whose]["scores"][mean] for each in some])
                    for whose in WHOSE
                )
                for mean in ("accuracy", "balanced")
            ]
            cells.append(f"{100 * some[0][HALF]['scores']['commonest']:.1f}")
            names = list(some[0][HALF]["scores"]["attributes"])
            cells.append(f"{len(above_commonest(some, names))} of {len(names)}")
            cells.append(bold(gain_in_telling(some, found[SINGLE])) if row == JOINT else "")
            yield f"| {target.name} | {row} | " + " | ".join(cells) + " |"


def heads(learnt: Rows, targets: Sequence[Target]) -> Iterator[str]:
    """Accuracy of each attribute, by camera, beside who always says the commonest value."""
    names = [target.name for target in targets]
    yield (
        "| attribute | "
        + " | ".join(f"{name}: commonest, {SINGLE}, {JOINT}" for name in names)
        + " |"
    )
    yield "|---" * (len(names) + 1) + "|"
    found = [
        {row: [recognised(run, target) for run in learnt[row]] for row in (SINGLE, JOINT)}
        for target in targets
    ]
    for name in dict.fromkeys(
        n for each in found for n in each[SINGLE][0][HALF]["scores"]["attributes"]
    ):
        cells = []
        for each in found:
            scores = each[SINGLE][0][HALF]["scores"]["attributes"]
            if name not in scores:
                cells.append("")
                continue
            values = [100 * scores[name]["commonest"]]
            values += [100 * _accuracy(some, name) for some in each.values()]
            cells.append(", ".join(f"{value:.0f}" for value in values))
        yield f"| `{name}` | " + " | ".join(cells) + " |"


def above_commonest(found: Sequence[Recognised], names: Sequence[str]) -> list[str]:
    """Attributes that are told rightly more often than by always saying the commonest value."""
    scores = found[0][HALF]["scores"]["attributes"]
    return [name for name in names if _accuracy(found, name) > scores[name]["commonest"]]


def gain_in_telling(one: Sequence[Recognised], other: Sequence[Recognised]) -> Gain:
    """How many more of a tracklet's attributes one tells rightly, by camera, paired by tracklet."""
    return paired_gain(
        [np.array(each[HALF]["told"]) for each in one],
        [np.array(each[HALF]["told"]) for each in other],
        np.array(one[0][HALF]["person_id"]),
    )


def reidentification(rows: Rows, targets: Sequence[Target]) -> Iterator[str]:
    """mAP of all rows on all targets, and gains over the first row, by camera."""
    heads = " | ".join(f"{target.name} | gain" for target in targets)
    yield f"| mAP, as trained / by camera | {heads} |"
    yield "|---" * (2 * len(targets) + 1) + "|"
    first = next(iter(rows))
    for row, runs in rows.items():
        cells = []
        for target in targets:
            scores = scores_of(target, list(runs))
            cells.append(" / ".join(spread(scores, whose, "mAP") for whose in WHOSE))
            gain = gain_of(scores, HALF, scores_of(target, list(rows[first])), HALF)
            cells.append("" if row == first else bold(gain))
        yield f"| {row} | " + " | ".join(cells) + " |"


def _accuracy(found: Sequence[Recognised], name: str) -> float:
    return statistics.mean(each[HALF]["scores"]["attributes"][name]["accuracy"] for each in found)


if __name__ == "__main__":
    typer.run(main)
