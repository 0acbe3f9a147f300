"""What is still to be done of an experiment, in CPU time of one core."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import torch
from reid_models import build
from reid_models.cost import cost
from scoring import scored
from trainings import CONTROL, HERE, Target, Training

from uda import recipes
from uda.methods.registry import find

STEP = 0.33
"""CPU-seconds of a step by `recipes/scratch-one.yaml`."""
PER_SECOND = 40_000
"""10^9 multiply-additions that an H200 trains with in a second: 802 clips of 16.1, each three times
over."""
GPU_STEP = 0.05
"""Least seconds of a step on a GPU, where small networks wait for their clips."""
SCORE = 40
"""CPU-seconds of one checkpoint on one target, four choices of statistics."""


def cpu_seconds(run: Training) -> float:
    """Of all steps of a training."""
    usual = _forward(HERE / "recipes/scratch-one.yaml", CONTROL, ())
    return run.steps * STEP * forward(run) / usual


def gpu_seconds(run: Training) -> float:
    """The same on a GPU."""
    return run.steps * max(GPU_STEP, 3 * forward(run) / PER_SECOND)


def forward(run: Training) -> float:
    """10^9 multiply-additions of a step's clips on their way through the network, once: those of
    the source, and of the target where the method sees it. Teachers are not counted."""
    return _forward(run.recipe, run.method, run.words)


@cache
def _forward(recipe: Path, method: str, words: tuple[str, ...]) -> float:
    config = recipes.load(recipe, words, method=method)
    data, clips = config.data, config.data.source_clips
    if find(method).uses_target:
        clips += data.target_clips or clips
    return clips * _of_a_clip(config.model.name, data.clip_length, data.size)


@cache
def _of_a_clip(model: str, frames: int, size: tuple[int, int]) -> float:
    with torch.device("meta"):  # counts everything, computes nothing
        return cost(build(model, None), frames, size).multiply_additions


def sentence(
    rendering: float, runs: Sequence[Training], targets: Sequence[Target], jobs: int, note: str
) -> str:
    """Rendering (CPU-seconds), and trainings and their scores on all targets that are missing."""
    waiting = [run for run in runs if not run.finished]
    scores = sum(not scored(run, target) for run in runs for target in targets)
    return total(rendering, waiting, scores, jobs, note)


def total(rendering: float, waiting: Sequence[Training], scores: int, jobs: int, note: str) -> str:
    """The same of what is counted already."""
    seconds = (rendering, sum(map(cpu_seconds, waiting)), SCORE * scores)
    hours = [each / 3600 for each in seconds]
    return (
        f"To do: rendering {hours[0]:.1f} CPU-h ({note}), {len(waiting)} trainings "
        f"{hours[1]:.1f} CPU-h, {scores} scores {hours[2]:.1f} CPU-h: {sum(hours):.1f} CPU-h, "
        f"about {sum(hours) / jobs:.1f} h on {jobs} cores."
    )
