"""Picture of docs/target.md: what is measured of rendered tracklets against what is true of them.

python tools/target_video_figure.py docs/images/target-video.png [SET ...]    (renders two without)
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from benches.target_video import measured, rendered

from vidsynth.target.video import gait
from vidsynth.target.video.truth import rendered_tracklets

WALK, STAND = "#00798c", "#d1495b"


def draw(path: Path, folders: list[Path]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    pairs = measured(folders)
    figure, (curves, steps, headings, jitter) = plt.subplots(1, 4, figsize=(14, 3.3), dpi=110)
    _curves(curves, folders[0])
    for axes, name, title, limits in (
        (steps, "gait_frequency", "steps a second", (1.3, 2.9)),
        (headings, "heading", "heading by boxes, degrees", (0, 360)),
        (jitter, "box_jitter", "box jitter", (0, 0.15)),
    ):
        found = [(t[name], f[name]) for t, f in pairs if name in t and name in f]
        if found:
            true, said = np.array(found).T
            scatter = np.random.default_rng(0).normal(0, 0.002, len(true))
            axes.plot(true + scatter * (name == "box_jitter"), said, ".", color=WALK, ms=7)
        axes.plot(limits, limits, color="#999999", lw=1, zorder=0)
        axes.set(title=title, xlabel="true", ylabel="measured", xlim=limits, ylim=limits)
    steps.set_title(f"steps a second: {_accepted(pairs)}")
    figure.tight_layout()
    figure.savefig(path)


def _curves(axes: object, folder: Path) -> None:
    """What gaits of every frequency explain, of somebody who walks and somebody who stands."""
    shown: set[bool] = set()
    for tracklet, true in rendered_tracklets(folder):
        stands = bool(true["standing"])
        if stands in shown:
            continue
        frames = gait.reduced([crop.pixels for crop in tracklet.crops])
        times = np.array(tracklet.numbers) / tracklet.fps
        grid = np.arange(*gait.STEPS, 0.01)
        share = gait.explained(frames, times, grid)
        axes.plot(
            grid, share, color=STAND if stands else WALK, label="stands" if stands else "walks"
        )
        if not stands:
            axes.axvline(true["gait_frequency"], color=WALK, ls=":", lw=1)
        shown.add(stands)
        if len(shown) == 2:
            break
    axes.axhline(gait.ACCEPTED, color="#999999", lw=1, zorder=0)
    axes.set(title="explained by a gait of", xlabel="steps a second", ylabel="share of changes")
    axes.legend(frameon=False)


def _accepted(pairs: list[tuple[dict[str, float], dict[str, float]]]) -> str:
    walks = [found for true, found in pairs if not true["standing"]]
    return f"{sum('gait_frequency' in f for f in walks)} of {len(walks)} walks"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="video-") as made:
        sets = [Path(folder) for folder in sys.argv[2:]] or rendered(Path(made))
        draw(Path(sys.argv[1]), sets)
