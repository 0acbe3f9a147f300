"""How well a checkpoint recognises the attributes of benchmarks' people."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from reid_datasets.attributes import AttributeTable, describe
from reid_datasets.benchmarks import find, parse
from reid_datasets.errors import DatasetError
from reid_datasets.labels import UNKNOWN
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet

from uda.attributes.predicting import Recogniser, predict
from uda.evaluation.attributes import AttributeScores, score
from uda.evaluation.of_checkpoint import Shown, silent
from uda.features.extractor import Choices

log = logging.getLogger(__name__)

Described = Sequence[Tracklet | UnlabelledTracklet]


@dataclass(frozen=True, eq=False)
class AttributeRow:
    """Attributes of one benchmark as a checkpoint recognises them.

    Args:
        data: the benchmark's name.
        title: what it is called.
        root: where it lies.
        tracklets: N of its test half of which something is known.
        known: their attributes in the model's classes.
        probabilities: of each of these attributes, (N, C) float32.
        scores: how they agree.
        left_out: attributes that only one of the data and the model knows.
        part: what is tested, in words.
    """

    data: str
    title: str
    root: Path
    tracklets: Described
    known: AttributeTable
    probabilities: Mapping[str, np.ndarray]
    scores: AttributeScores
    left_out: tuple[str, ...]
    part: str


def evaluate_attributes(
    checkpoint: Path,
    roots: Mapping[str, Path],
    choices: Choices | None = None,
    *,
    file: Path | None = None,
    shown: Shown = silent,
) -> list[AttributeRow]:
    """How a checkpoint recognises attributes of the test halves of benchmarks, or of all tracklets
    where there is none; of the first split where there are several and none is named.

    Every benchmark is read before the first is evaluated.

    Args:
        checkpoint: a file of `uda train` with a method that has attribute heads.
        roots: where each benchmark lies, by name.
        choices: what is done otherwise than in training.
        file: a table that describes the people of the one benchmark there is.
        shown: shows progress.

    Raises:
        DatasetError: a benchmark or its attributes cannot be read, or none of them is the model's.
        UdaError: the checkpoint or the choices are wrong.
    """
    read = {name: _read(name, root, file) for name, root in roots.items()}
    recogniser = Recogniser.of(checkpoint)
    mapped = {name: known.mapped(recogniser.values) for name, (*_, known) in read.items()}
    rows = []
    for name, (split, part, tracklets, known) in read.items():
        half = [t.unlabelled() for t in split.train] + list(split.unlabelled)
        with shown(f"recognising {name}") as progress:
            found = predict(recogniser, tracklets, choices, unlabelled=half, progress=progress)
        told = mapped[name]
        left_out = tuple(sorted({*known.values, *found.values} - {*told.values}))
        probabilities = {attribute: found.probabilities[attribute] for attribute in told.values}
        rows.append(
            AttributeRow(
                name,
                find(name).title,
                roots[name],
                tracklets,
                told,
                probabilities,
                score(told, probabilities),
                left_out,
                part,
            )
        )
    return rows


def test_half(split: Split) -> tuple[Described, str]:
    """Every tracklet of query and gallery once, or all there are where a set has no test half; and
    which of the two, in words."""
    tested = list({tracklet.frames: tracklet for tracklet in split.gallery + split.query}.values())
    if tested:
        return tested, "test half"
    return [*split.train, *split.unlabelled], "all tracklets: there is no test half"


def _read(name: str, root: Path, file: Path | None) -> tuple[Split, str, Described, AttributeTable]:
    """A benchmark's split, what is tested, its described tracklets there, and their attributes."""
    _, number = parse(name)
    split = find(name).load(root, number)
    tested, part = test_half(split)
    known = describe(name, root, tested, file=file, people=split.names.get("identity", {}))
    columns = list(known.labels.values())
    kept = np.flatnonzero(np.any([column != UNKNOWN for column in columns], axis=0))
    if not len(kept):
        raise DatasetError(
            f"Expected attributes of the {len(tested)} tracklets of {name} that are tested, found "
            f"that {file or 'its annotations'} know nothing of them."
        )
    if len(kept) < len(tested):
        log.info("%s: %d of %d tracklets are described", name, len(kept), len(tested))
    labels = {attribute: column[kept] for attribute, column in known.labels.items()}
    return split, part, [tested[place] for place in kept], AttributeTable(known.values, labels)
