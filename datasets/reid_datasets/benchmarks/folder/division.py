"""Which of a person's own tracklets are trained on and which are tested."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from reid_datasets.benchmarks.folder.rows import Part, Row, numbers
from reid_datasets.benchmarks.folder.settings import SETTINGS, FolderSettings
from reid_datasets.errors import DatasetError, printable
from reid_datasets.own_matches import finding_itself
from reid_datasets.records import DISTRACTOR_ID, Split, Tracklet, UnlabelledTracklet

log = logging.getLogger(__name__)

Record = Tracklet | UnlabelledTracklet


def divide(root: Path, settings: FolderSettings, rows: list[Row]) -> Split:
    """The split of the tracklets at ``root``, with the names that people gave.

    Raises:
        DatasetError: there can be no such test.
    """
    absent = {*settings.distractors, *settings.junk} - {row.person for row in rows}
    if absent:
        names = printable(", ".join(sorted(absent)))
        log.warning("%s names identities that are not there: %s", SETTINGS, names)
    rows = [row for row in rows if row.person not in settings.junk]
    numbering = _numbering(settings, rows)
    split = _split(root, settings, rows, _records(rows, numbering))
    itself = finding_itself(split)
    if itself:
        query, entry = (tracklet.frames.name(0) for tracklet in itself)
        both = f"{query} in both" if query == entry else f"{query} and what begins with {entry}"
        raise DatasetError(
            "Expected queries whose pictures are not in the gallery, unless it says that the same "
            f"camera saw them, found {both}: it would find itself. Leave it out of the gallery, or "
            "name its camera in both."
        )
    return replace(split, names=numbering.names())


@dataclass(frozen=True)
class _Numbering:
    """Numbers of names: people, cameras, and outfits, which are a person's and a name."""

    people: dict[str, int]
    cameras: dict[str, int]
    outfits: dict[tuple[str, str], int]

    def names(self) -> dict[str, dict[int, str]]:
        """The name of each number; distractors share one and have none."""
        return {
            "identity": {n: name for name, n in self.people.items() if n != DISTRACTOR_ID},
            "camera": {number: name for name, number in self.cameras.items()},
            "clothes": {number: name for (_, name), number in self.outfits.items()},
        }


def _split(root: Path, settings: FolderSettings, rows: list[Row], records: list[Record]) -> Split:
    if settings.evaluate:
        tested = next((row for row in rows if row.part in ("query", "gallery")), None)
        if tested:
            raise DatasetError(
                f"Expected a set without queries and gallery where {root / SETTINGS} says "
                f"`evaluate: true`, found {tested.where} as {tested.part}. Remove that line."
            )
        return _test_all(root, records)
    undecided = next((row for row in rows if row.part is None), None)
    if undecided and any(row.part for row in rows):
        raise DatasetError(
            f"Expected a split for every tracklet or for none, found none in {undecided.where}. "
            "Write train, query or gallery there."
        )
    split = _parts(rows, records)
    if bool(split.query) != bool(split.gallery):
        raise DatasetError(
            f"Expected queries and a gallery in {root}, or neither, found {len(split.query)} and "
            f"{len(split.gallery)} tracklets. A query is looked for in the gallery."
        )
    both = {t.person_id for t in split.train} & {t.person_id for t in split.query}
    if both:
        log.warning(
            "%d identities are in train and in query: one name is one person everywhere, and a "
            "model trained on them is not tested on new people",
            len(both),
        )
    return split


def _numbering(settings: FolderSettings, rows: list[Row]) -> _Numbering:
    people = numbers(r.person for r in rows if r.person and r.person not in settings.distractors)
    worn = sorted({(r.person, r.clothes) for r in rows if r.person and r.clothes})
    return _Numbering(
        people | dict.fromkeys(settings.distractors, DISTRACTOR_ID),
        numbers(row.camera for row in rows if row.camera),
        {outfit: number for number, outfit in enumerate(worn, 1)},
    )


def _records(rows: list[Row], known: _Numbering) -> list[Record]:
    """The tracklet of each row, with numbers for the names of people, cameras and clothes."""

    def record(row: Row) -> Record:
        camera = known.cameras[row.camera] if row.camera else None
        if not row.person:
            return UnlabelledTracklet(row.frames, camera)
        clothes = known.outfits[row.person, row.clothes] if row.clothes else None
        return Tracklet(row.frames, known.people[row.person], camera, clothes)

    return [record(row) for row in rows]


def _parts(rows: list[Row], records: list[Record]) -> Split:
    """The split that directories or a table name; all is for training where they name none."""
    train: list[Tracklet] = []
    unlabelled: list[UnlabelledTracklet] = []
    test: dict[Part, list[Tracklet]] = {"query": [], "gallery": []}
    for row, tracklet in zip(rows, records, strict=True):
        distractor = isinstance(tracklet, Tracklet) and tracklet.person_id == DISTRACTOR_ID
        if row.part in test:
            if isinstance(tracklet, UnlabelledTracklet) or (distractor and row.part == "query"):
                raise DatasetError(
                    f"Expected an identity that can be found for each {row.part} tracklet, found "
                    f"{'a distractor' if distractor else 'none'} in {row.where}. Name the "
                    "identity, or move it to train."
                )
            test[row.part].append(tracklet)
        elif isinstance(tracklet, UnlabelledTracklet):
            unlabelled.append(tracklet)
        elif distractor:
            unlabelled.append(tracklet.unlabelled())
        else:
            train.append(tracklet)
    return Split(tuple(train), tuple(test["query"]), tuple(test["gallery"]), tuple(unlabelled))


def _test_all(root: Path, records: list[Record]) -> Split:
    """Identities serve the test alone: training sees every tracklet without its own.

    A query without a camera is left out of the gallery, where it would find itself; an identity
    with no other tracklet has none.
    """
    tested = [t for t in records if isinstance(t, Tracklet)]
    seen = Counter(t.person_id for t in tested)
    first: dict[tuple[int, int | None], Tracklet] = {}
    for t in tested:
        if t.person_id != DISTRACTOR_ID and (t.camera_id is not None or seen[t.person_id] > 1):
            first.setdefault((t.person_id, t.camera_id), t)
    if not first:
        raise DatasetError(
            f"Expected people to look for in {root}, where {SETTINGS} says `evaluate: true`, found "
            f"identities for {len(tested)} of {len(records)} tracklets and nobody twice. Name "
            "identities, or remove that line."
        )
    alone = {id(t) for t in first.values() if t.camera_id is None}
    gallery = tuple(t for t in tested if id(t) not in alone)
    unlabelled = tuple(t.unlabelled() if isinstance(t, Tracklet) else t for t in records)
    return Split((), tuple(first.values()), gallery, unlabelled)
