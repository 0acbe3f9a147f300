"""From a benchmark's name and its tracklets to their attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from reid_datasets.attributes import image_sets, market_and_duke, of_file, rendered
from reid_datasets.attributes.table import AttributeTable, Values
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet, UnlabelledTracklet

DESCRIBED = (*rendered.BENCHMARKS, *market_and_duke.BENCHMARKS, *image_sets.BENCHMARKS)
"""Benchmarks that come with attributes; others need a file."""


def describe(
    name: str,
    root: Path,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    values: Values | None = None,
    file: Path | None = None,
    *,
    people: Mapping[int, str] = MappingProxyType({}),
) -> AttributeTable:
    """The attributes of N tracklets of a benchmark.

    Args:
        name: the benchmark's, with whatever stands behind it (``market1501+gamma0.5-2``).
        root: where it lies.
        tracklets: N of its tracklets, of any part.
        values: the classes a model knows, which labels are told in, see `AttributeTable.mapped`.
        file: a CSV that describes people or tracklets, see `of_file`; it alone is read then.
        people: names of identities for rows by ``id``: ``Split.names["identity"]``.

    Raises:
        DatasetError: nobody describes this benchmark's people, or what does is missing or damaged;
            or it has no attribute of ``values``.
    """
    own = name.partition("+")[0].partition(":")[0]
    found = _described(own, root, tracklets, file, people)
    return found if values is None else found.mapped(values)


def _described(
    own: str,
    root: Path,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    file: Path | None,
    people: Mapping[int, str],
) -> AttributeTable:
    if file is not None:
        return of_file.describe(file, root, tracklets, people)
    known = [tracklet for tracklet in tracklets if isinstance(tracklet, Tracklet)]
    if len(known) < len(tracklets):
        raise TypeError("expected tracklets with an identity, which attributes are known by")
    if own in rendered.BENCHMARKS:
        return rendered.describe(root, known)
    if own in market_and_duke.BENCHMARKS:
        return market_and_duke.describe(own, root, known)
    if own in image_sets.BENCHMARKS:
        return image_sets.describe(own, root, known)
    described = ", ".join(DESCRIBED)
    raise DatasetError(
        f"Expected a benchmark whose people are described ({described}), found {own}. Describe "
        "them in a CSV of your own: --attributes-file, or data.attributes_file."
    )
