"""What a style transfer learns from: training halves of the source and of one target or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.masks import has_masks, with_masks
from reid_datasets.records import Tracklet, UnlabelledTracklet

from uda.batches.domains import describe
from uda.translation.tree import Tree, tree_of

Learnt = Sequence[Tracklet | UnlabelledTracklet]


@dataclass(frozen=True)
class Named:
    """A benchmark by name, and where it lies."""

    name: str
    root: Path


@dataclass(frozen=True)
class Domains:
    """Tracklets to learn from, and the source's ``tree``, all of which is to be translated.

    ``targets`` are training halves without identities. Where a method needs masks the source has
    them, and the targets if all of theirs are known.
    """

    tree: Tree
    source: Learnt
    targets: Sequence[Learnt]
    identity: dict[str, dict[str, Any]]

    @classmethod
    def read(cls, source: Named, targets: Sequence[Named], *, masks: bool) -> Domains:
        """Reads all of them.

        Raises:
            DatasetError: one cannot be read or has nothing to learn from, or the source has no
                masks where they are needed.
        """
        tree = tree_of(source.name, source.root)
        learnt = _training(source)
        identity = {"source": describe(source.name, source.root, learnt)}
        if masks:
            learnt = with_masks(source.root, learnt)
            masks = all(has_masks(target.root) for target in targets)
        found: list[Learnt] = []
        for number, target in enumerate(targets, 1):
            half = _training(target)
            key = "target" if number == 1 else f"target_{number}"
            identity[key] = describe(target.name, target.root, half)
            half = with_masks(target.root, half) if masks else half
            found.append([t.unlabelled() if isinstance(t, Tracklet) else t for t in half])
        return cls(tree, learnt, found, identity)

    @property
    def pooled(self) -> Learnt:
        """Tracklets of all targets."""
        return [tracklet for target in self.targets for tracklet in target]


def describe_training(domain: Named) -> dict[str, Any]:
    """What a checkpoint remembers of a benchmark's training half."""
    return describe(domain.name, domain.root, _training(domain))


def _training(domain: Named) -> Learnt:
    split = load(domain.name, domain.root)
    found: Learnt = [*split.train, *split.unlabelled]
    if not found:
        raise DatasetError(
            f"Expected training tracklets of {domain.name} in {domain.root}, found none. Look at "
            f"it with `uda check-data {domain.name} --root {domain.root}`."
        )
    return found
