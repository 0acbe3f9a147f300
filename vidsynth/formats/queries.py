"""Which tracklets of a data set are searched for."""

from __future__ import annotations

from collections.abc import Iterable

from vidsynth.formats.writer import Record


def query_names(tracklets: Iterable[Record]) -> set[str]:
    """Names of the queries: the first tracklet, by name, of each test identity in each outfit under
    each camera, where another camera has one of the identity to be found.

    ``tracklets`` are those of markers: ``tracklet`` the name, ``label_id`` 0 for distractors,
    ``split``, ``camera_id``, ``outfit_id``.
    """
    cameras: dict[int, set[int]] = {}
    tests = sorted(
        (t for t in tracklets if t["split"] != "train" and t["label_id"]),
        key=lambda t: str(t["tracklet"]),
    )
    for tracklet in tests:
        cameras.setdefault(tracklet["label_id"], set()).add(tracklet["camera_id"])
    chosen: dict[tuple[int, int, int], str] = {}
    for tracklet in tests:
        if len(cameras[tracklet["label_id"]]) > 1:
            key = (tracklet["label_id"], tracklet["outfit_id"], tracklet["camera_id"])
            chosen.setdefault(key, tracklet["tracklet"])
    return set(chosen.values())
