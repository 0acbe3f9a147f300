"""Queries that would find themselves in the gallery."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from reid_datasets.records import Split, Tracklet
from reid_datasets.video import VideoSpan


def finding_itself(split: Split) -> tuple[Tracklet, Tracklet] | None:
    """The first query with an entry of the gallery that shows the same person in the same pictures,
    or some of them, and that its ranking does not leave out as seen by the query's own camera."""
    alike: dict[Any, list[Tracklet]] = defaultdict(list)
    for tracklet in split.gallery:
        alike[_place(tracklet)].append(tracklet)
    for query in split.query:
        for entry in alike.get(_place(query), ()):
            left_out = query.camera_id is not None and query.camera_id == entry.camera_id
            if not left_out and _share_pictures(query, entry):
                return query, entry
    return None


def _place(tracklet: Tracklet) -> Any:
    """Equal for any two tracklets of a person that share pictures."""
    frames = tracklet.frames
    return tracklet.person_id, frames.path if isinstance(frames, VideoSpan) else frames


def _share_pictures(one: Tracklet, other: Tracklet) -> bool:
    mine, theirs = one.frames, other.frames
    if isinstance(mine, VideoSpan) and isinstance(theirs, VideoSpan):
        return mine.start < theirs.stop and theirs.start < mine.stop
    return mine == theirs
