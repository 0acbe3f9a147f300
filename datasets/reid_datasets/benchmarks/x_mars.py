"""X-MARS: MARS's tracklets divided as Market-1501 divides their people, so that models trained on
Market-1501 can be tested on video. Eberle, Pose-Driven Deep Models for Person Re-Identification,
2018.

It brings tables, but no lists of names: a table's rows are MARS's tracklets of both halves in the
order of person, camera and tracklet number.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from reid_datasets.benchmarks import mars
from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.benchmarks.matlab import matrix
from reid_datasets.counts import Counts
from reid_datasets.errors import DatasetError
from reid_datasets.frames import ImageFiles
from reid_datasets.records import JUNK_ID, Split, Tracklet

PUBLISHED = {  # recomputed from the tables; the gallery holds the queries
    "train": Counts(619, 7_986, 495_857, 6),
    "query": Counts(632, 2_003, 135_685, 6),
    "gallery": Counts(640, 11_622, 671_766, 6, distractors=3_248),
}
OBTAIN = (
    "MARS itself, and in it, as x-mars/, the GitHub repository andreas-eberle/x-mars "
    "(its info/*.mat)"
)
_TABLES = tuple(
    f"x-mars/info/{name}.mat" for name in ("tracks_train_info", "tracks_test_info", "query_IDX")
)
_LAYOUT = ("bbox_train", "bbox_test", "info/train_name.txt", "info/test_name.txt", *_TABLES)


def read(root: Path) -> Split:
    """The split of the tables in a MARS tree's ``x-mars/info``. Raises DatasetError."""
    require_layout(root, "MARS with X-MARS", _LAYOUT, OBTAIN)
    tables = [matrix(root / name, columns=4) for name in _TABLES[:2]]
    held_out = set(tables[1][:, 2].tolist())
    members: list[list[Tracklet]] = [[], []]
    for tracklet in _all_tracklets(root):
        members[tracklet.person_id in held_out].append(tracklet)
    for name, table, tracklets in zip(_TABLES, tables, members, strict=False):
        _require_same(root / name, table, tracklets)
    train, test = members
    query = [test[row] for row in mars.query_rows(root / _TABLES[2], len(test))]
    gallery = [tracklet for tracklet in test if tracklet.person_id != JUNK_ID]
    return Split(tuple(train), tuple(query), tuple(gallery))


def _all_tracklets(root: Path) -> Iterator[Tracklet]:
    """Of both halves of MARS, by person, camera and tracklet number."""
    found: dict[tuple[int, int, str], tuple[Path, list[str]]] = {}
    for part in ("train", "test"):
        for name in mars.names(root / f"info/{part}_name.txt"):
            stem = name[: name.index("F")]
            person, _, rest = stem.partition("C")
            camera, _, number = rest.partition("T")
            key = (int(person.replace("00-1", "-1")), int(camera), number)
            if key not in found:
                found[key] = (root / f"bbox_{part}" / person, [])
            found[key][1].append(name)
    for (person_id, camera_id, _), (folder, names) in sorted(found.items()):
        yield Tracklet(ImageFiles(folder, tuple(sorted(names))), person_id, camera_id)


def _require_same(path: Path, table: np.ndarray, tracklets: list[Tracklet]) -> None:
    """DatasetError unless the rows are these tracklets: their lengths, people and cameras."""
    wanted = [(last - first + 1, *rest) for first, last, *rest in table.tolist()]
    found = [(len(t.frames), t.person_id, t.camera_id) for t in tracklets]
    if wanted == found:
        return
    row = next((i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), None)
    where = f"{len(found)} in all" if row is None else f"{found[row]} as row {row + 1}"
    expected = f"{len(wanted)}" if row is None else f"{wanted[row]}"
    raise DatasetError(
        f"Expected MARS's lists to hold the tracklets of {path} (length, person, camera: "
        f"{expected}), found {where}. Copy MARS's info/ and X-MARS's whole, each from one source."
    )
