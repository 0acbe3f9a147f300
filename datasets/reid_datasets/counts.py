"""How much there is of what: the numbers a reader is checked by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reid_datasets.records import DISTRACTOR_ID, Tracklet


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one part of a split. ``identities`` leaves out the distractors'."""

    identities: int
    tracklets: int
    images: int
    cameras: int
    distractors: int = 0


def count(tracklets: Iterable[Tracklet]) -> Counts:
    """Counts of train, query or gallery."""
    people: set[int] = set()
    cameras: set[int] = set()
    tracklet_count = images = distractors = 0
    for tracklet in tracklets:
        tracklet_count += 1
        images += len(tracklet.frames)
        distractors += tracklet.person_id == DISTRACTOR_ID
        people.add(tracklet.person_id)
        if tracklet.camera_id is not None:
            cameras.add(tracklet.camera_id)
    people.discard(DISTRACTOR_ID)
    return Counts(len(people), tracklet_count, images, len(cameras), distractors)
