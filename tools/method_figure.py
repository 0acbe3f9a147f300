"""The picture in docs/methods.md: from batches to losses, method by method.

uv run tools/method_figure.py
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

PICTURE = Path(__file__).resolve().parents[1] / "docs/images/methods.png"
SOURCE, TARGET, NETWORK, LOSS = "#ffdf9e", "#bfe6f2", "#e3e3e0", "#f6c1bd"
HEIGHT = 0.68


class Box(NamedTuple):
    """Text, centre and colour."""

    text: str
    x: float
    y: float
    colour: str

    @property
    def width(self) -> float:
        return 2.35 if self.colour == LOSS else 1.5


CLIPS = Box("source\nclips", 0, 3, SOURCE)
TARGETS = Box("target\nclips", 0, 1, TARGET)
STUDENT = Box("student", 2.3, 2, NETWORK)
TEACHER = Box("teacher", 2.3, 0, NETWORK)
IDENTITY = Box("L_ce + L_tri", 5.6, 3, LOSS)
BASE = [(CLIPS, STUDENT, "-"), (STUDENT, IDENTITY, "-")]
EMA = [(STUDENT, TEACHER, "moving average"), (TARGETS, TEACHER, "-")]
Arrow = tuple[Box, Box, str]


def reversal(text: str, y: float) -> list[Arrow]:
    return [(TARGETS, STUDENT, "-"), (STUDENT, Box(text, 5.6, y, LOSS), "reversed")]


CONSISTENCY = Box("|s - t|²", 5.6, 1, LOSS)
CLUSTERS = Box("k-means:\nL1ᶜ + L2ᶜ", 5.6, 0, LOSS)
FIRST = Box("L_ce + L_tri\nat first", 5.6, 3, LOSS)
BEGINNING = [(CLIPS, STUDENT, "-"), (STUDENT, FIRST, "-")]
GROUPS = Box("Jaccard\nDBSCAN", 5.6, 0, NETWORK)
PSEUDO = Box("L_hard + L_soft\n+ L_tri(groups)", 5.6, 1.5, LOSS)
OF_GROUPS = Box("CE + L_tri\nof groups", 5.6, 1.5, LOSS)
REFINED = Box("CE + L_tri\nof groups", 5.6, 1.15, LOSS)
TRANSPORT = Box("k-means,\ntransport", 5.6, 0, NETWORK)
CIRCLE = Box("contrast\nwith memory", 5.6, 2.1, LOSS)
TRACKLETS = Box("tracklet\nmemory", 2.3, 0, NETWORK)
LOCAL = Box("L_local\nin the batch", 5.6, 2.1, LOSS)
GLOBAL = Box("L_global", 5.6, 1.15, LOSS)
BY_TIME = Box("DBSCAN,\ntimes", 5.6, 0, NETWORK)
ONE, OTHER = Box("student 1", 2.3, 3, NETWORK), Box("student 2", 2.3, 0, NETWORK)
OF_ONE, OF_OTHER = Box("teacher 1", 2.3, 2, NETWORK), Box("teacher 2", 2.3, 1, NETWORK)
BOTH = Box("target\nclips", 0, 1.5, TARGET)
BY_ONE, BY_OTHER = (Box(f"L_id + L_tri\nof student {n}", 5.6, 3 * (2 - n), LOSS) for n in (1, 2))
MUTUAL = Box("DBSCAN", 5.6, 1.5, NETWORK)
HYBRID = Box("hybrid\nmemory", 2.3, 0, NETWORK)
CONTRAST = Box("contrast with\nall prototypes", 5.6, 2, LOSS)
SELF_PACED = Box("self-paced\nDBSCAN", 5.6, 0, NETWORK)
MATCHER = Box("matcher", 2.3, 0.6, NETWORK)
SCORES = Box("loss of scores\nof pairs", 5.6, 0.6, LOSS)
HEADS = Box("heads", 2.3, 0.6, NETWORK)
ATTRIBUTES = Box("L_attr", 5.6, 0.6, LOSS)
CE = Box("L_ce", 5.6, 3, LOSS)
CLOTHES = Box("L_CA", 5.6, 2, LOSS)
CLASSIFIER = Box("clothes\nclassifier", 2.3, 0.6, NETWORK)
OWN = Box("L_clothes", 5.6, 0.6, LOSS)
METHODS: dict[str, list[Arrow]] = {
    "source_only": BASE,
    "adabn": [*BASE, (TARGETS, STUDENT, "statistics only")],
    "dann": [*BASE, *reversal("L1ˢ frames\nL2ˢ videos", 1)],
    "mean_teacher": [
        *BASE, *EMA, (TARGETS, STUDENT, "-"), (STUDENT, CONSISTENCY, "-"),
        (TEACHER, CONSISTENCY, "mirrored"),
    ],
    "synthetic_to_real": [
        *BASE, *EMA, *reversal("L1ˢ + L2ˢ + L3ˢ", 1.5), (STUDENT, CLUSTERS, "-"),
        (TEACHER, CLUSTERS, "-"),
    ],
    "pseudo_label": [
        *BASE, *EMA, (TARGETS, STUDENT, "-"), (STUDENT, PSEUDO, "-"), (TEACHER, GROUPS, "-"),
        (GROUPS, PSEUDO, "groups"),
    ],
    "strong_baseline": [
        *BEGINNING, *EMA, (TARGETS, STUDENT, "-"), (STUDENT, OF_GROUPS, "-"),
        (TEACHER, GROUPS, "-"), (GROUPS, OF_GROUPS, "groups"),
    ],
    "glt": [
        *BEGINNING, *EMA, (TARGETS, STUDENT, "-"), (STUDENT, CIRCLE, "-"), (STUDENT, REFINED, "-"),
        (TEACHER, TRANSPORT, "-"), (TRANSPORT, REFINED, "groups"),
    ],
    "jvtc, jvtc_plus": [
        (CLIPS, STUDENT, "-"), (TARGETS, STUDENT, "-"), (STUDENT, CE, "-"), (STUDENT, LOCAL, "-"),
        (STUDENT, GLOBAL, "-"), (STUDENT, TRACKLETS, "features"), (TRACKLETS, BY_TIME, "-"),
        (BY_TIME, GLOBAL, "groups"),
    ],
    "mmt": [
        (BOTH, ONE, "-"), (BOTH, OF_ONE, "-"), (BOTH, OF_OTHER, "-"), (BOTH, OTHER, "-"),
        (ONE, OF_ONE, "average"), (OTHER, OF_OTHER, "average"), (ONE, BY_ONE, "-"),
        (OTHER, BY_OTHER, "-"), (OF_OTHER, BY_ONE, "soft"), (OF_ONE, BY_OTHER, "soft"),
        (MUTUAL, BY_ONE, "groups"), (MUTUAL, BY_OTHER, "groups"),
    ],
    "spcl": [
        (CLIPS, STUDENT, "-"), (TARGETS, STUDENT, "-"), (STUDENT, CONTRAST, "-"),
        (STUDENT, HYBRID, "features"), (HYBRID, SELF_PACED, "-"),
        (SELF_PACED, CONTRAST, "prototypes"),
    ],
    "qaconv, qaconv_gs": [
        (CLIPS, STUDENT, "-"), (STUDENT, MATCHER, "maps"), (MATCHER, SCORES, "-"),
    ],
    "cal": [
        (CLIPS, STUDENT, "-"), (STUDENT, CE, "-"), (STUDENT, CLOTHES, "-"),
        (STUDENT, CLASSIFIER, "no gradient"),
        (CLASSIFIER, OWN, "-"), (CLASSIFIER, CLOTHES, "fixed"),
    ],
    "attributes, joint": [
        (CLIPS, STUDENT, "-"), (STUDENT, IDENTITY, "joint"), (STUDENT, HEADS, "-"),
        (HEADS, ATTRIBUTES, "-"),
    ],
}  # fmt: skip


def main() -> None:
    """Draws all methods into one picture."""
    figure, axes = plt.subplots(4, 4, figsize=(17, 13.2))
    for panel, (name, arrows) in zip(axes.flat, METHODS.items(), strict=False):
        draw(panel, name, arrows)
    for panel in axes.flat:
        panel.axis("off")
    figure.subplots_adjust(0.01, 0.01, 0.99, 0.97, 0.06, 0.16)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=80)
    print(f"wrote {PICTURE}")


def draw(panel: Axes, name: str, arrows: list[Arrow]) -> None:
    panel.set_xlim(-0.9, 6.9)
    panel.set_ylim(-0.5, 3.5)
    panel.set_title(name, fontsize=14, fontweight="bold", loc="left")
    for start, end, label in arrows:
        line = FancyArrowPatch(
            *ends(start, end),
            arrowstyle="-|>",
            mutation_scale=14,
            linewidth=1.3,
            linestyle=(0, (4, 3)) if label not in ("-",) else "-",
            color="#c0392b" if label == "reversed" else "#444444",
        )
        panel.add_patch(line)
        if label != "-":
            (x0, y0), (x1, y1) = ends(start, end)
            panel.text(
                (x0 + x1) / 2, (y0 + y1) / 2, label, fontsize=9.5, ha="center", va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
            )  # fmt: skip
    for box in dict.fromkeys(box for arrow in arrows for box in arrow[:2]):
        corner = (box.x - box.width / 2, box.y - HEIGHT / 2)
        style = "round,pad=0.02,rounding_size=0.12"
        panel.add_patch(
            FancyBboxPatch(
                corner, box.width, HEIGHT, boxstyle=style, facecolor=box.colour, edgecolor="#666666"
            )
        )
        panel.text(box.x, box.y, box.text, fontsize=10.5, ha="center", va="center")


def ends(start: Box, end: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """From one box's edge to the other's: sideways, or up and down in the same column."""
    if start.x == end.x:
        sign = 1 if end.y > start.y else -1
        return (start.x, start.y + sign * HEIGHT / 2), (end.x, end.y - sign * HEIGHT / 2)
    return (start.x + start.width / 2 + 0.02, start.y), (end.x - end.width / 2 - 0.03, end.y)


if __name__ == "__main__":
    main()
