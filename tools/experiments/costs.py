"""What is still to be done of an experiment, in CPU time of one core."""

from __future__ import annotations

from collections.abc import Sequence

from scoring import scored
from trainings import Target, Training

STEP = 0.33
"""CPU-seconds of a step of training from scratch."""
GMAC = 0.26
"""Of a clip of such a step: two frames through a slim ResNet-18."""
PER_SECOND = 40_000
"""GMAC that an H200 trains in a second: 802 clips of 16.1, each three times over."""
SCORE = 40
"""CPU-seconds of one checkpoint on one target, four choices of statistics."""


def step(gmac: float) -> float:
    """CPU-seconds of a step of 16 clips that cost so much."""
    return STEP * gmac / GMAC


def gpu_step(gmac: float) -> float:
    """The same on a GPU, where small networks wait for their clips."""
    return max(0.05, 16 * 3 * gmac / PER_SECOND)


def sentence(
    rendering: float, runs: Sequence[Training], targets: Sequence[Target], jobs: int, note: str
) -> str:
    """Rendering (CPU-seconds), and trainings and their scores on all targets that are missing."""
    waiting = [run for run in runs if not run.finished]
    scores = sum(not scored(run, target) for run in runs for target in targets)
    return total(rendering, waiting, scores, jobs, note)


def total(rendering: float, waiting: Sequence[Training], scores: int, jobs: int, note: str) -> str:
    """The same of what is counted already."""
    seconds = (rendering, STEP * sum(run.steps for run in waiting), SCORE * scores)
    hours = [each / 3600 for each in seconds]
    return (
        f"To do: rendering {hours[0]:.1f} CPU-h ({note}), {len(waiting)} trainings "
        f"{hours[1]:.1f} CPU-h, {scores} scores {hours[2]:.1f} CPU-h: {sum(hours):.1f} CPU-h, "
        f"about {sum(hours) / jobs:.1f} h on {jobs} cores."
    )
