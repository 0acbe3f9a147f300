"""What `proof.py` trains on: rendered people, the same fitted to a target, and real ones."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import target_sources
import yaml
from rendering import complete, render_set
from trainings import HERE, Target

from vidsynth.settings import flatten

USUAL = HERE / "source.yaml"
PEOPLE = 150
"""Of sources that differ in what is rendered, not in how much."""


@dataclass(frozen=True)
class Source:
    """People to train on. ``words`` change `source.yaml`; ``fitted_to`` is the target that it looks
    like; ``data`` is what its layout is called, and only ``synthetic`` is rendered."""

    name: str
    place: Path
    words: tuple[str, ...] = ()
    fitted_to: Target | None = None
    data: str = "synthetic"

    @property
    def there(self) -> bool:
        return self.data != "synthetic" or complete(self.place)

    def prepare(self) -> None:
        """Renders it, unless it is there; raises typer.Exit where that fails."""
        if self.there:
            return
        if self.fitted_to is None:
            render_set(self.place, USUAL, self.words)
            return
        row = target_sources.TABLES["ours"].rows["+ 20 % defensive"]
        fitted = target_sources.Source(row, self.place, self.fitted_to)
        target_sources.prepare([fitted])
        usual = flatten(yaml.safe_load(USUAL.read_text()))
        del usual["sites"]  # a fit weighs them by itself
        words = [f"{key}={value}" for key, value in usual.items()]
        render_set(self.place, fitted.config, [*words, *self.words])


def default(data: Path) -> Source:
    """The one of `compare.py`."""
    return Source("rendered people", data / "source")


def fitted(data: Path, target: Target) -> Source:
    """As many people, who look as the target's training half does."""
    place = data / f"fitted-to-{target.name}" / "source"
    return Source(f"rendered people, fitted to {target.name}", place, fitted_to=target)


def real(target: Target) -> Source:
    """The people of a target's own training half, with their identities."""
    return Source(f"real people of {target.name}", target.root, data=target.data)


def sized(data: Path, people: int, frames: int) -> Source:
    """So many people, in tracklets of so many frames."""
    words = (f"identities={people}", f"frames={frames}", "boxes.min_frames=3")
    name = f"{people} people, {frames} frames"
    return Source(name, data / "proof" / f"{people}-people-{frames}-frames", words)


NARROWED: dict[str, tuple[str, ...]] = {
    "all of it": (),
    "one kind of site": ("sites=[street]",),
    "one weather": ("weathers=[neutral]",),
    "one hour": ("hours=[forenoon]",),
    "one kind of site, one weather, one hour": (
        "sites=[street]", "weathers=[neutral]", "hours=[forenoon]",
    ),
    "24 cameras": ("cameras=24",),
    "36 cameras": ("cameras=36",),
}  # fmt: skip
"""Diversity at equal crops: `source.yaml` has six kinds of sites and twelve cameras."""

WORN = (
    "backpack", "shoulder_bag", "handbag", "cap", "hat", "beanie", "headphones", "glasses",
    "sunglasses", "face_mask", "scarf", "phone", "umbrella", "beard",
)  # fmt: skip
EVERY_PART = (
    "people.lookalike_share=0.3", "crowd={density: 3, occlusion: 0.3}",
    "boxes.max_truncation=0.5",
)  # fmt: skip
REMOVED: dict[str, tuple[str, ...]] = {
    "every part": (),
    "without look-alikes": ("people.lookalike_share=0",),
    "without accessories": tuple(f"accessories.{name}=0" for name in WORN),
    "without occlusion": ("crowd={density: 0, occlusion: 0}", "boxes.max_truncation=0.05"),
    "without weather": ("weathers=[neutral]",),
    "without gaits": ("motion.speed=1.3", "motion.run_share=0", "motion.stand_share=0"),
    "without places": (f"backgrounds.directory={target_sources.RECIPES / 'plain'}",),
}
"""Parts of the generator, taken away one at a time."""


def narrowed(data: Path, name: str) -> Source:
    """One row of `NARROWED`."""
    return _of_equal_crops(data, "diversity", name, NARROWED[name])


def without(data: Path, name: str) -> Source:
    """One row of `REMOVED`."""
    return _of_equal_crops(data, "parts", name, (*EVERY_PART, *REMOVED[name]))


def _of_equal_crops(data: Path, question: str, name: str, words: tuple[str, ...]) -> Source:
    slug = name.replace(",", "").replace(" ", "-")
    return Source(name, data / "proof" / question / slug, (f"identities={PEOPLE}", *words))
