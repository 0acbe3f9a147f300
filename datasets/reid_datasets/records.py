"""What a benchmark is made of: tracklets, with and without identities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from reid_datasets.frames import Frames

JUNK_ID = -1
"""Identity of detections the official protocols ignore (MARS ``00-1``)."""

DISTRACTOR_ID = 0
"""Identity of gallery tracklets that match no query (MARS ``0000``)."""

OBSERVED = ("time",)
"""Labels that come with the pictures, without an annotator: a target may keep them."""

Part: TypeAlias = Literal["train", "test", "all"]
"""The training half, with what nobody knows the identity of; query and gallery; or both."""

Named: TypeAlias = tuple[tuple[str, int], ...]
"""Further labels by name, such as ``(("time", 3_600_000), ("bag", 1))``: whole numbers, -1 unknown.
A name means the same in every benchmark: ``time`` is milliseconds since a start of its own."""


@dataclass(frozen=True, slots=True)
class Tracklet:
    """One person seen by one camera for a stretch of time.

    A still image is a tracklet of one frame. ``person_id`` is the benchmark's own number where
    that is unique; a reader shifts numbers that mean different people in train and test, or that
    collide with `DISTRACTOR_ID` and `JUNK_ID`. ``camera_id`` is None where a benchmark has no
    cameras, ``clothes_id`` where it does not say what people wear; it is unique over people.
    ``labels`` hold whatever else a reader knows (`reid_datasets.labels`).
    """

    frames: Frames
    person_id: int
    camera_id: int | None
    clothes_id: int | None = None
    labels: Named = ()

    def unlabelled(self) -> UnlabelledTracklet:
        """The same frames with the identity gone, and every label that somebody had to give."""
        return UnlabelledTracklet(self.frames, self.camera_id, observed(self.labels))


@dataclass(frozen=True, slots=True)
class UnlabelledTracklet:
    """A target tracklet as training sees it: there is no identity to leak.

    Raises TypeError for labels beyond `OBSERVED`.
    """

    frames: Frames
    camera_id: int | None
    labels: Named = ()

    def __post_init__(self) -> None:
        given = [name for name, _ in self.labels if name not in OBSERVED]
        if given:
            raise TypeError(f"expected no labels but {', '.join(OBSERVED)}, found {given}")


def observed(labels: Iterable[tuple[str, int]]) -> Named:
    """The labels that need no annotator."""
    return tuple((name, value) for name, value in labels if name in OBSERVED)


@dataclass(frozen=True, slots=True)
class Split:
    """A benchmark's official division. ``gallery`` is complete: nothing needs to be added to it.

    Matches of the query's own identity under its own camera are excluded when ranking.
    ``unlabelled`` are training tracklets whose identity nobody knows, or may know: a target has
    them beside ``train`` or instead of it, a source cannot use them. ``names`` are what people
    call identities, cameras and clothes, by label and number, where they have names.
    """

    train: tuple[Tracklet, ...]
    query: tuple[Tracklet, ...]
    gallery: tuple[Tracklet, ...]
    unlabelled: tuple[UnlabelledTracklet, ...] = ()
    names: Mapping[str, Mapping[int, str]] = field(default_factory=dict, compare=False)

    def without_labels(self, part: Part) -> tuple[UnlabelledTracklet, ...]:
        """Every tracklet of a part, once, with whatever somebody had to annotate gone."""
        train = [*(t.unlabelled() for t in self.train), *self.unlabelled]
        test = [t.unlabelled() for t in (*self.query, *self.gallery)]
        found = train if part == "train" else test if part == "test" else train + test
        once: dict[Frames, UnlabelledTracklet] = {}
        for tracklet in found:
            once.setdefault(tracklet.frames, tracklet)
        return tuple(once.values())
