"""What `proof.py` still has to do, and what it costs on a CPU and on a GPU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import costs
from proof_results import is_complete
from proof_sources import USUAL, Source
from questions import HISTOGRAM, Row
from rendering import complete
from scoring import file_of, scored
from trainings import Training


@dataclass
class Counted:
    """Sets, trainings and scores that are counted already, each once."""

    seen: set[Path] = field(default_factory=set)

    def new(self, place: Path) -> bool:
        """Whether it was not counted before; from now on it is."""
        if place in self.seen:
            return False
        self.seen.add(place)
        return True


def planned(rows: Sequence[Row], looks: Sequence[str], data: Path, jobs: int) -> Iterator[str]:
    """A table with a line for each question, and the sum."""
    yield "| question | rows | complete | rendering, CPU-h | trainings | scores | CPU-h | GPU-h |"
    yield "|---" * 8 + "|"
    counted = Counted()
    total = 0.0
    for question in dict.fromkeys(row.question for row in rows):
        some = [row for row in rows if row.question == question]
        rendering = sum(_rendering(row.source, counted) for row in some)
        waiting = [run for row in some for run in _trainings(row, counted)]
        scores = sum(
            counted.new(file_of(run, target)) and not scored(run, target)
            for row in some
            for run in row.runs
            for target in row.targets
        )
        seconds = rendering + scores * costs.SCORE
        seconds += sum(map(costs.cpu_seconds, waiting))
        gpu = sum(map(costs.gpu_seconds, waiting))
        total += seconds
        yield (
            f"| {question} | {len(some)} | {sum(is_complete(row) for row in some)} "
            f"| {rendering / 3600:.1f} | {len(waiting)} | {scores} | {seconds / 3600:.1f} "
            f"| {gpu / 3600:.2f} |"
        )
    yield ""
    missing = [name for name in looks if not complete(data / name)]
    if missing:
        yield f"Rendered first: {', '.join(missing)}, 0.2 CPU-h each."
    yield (
        f"{total / 3600:.1f} CPU-h, {total / 3600 / jobs:.1f} h on {jobs} cores. GPU-h: the "
        "trainings alone, at the rate of a ResNet-50 in bf16 on an H200."
    )


def _rendering(source: Source, counted: Counted) -> float:
    """CPU-seconds."""
    from vidsynth.planning.tracklets import CPU_SECONDS_PER_CROP, TrackletPlan
    from vidsynth.settings import load_config

    if source.there or not counted.new(source.place):
        return 0.0
    plan = TrackletPlan(load_config(USUAL, list(source.words)))
    return plan.crops * CPU_SECONDS_PER_CROP[plan.config.quality]


def _trainings(row: Row, counted: Counted) -> Iterator[Training]:
    """Those of a row that are not finished, with those they continue."""
    if row.name == HISTOGRAM:
        return
    for run in row.runs:
        for each in (run.after, run):
            if each and counted.new(each.output) and not each.finished:
                yield each
