"""Sources of `target.py`: what each is rendered from, and what that takes of a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rendering import command, render_set
from trainings import Target

ROOT = Path(__file__).resolve().parents[2]
RECIPES = ROOT / "configs/target"
VARIANTS = {"G1": "+gamma0.5-1.5", "G2": "+gamma0.5-2.0"}
"""TAGPerson's, behind a benchmark's name."""

Needs = Literal["nothing", "estimates", "statistics"]


@dataclass(frozen=True)
class Row:
    """A row of a table: its recipe, and what of a target goes into it."""

    recipe: str
    needs: Needs = "nothing"


@dataclass(frozen=True)
class Table:
    """Rows, of which the first is what others are compared with, or each with the one before.
    ``variants``: the targets are the same in other gammas, too."""

    title: str
    rows: Mapping[str, Row]
    each_with_the_last: bool = False
    variants: bool = False


BASE = Row("tagp-base")
WEIGHED = ("scenes", "defensive")
"""Recipes that say what is behind people: sites, and the pool's photographs, by weights."""
TABLES: dict[str, Table] = {
    "tagperson": Table(
        "TAGPerson, Table 4: depression (C) and gamma (G) of the target",
        {
            "TAGP-Base": BASE,
            "TAGP-C": Row("tagp-c", "estimates"),
            "TAGP-G": Row("tagp-g", "estimates"),
            "TAGP-CG": Row("tagp-cg", "estimates"),
        },
    ),
    "gamma": Table(
        "TAGPerson, Figure 5: test sets in other gammas",
        {"TAGP-Base": BASE, "TAGP-G": Row("tagp-g", "estimates")},
        variants=True,
    ),
    "ladder": Table(
        "TAGPerson, Table 3: one option after the other",
        {
            "nothing": Row("tagp-1-nothing"),
            "+ background": Row("tagp-2-background"),
            "+ resolution": Row("tagp-3-resolution"),
            "+ illumination": Row("tagp-4-light"),
            "+ pose": Row("tagp-5-pose"),
            "+ depression": Row("tagp-6-depression"),
            "+ colour bias": BASE,
        },
        each_with_the_last=True,
    ),
    "ours": Table(
        "Fitted to the statistics of the target",
        {
            "default": Row("default"),
            "raw histograms": Row("raw", "statistics"),
            "unfolded": Row("unfolded", "statistics"),
            "+ by camera, copula": Row("copula", "statistics"),
            "+ weights of scenes": Row("scenes", "statistics"),
            "+ 20 % defensive": Row("defensive", "statistics"),
        },
    ),
}


@dataclass(frozen=True)
class Source:
    """A rendered source: the set at ``place``, and for whom it was rendered, None: for nobody."""

    row: Row
    place: Path
    target: Target | None = None

    @property
    def config(self) -> Path:
        """Its own, or one made of the target's statistics (`fitted.fit`)."""
        if self.row.needs == "statistics":
            assert self.target is not None
            return self.place.parent / f"{self.row.recipe}.yaml"
        if self.row.recipe == "default":
            return Path(__file__).parent / "target-default.yaml"
        return RECIPES / f"{self.row.recipe}.yaml"


def source(data: Path, row: Row, target: Target, people: int) -> Source:
    """The source of a row for a target, among sets of so many people."""
    place = data / f"target-{people}"
    if row.needs == "nothing":
        return Source(row, place / row.recipe)
    return Source(row, place / target.name / row.recipe, target)


def words(source: Source, people: int, photographs: Path | None) -> list[str]:
    """What makes sources equal in people and crops: 3 of 10 cameras, 4 images under each."""
    said = [
        "seed=1", f"identities={people}", "test_share=0", "distractor_share=0", "quality=fast",
        "cameras=10", "cameras_per_identity=3", "images_per_camera=4",
    ]  # fmt: skip
    if source.row.recipe == "tagp-1-nothing":
        said.append(f"backgrounds.directory={RECIPES / 'plain'}")
    elif photographs is not None and source.row.recipe not in WEIGHED:
        said.append(f"backgrounds.directory={photographs}")
    if source.row.needs == "estimates":
        said.append(f"tables.estimates.rows={source.place.parent / 'estimates.json'}")
    return said


def images(people: int) -> int:
    """Of every source."""
    return people * 12


def prepare(
    sources: Sequence[Source],
    estimators: Path | None = None,
    pool: Path | None = None,
    photographs: Path | None = None,
) -> None:
    """Estimators, estimates and statistics of the targets that sources need, and configs of them.

    Args:
        sources: those to be rendered.
        estimators: for all targets; None: trained for each, on crops that look as its do.
        pool: what they were or are trained on; None: the cached default.
        photographs: what is behind people in that pool.
    """
    import fitted

    for target, place in {s.target: s.place.parent for s in sources if s.target}.items():
        own = [s for s in sources if s.target == target]
        trained = estimators or place / "estimators.safetensors"
        if not trained.exists():
            from_pool = ["--pool", str(pool)] if pool else []
            behind = ["--backgrounds", str(photographs)] if photographs and not pool else []
            command(
                "vidsynth.cli", "target", "estimators", "--output", str(trained),
                "--like", str(target.root), "--layout", target.data, *from_pool, *behind,
            )  # fmt: skip
        given = [str(target.root), "--layout", target.data, "--estimators", str(trained)]
        estimates, statistics = place / "estimates.json", place / "target.json"
        if not estimates.exists():
            command("vidsynth.cli", "target", "per-image", *given, "--output", str(estimates))
        fits = [s for s in own if s.row.needs == "statistics" and not s.config.exists()]
        if fits and not statistics.exists():
            command("vidsynth.cli", "target", "measure", *given, "--output", str(statistics))
        for s in fits:
            fitted.fit(s.row.recipe, target, statistics, trained, pool, s.config)


def render(sources: Sequence[Source], people: int, photographs: Path | None) -> None:
    """The sets that are not complete."""
    for s in sources:
        render_set(s.place, s.config, words(s, people, photographs), "images")
