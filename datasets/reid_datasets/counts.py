"""How much there is of what: the numbers a reader is checked by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from reid_datasets.records import DISTRACTOR_ID, Tracklet, UnlabelledTracklet


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one part of a split. ``identities`` leaves out the distractors'.

    Published counts that are not stated, or differ between splits, are None.
    """

    identities: int | None
    tracklets: int
    images: int | None
    cameras: int | None
    distractors: int = 0

    def agrees(self, found: Counts) -> bool:
        """Whether ``found`` has every number that these published counts state."""
        return all(wanted in (None, getattr(found, k)) for k, wanted in asdict(self).items())


def count(tracklets: Iterable[Tracklet | UnlabelledTracklet]) -> Counts:
    """Counts of train, query or gallery, or of tracklets without identity."""
    people: set[int] = set()
    cameras: set[int] = set()
    tracklet_count = images = distractors = 0
    for tracklet in tracklets:
        tracklet_count += 1
        images += len(tracklet.frames)
        if isinstance(tracklet, Tracklet):
            distractors += tracklet.person_id == DISTRACTOR_ID
            people.add(tracklet.person_id)
        if tracklet.camera_id is not None:
            cameras.add(tracklet.camera_id)
    people.discard(DISTRACTOR_ID)
    return Counts(len(people), tracklet_count, images, len(cameras), distractors)
