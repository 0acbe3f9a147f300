"""Labels of many tracklets at once: one column of whole numbers for each name.

``identity``, ``camera`` and ``clothes`` are of every benchmark that has them, others as a reader
names them in `Tracklet.labels`. A training loop looks up the rows of a batch by the tracklets'
positions and knows no name: a reader that gives a new label, and a method that uses it, are all
that has to change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from reid_datasets.records import Tracklet, UnlabelledTracklet

UNKNOWN = -1
"""Value where a label is not known."""

Columns = Mapping[str, np.ndarray]


def columns(tracklets: Sequence[Tracklet | UnlabelledTracklet]) -> dict[str, np.ndarray]:
    """Every label of N tracklets by name, int64 (N,), `UNKNOWN` where it is not known.

    A name that no tracklet has is no column, but ``camera`` always is one.
    """
    count = len(tracklets)
    found = {"camera": _optional([tracklet.camera_id for tracklet in tracklets])}
    people = [t.person_id for t in tracklets if isinstance(t, Tracklet)]
    if people:
        if len(people) != count:
            raise TypeError("expected tracklets all with or all without an identity")
        found["identity"] = np.array(people, np.int64)
        worn = _optional([t.clothes_id for t in tracklets if isinstance(t, Tracklet)])
        if (worn != UNKNOWN).any():
            found["clothes"] = worn
    for place, tracklet in enumerate(tracklets):
        for name, value in tracklet.labels:
            if name not in found:
                found[name] = np.full(count, UNKNOWN, np.int64)
            found[name][place] = value
    return found


def as_classes(known: Columns) -> dict[str, np.ndarray]:
    """Training labels: ``identity`` numbered 0..K-1 in ascending order, ``clothes`` 0..C-1 in the
    order of first appearance, the others as they are.

    Without ``clothes`` where they are not known of every tracklet.
    """
    found = dict(known)
    if "identity" in found:
        found["identity"] = np.unique(found["identity"], return_inverse=True)[1].astype(np.int64)
    worn = found.pop("clothes", None)
    if worn is not None and (worn != UNKNOWN).all():
        _, first, numbers = np.unique(worn, return_index=True, return_inverse=True)
        place = np.argsort(np.argsort(first))
        found["clothes"] = place[numbers].astype(np.int64)
    return found


def _optional(values: Sequence[int | None]) -> np.ndarray:
    return np.array([UNKNOWN if value is None else value for value in values], np.int64)
