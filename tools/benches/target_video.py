"""What is measured of tracklets as videos against what is true of rendered ones."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from benches.target import Row

from vidsynth.target.video.course import apart
from vidsynth.target.video.tracklet import measure_tracklet
from vidsynth.target.video.truth import rendered_tracklets

SETS = {
    "stills": (
        "seed=101", "identities=10", "frames=40", "fps=12.5", "motion.stand_share=0.25",
        "motion.run_share=0.1", "boxes.max_truncation=0.6", "boxes.min_visibility=0.2",
        "crowd.occlusion=0.3",
    ),
    "h264": (
        "seed=102", "identities=6", "frames=60", "fps=20", "motion.stand_share=0.15",
        "motion.run_share=0", "boxes.jitter=0.02", "camera.codec=h264",
    ),
}  # fmt: skip
COMMON = ("cameras=4", "distractor_share=0", "quality=fast", "motion.speed=[0.9,1.7]")

Pairs = list[tuple[dict[str, float], dict[str, float]]]
"""Of each tracklet what is true, and what was measured."""


def target_video(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Rendered sets; else two are rendered.")
    ] = None,
) -> None:
    """Errors of gait, course, boxes and occlusion on rendered tracklets, with their demands."""
    with tempfile.TemporaryDirectory(prefix="video-") as made:
        for row in rows(folders or rendered(Path(made))):
            print(row)


def rendered(root: Path) -> list[Path]:
    """Small sets of known truth: 20 tracklets coded as stills, 12 as video; 4 CPU-minutes."""
    from vidsynth.run.job import render
    from vidsynth.settings import load_config

    for name, words in SETS.items():
        render(load_config(None, [*COMMON, *words]), root / name, 1, progress=False)
    return [root / name for name in SETS]


def measured(folders: Iterable[Path], boxed: bool = True) -> Pairs:
    """Truth and measurement of every tracklet, with its boxes or from crops alone."""
    return [
        (true, measure_tracklet(tracklet))
        for folder in folders
        for tracklet, true in rendered_tracklets(folder, boxed)
    ]


def rows(folders: list[Path]) -> list[Row]:
    """The block of rows on video, of rendered sets."""
    return rows_of(measured(folders), measured(folders, boxed=False))


def rows_of(pairs: Pairs, bare: Pairs) -> list[Row]:
    """Rows on tracklets with boxes, and ``bare``, of crops alone."""
    walks = [p for p in pairs if not p[0]["standing"]]
    share = np.mean(["gait_frequency" in found for _, found in walks])
    wrong = sum("gait_frequency" in found for true, found in bare if true["standing"])
    told = [p for p in bare if "standing" in p[1]]
    right = np.mean([p[0]["standing"] == p[1]["standing"] for p in told])
    by_boxes = np.mean([p[0]["standing"] == p[1]["standing"] for p in pairs if "standing" in p[1]])
    standing = [np.mean([pair[side]["standing"] for pair in told]) for side in (0, 1)]
    speeds = [(t["speed"], f["speed"]) for t, f in pairs if "speed" in f]
    distance = float(np.abs(np.subtract(*(np.sort(of) for of in zip(*speeds, strict=True)))).mean())
    return [
        _error("gait frequency, accepted: median error <= .05 /s", walks, "gait_frequency", 0.05),
        _error("gait frequency, accepted: 90 % of errors <= .15 /s", walks, "gait_frequency", 0.15,
               share=0.9),
        _error("phase coverage: mean error <= .1", walks, "phase_coverage", 0.1),
        _row("walkers whose gait is accepted >= 40 %", share, share >= 0.4, "{:.0%}"),
        _row("who stands and has a gait, crops alone: none", wrong, wrong == 0, "{:d}"),
        _row("standing or not, by boxes: right >= 95 %", by_boxes, by_boxes >= 0.95, "{:.0%}"),
        _row("standing or not, crops alone: right >= 90 %", right, right >= 0.9, "{:.0%}"),
        Row("video", "share that stands, crops alone: within .05",
            f"{standing[1]:.2f}, true {standing[0]:.2f}",
            bool(abs(standing[1] - standing[0]) <= 0.05)),
        _row("speed: W1 <= .15 m/s", distance, distance <= 0.15, "{:.3f}"),
        _error("heading by boxes: median error <= 10 degrees", walks, "heading", 10, apart),
        _error("heading by boxes: 90 % of errors <= 40 degrees", walks, "heading", 40, apart, 0.9),
        _error("approach rate: median error <= .02 /s", pairs, "approach_rate", 0.02),
        _error("approach rate, crops alone: median error <= .03 /s", bare, "approach_rate", 0.03),
        _error("box jitter: median error <= .02", pairs, "box_jitter", 0.02),
        _error("box jitter, crops alone: median error <= .03", bare, "box_jitter", 0.03),
        _error("share of frames hidden: mean error <= .05", pairs, "occluded_share", 0.05),
        _error("share of frames cut: mean error <= .05", pairs, "truncated_share", 0.05),
    ]  # fmt: skip


def _row(demand: str, value: float, passed: bool, form: str) -> Row:
    return Row("video", demand, form.format(value), bool(passed))


def _difference(one: float, other: float) -> float:
    return abs(one - other)


def _error(
    demand: str,
    pairs: Pairs,
    name: str,
    limit: float,
    between: Callable[[float, float], object] = _difference,
    share: float | None = None,
) -> Row:
    """A row on the mean, median or a quantile of errors, as the demand says."""
    errors = [
        float(between(true[name], found[name]))  # type: ignore[arg-type]
        for true, found in pairs
        if name in true and name in found
    ]
    if not errors:
        return Row("video", demand, "nothing measured", False)
    mean = float(np.mean(errors)) if "mean" in demand else float(np.quantile(errors, share or 0.5))
    said = f"{mean:.3f}, {len(errors)} of {sum(name in true for true, _ in pairs)} tracklets"
    return Row("video", demand, said, mean <= limit)
