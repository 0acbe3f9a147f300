"""What the source's people look like, as labels of its training tracklets."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from reid_datasets.attributes import AttributeTable, Values, describe
from reid_datasets.records import Split, Tracklet

from uda.batches.domains import Domains
from uda.config import Data
from uda.errors import ConfigError

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Described:
    """Domains whose source tracklets have attributes as labels, the attributes' ``values``, and a
    digest of who has which."""

    domains: Domains
    values: Values
    labels_sha256: str

    def describe(self) -> dict[str, Any]:
        """What a checkpoint remembers: models are built by it, and runs continued."""
        values = {name: list(values) for name, values in self.values.items()}
        out = len({tracklet.person_id for tracklet in self.domains.held_out})
        return {"values": values, "labels_sha256": self.labels_sha256, "held_out": out}


def with_attributes(domains: Domains, name: str, root: Path, data: Data) -> Described:
    """The domains with attributes of the source's people, some of whom are held out.

    An attribute in which training people do not differ is left out with a warning.

    Args:
        domains: as they were read.
        name: the source's.
        root: where it lies.
        data: says which attributes, which file they are in and how many people are held out.

    Raises:
        ConfigError: the source is a stream.
        DatasetError: the attributes cannot be read, there is none of a name that was asked for, or
            training people do not differ in it.
    """
    if domains.stream:
        raise ConfigError(
            "Attributes are looked up by tracklet, which a stream of shards (webdataset://) does "
            "not do. Name the set as `synthetic`."
        )
    train = domains.source.train
    file = None if data.attributes_file is None else Path(data.attributes_file)
    names = domains.source.names.get("identity", {})
    table = describe(name, root, train, file=file, people=names).only(data.attributes)
    out = held_out(train, data)
    seen = {attribute: column[~out] for attribute, column in table.labels.items()}
    learnt = AttributeTable(table.values, seen).learnable(data.attributes).values
    if left := [attribute for attribute in table.values if attribute not in learnt]:
        log.warning("the source's training people do not differ in %s: left out", ", ".join(left))
    table = table.only(learnt)
    labelled = _labelled(train, table)
    same = domains.target_split is domains.source
    source = replace(domains.source, train=_those(labelled, ~out))
    target: Split = source if same else domains.target_split
    described = replace(domains, source=source, target_split=target, held_out=_those(labelled, out))
    digest = hashlib.sha256()
    for attribute, column in table.labels.items():
        digest.update(attribute.encode() + column.astype("<i8").tobytes())
    return Described(described, table.values, digest.hexdigest())


def _labelled(tracklets: Sequence[Tracklet], table: AttributeTable) -> list[Tracklet]:
    columns = {name: column.tolist() for name, column in table.columns().items()}
    return [
        replace(
            tracklet,
            labels=(*tracklet.labels, *((name, of[place]) for name, of in columns.items())),
        )
        for place, tracklet in enumerate(tracklets)
    ]


def held_out(tracklets: Sequence[Tracklet], data: Data) -> np.ndarray:
    """Whose attributes temperatures are fitted on, bool (N,): the same people whatever the run's
    seed, and never so many that a batch could not be filled."""
    people = sorted({tracklet.person_id for tracklet in tracklets})
    wanted = max(round(data.held_out * len(people)), 1) if data.held_out else 0
    count = max(min(wanted, len(people) - data.identities), 0)
    drawn = set(np.random.default_rng(0).permutation(people)[:count].tolist())
    return np.array([tracklet.person_id in drawn for tracklet in tracklets], bool)


def _those(tracklets: Sequence[Tracklet], chosen: np.ndarray) -> tuple[Tracklet, ...]:
    return tuple(t for t, kept in zip(tracklets, chosen, strict=True) if kept)
