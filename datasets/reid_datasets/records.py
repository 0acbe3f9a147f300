"""What a benchmark is made of: tracklets, with and without identities."""

from __future__ import annotations

from dataclasses import dataclass

from reid_datasets.frames import Frames

JUNK_ID = -1
"""Identity of detections the official protocols ignore (MARS ``00-1``)."""

DISTRACTOR_ID = 0
"""Identity of gallery tracklets that match no query (MARS ``0000``)."""


@dataclass(frozen=True, slots=True)
class Tracklet:
    """One person seen by one camera for a stretch of time.

    A still image is a tracklet of one frame. ``person_id`` is the benchmark's own number where
    that is unique; a reader shifts numbers that mean different people in train and test, or that
    collide with `DISTRACTOR_ID` and `JUNK_ID`. ``camera_id`` is None where a benchmark has no
    cameras, ``clothes_id`` where it does not say what people wear; it is unique over people.
    """

    frames: Frames
    person_id: int
    camera_id: int | None
    clothes_id: int | None = None

    def unlabelled(self) -> UnlabelledTracklet:
        """The same frames with the identity gone."""
        return UnlabelledTracklet(self.frames, self.camera_id)


@dataclass(frozen=True, slots=True)
class UnlabelledTracklet:
    """A target tracklet as training sees it: there is no identity to leak."""

    frames: Frames
    camera_id: int | None


@dataclass(frozen=True, slots=True)
class Split:
    """A benchmark's official division. ``gallery`` is complete: nothing needs to be added to it.

    Matches of the query's own identity under its own camera are excluded when ranking.
    ``unlabelled`` are training tracklets whose identity nobody knows, or may know: a target has
    them beside ``train`` or instead of it, a source cannot use them.
    """

    train: tuple[Tracklet, ...]
    query: tuple[Tracklet, ...]
    gallery: tuple[Tracklet, ...]
    unlabelled: tuple[UnlabelledTracklet, ...] = ()
