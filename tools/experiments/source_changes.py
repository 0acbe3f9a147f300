"""What of a rendered source teaches? Sources of equal crops that differ in one thing each.

    uv run tools/experiments/source_changes.py --plan     # what there is to do, and its cost
    uv run tools/experiments/source_changes.py --mars data/mars --seeds 3

Each source has as many crops at the same sites; what differs is how often people are seen, on how
many outings, how many people there are, or from where cameras look and who stands about. On each a
slim ResNet-18 learns from scratch, `source_only`, and is scored on rendered targets of another look
and on real people. What is finished is kept: the same command continues where it was stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import costs
import options
import tested
import typer
from options import among
from rendering import RENDERED, complete, render, render_set
from scoring import HALF, score
from tables import bold, gain_of, scores_of, spread
from trainings import CONTROL, HERE, Target, Training, TrainingFailed, lasting, train

TODAY = "two sightings"

FULL = ("crowd={density: 3, occlusion: 0.3, standing: 0.35}", "boxes.max_truncation=0.5")
LOW = ("camera.depression=[0, 20]", "camera.mount_height=[1.6, 3.5]")
"""Places and cameras of configs/synth/eye-level.yaml."""

SOURCES: dict[str, tuple[float, int, tuple[str, ...]]] = {
    TODAY: (1, 2, ()),
    "two sightings, 0.3 return": (1, 2, ("clock.returning_share=0.3",)),
    "two sightings, all return": (1, 2, ("clock.returning_share=1",)),
    "three sightings": (1, 3, ()),
    "three sightings, 0.3 return": (1, 3, ("clock.returning_share=0.3", "clock.outings=3")),
    "three sightings, all return": (1, 3, ("clock.returning_share=1", "clock.outings=3")),
    "four sightings, all return": (1, 4, ("clock.returning_share=1", "clock.outings=4")),
    "six sightings": (1, 6, ()),
    "six sightings, 0.3 return": (1, 6, ("clock.returning_share=0.3", "clock.outings=3")),
    "six sightings, all return": (1, 6, ("clock.returning_share=1", "clock.outings=3")),
    "half the people, four sightings": (1 / 2, 4, ()),
    "half the people, four sightings, all return": (
        1 / 2, 4, ("clock.returning_share=1", "clock.outings=4"),
    ),
    "a third of the people, six sightings, all return": (
        1 / 3, 6, ("clock.returning_share=1", "clock.outings=6"),
    ),
    "low cameras": (1, 2, LOW),
    "full places": (1, 2, FULL),
    "low cameras in full places": (1, 2, (*LOW, *FULL)),
    "low cameras in full places, three sightings, all return": (
        1, 3, (*LOW, *FULL, "clock.returning_share=1", "clock.outings=3"),
    ),
}  # fmt: skip
"""Share of the people, sightings of each, and what else differs. Whoever does not return is seen on
one outing. Tracklets are so long that all sources have as many crops."""

USUAL = (
    TODAY, "three sightings", "three sightings, all return",
    "half the people, four sightings, all return", "low cameras", "low cameras in full places",
)  # fmt: skip

FRAMES = 12
"""Of an identity under one camera of each shot, over all sightings, if all people are there."""


@dataclass(frozen=True)
class Source:
    """A rendered source: ``place`` it lies at, and the words that `source.yaml` is changed by."""

    name: str
    place: Path
    words: tuple[str, ...]

    @property
    def slug(self) -> str:
        return self.place.name


def main(
    data: options.Data = options.DATA,
    output: options.Output = Path("runs/source-changes"),
    mars: options.Mars = None,
    seeds: options.Seeds = 3,
    people: Annotated[int, typer.Option(min=12, help="Of most sources; a multiple of 6.")] = 120,
    steps: Annotated[str, typer.Option(help="Of the trainings; several with commas.")] = "600",
    sources: Annotated[str, typer.Option(help="Rows of the tables, with semicolons.")] = ";".join(
        USUAL
    ),
    targets: options.Targets = "target-dim",
    jobs: options.Jobs = 2,
    plan: options.Plan = False,
    settings: options.Settings = None,
) -> None:
    """Compare sources that differ in one thing with one of two sightings at usual cameras."""
    if people % 6:
        raise typer.BadParameter(f"expected a multiple of 6 people, found {people}")
    rows = among("source", sources.split(";"), SOURCES)
    if TODAY not in rows:
        raise typer.BadParameter(f"expected {TODAY} among the sources: gains are over it")
    looks = tested.looks(targets)
    lengths = numbers(steps)
    rendered = [rendered_source(data, name, people) for name in rows]
    aims = [*tested.rendered(data, looks), *tested.real(mars)]
    runs = {
        (source.name, length): [
            training(output, source, length, seed, settings or ()) for seed in range(1, seeds + 1)
        ]
        for source in rendered
        for length in lengths
    }
    print("\n".join(planned(rendered, runs, aims, jobs)), flush=True)
    if plan:
        return
    render(data, looks)
    for source in rendered:
        render_set(source.place, HERE / "source.yaml", source.words)
    try:
        for source in rendered:
            own = [run for length in lengths for run in runs[source.name, length]]
            train(own, source.place, jobs)
            score([(run, target) for run in own for target in aims], jobs)
    except TrainingFailed as error:
        typer.echo(f"source_changes: {error}", err=True)
        raise typer.Exit(1) from None
    report = "\n".join(reported(rendered, runs, aims))
    (output / "report.md").write_text(report + "\n")
    print(report)


def numbers(text: str) -> list[int]:
    """Numbers of steps, with commas. Raises typer.BadParameter."""
    given = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) > 0 for part in given):
        raise typer.BadParameter(f"expected numbers of steps, with commas, found {text!r}")
    return [int(part) for part in given]


def rendered_source(data: Path, name: str, people: int) -> Source:
    """One row's source for so many people: the words that change `source.yaml`."""
    share, sightings, words = SOURCES[name]
    slug = name.replace(",", "").replace(" ", "-")
    return Source(
        name,
        data / f"source-changes-{people}" / slug,
        (
            f"identities={round(people * share)}",
            f"sightings={sightings}",
            f"frames={round(FRAMES / sightings / share)}",
            "boxes.min_frames=2",
            f"clock.walk={sightings}",
            *words,
        ),
    )


def training(output: Path, source: Source, steps: int, seed: int, words: Sequence[str]) -> Training:
    """One training from scratch of so many steps."""
    place = output / source.slug / f"{steps}-steps" / f"seed-{seed}"
    return Training(place, CONTROL, "scratch", seed, settings=(*lasting(steps), *words))


Runs = Mapping[tuple[str, int], Sequence[Training]]
"""Trainings by source and number of steps, seed by seed."""


def planned(
    sources: Sequence[Source], runs: Runs, targets: Sequence[Target], jobs: int
) -> Iterator[str]:
    """What there is to do, and what is still to be done, with CPU time."""
    from vidsynth.planning.tracklets import CPU_SECONDS_PER_CROP, TrackletPlan
    from vidsynth.settings import load_config

    yield "| source | identities | seen on several outings | tracklets | crops | rendered |"
    yield "|---" * 6 + "|"
    todo = 0.0
    for source in sources:
        plan = TrackletPlan(load_config(HERE / "source.yaml", list(source.words)))
        outings = {i: plan.outings.count(i, o.wave) for o in plan.outlines for i in o.person_ids}
        there = complete(source.place)
        todo += 0 if there else plan.crops * CPU_SECONDS_PER_CROP[plan.config.quality]
        yield (
            f"| {source.name} | {len(outings)} "
            f"| {sum(count > 1 for count in outings.values()) / len(outings):.0%} "
            f"| {plan.crops // plan.config.frames:,} | {plan.crops:,} | {'yes' if there else ''} |"
        )
    yield ""
    yield costs.sentence(
        todo, [r for some in runs.values() for r in some], targets, jobs, "targets not counted"
    )


def reported(sources: Sequence[Source], runs: Runs, targets: Sequence[Target]) -> Iterator[str]:
    """A table for each target and schedule, with every source's gain over today's."""
    import pyarrow.dataset as ds

    crops = {source.name: ds.dataset(source.place / "crops").count_rows() for source in sources}
    for target in targets:
        for length in dict.fromkeys(steps for _, steps in runs):
            yield f"### {target.name} ({RENDERED.get(target.name, 'real people')}), {length} steps"
            yield ""
            yield (
                "| source | crops | rank-1 | mAP | mAP, by camera | gain "
                "| gain, by camera | CPU-min |"
            )
            yield "|---" * 8 + "|"
            today = scores_of(target, runs[TODAY, length])
            for source in sources:
                some = runs[source.name, length]
                found = scores_of(target, some)
                cells = [f"{crops[source.name]:,}", spread(found, "running", "rank_1")]
                cells += [spread(found, whose, "mAP") for whose in ("running", HALF)]
                for whose in ("running", HALF):
                    gain = gain_of(found, whose, today, whose)
                    cells.append("" if source.name == TODAY else bold(gain))
                cells.append(f"{sum(run.cpu_minutes for run in some) / len(some):.1f}")
                yield f"| {source.name} | " + " | ".join(cells) + " |"
            yield ""
            for source in sources:
                if source.name != TODAY:
                    gain = gain_of(scores_of(target, runs[source.name, length]), HALF, today, HALF)
                    yield f"- {gain.sentence(source.name, TODAY)}"
            yield ""


if __name__ == "__main__":
    typer.run(main)
