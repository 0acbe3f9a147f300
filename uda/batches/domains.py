"""Source and target of a run: what is learned from, and what is tested on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from reid_datasets.benchmarks import load
from reid_datasets.errors import DatasetError
from reid_datasets.labels import columns
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet
from reid_datasets.streaming.address import stream_root
from reid_datasets.streaming.source import StreamedSource, open_stream


@dataclass(frozen=True)
class Domains:
    """What a run learns from and is tested on.

    The target's identities are dropped on arrival: ``target`` is all that training sees;
    ``target_split`` goes to the evaluation alone. With ``stream``, source clips come from shards
    in the order they lie in, and ``source`` has no training tracklets of its own. ``held_out`` are
    source tracklets, of people of their own, that no loss sees (`uda.batches.attributes`).
    """

    source: Split
    target: tuple[UnlabelledTracklet, ...]
    target_split: Split
    stream: StreamedSource | None = None
    held_out: tuple[Tracklet, ...] = ()

    @classmethod
    def read(cls, source: str, source_root: Path, target: str, target_root: Path) -> Domains:
        """Both domains by name and place; ``webdataset://PATH`` is a streamed source.

        Raises:
            DatasetError: one of them cannot be read, or has nothing to train on.
        """
        stream = open_stream(source_root) if stream_root(source) is not None else None
        source_split = Split((), (), ()) if stream else load(source, source_root)
        same = (source, source_root.resolve()) == (target, target_root.resolve())
        target_split = source_split if same else load(target, target_root)
        if not source_split.train and source_split.unlabelled:
            raise DatasetError(
                f"Expected identities to train on in the source {source} at {source_root}, found "
                f"{len(source_split.unlabelled)} tracklets that have no identities. Use it as the "
                "target, and a labelled set as the source."
            )
        unlabelled = tuple(t.unlabelled() for t in target_split.train) + target_split.unlabelled
        for name, root, found in (
            (source, source_root, stream or source_split.train),
            (target, target_root, unlabelled),
        ):
            if not len(found):
                raise DatasetError(
                    f"Expected training tracklets of {name} in {root}, found none. "
                    f"Look at it with `uda check-data {name} --root {root}`."
                )
        return cls(source_split, unlabelled, target_split, stream)

    def identities(self) -> np.ndarray:
        """Identity of each source training tracklet, int64 (N,), the benchmark's own numbers."""
        if self.stream:
            return self.stream.labels["identity"]
        return columns(self.source.train)["identity"]

    def describe_source(self, name: str, root: Path) -> dict[str, Any]:
        """What a checkpoint remembers of the source, to refuse to continue on another one."""
        identities = {"identities": len(np.unique(self.identities()))}
        if not self.stream:
            return describe(name, root, self.source.train) | identities
        listed = zip(self.stream.names, self.stream.frames, strict=True)
        names = "".join(f"{name} {count}\n" for name, count in listed)
        return {
            "name": name,
            "root": str(root),
            "tracklets": len(self.stream),
            "frames": int(self.stream.frames.sum()),
            "cameras": len(np.unique(self.stream.labels["camera"])),
            "names_sha256": hashlib.sha256(names.encode()).hexdigest(),
            **identities,
        }


def describe(
    name: str, root: Path, tracklets: Sequence[Tracklet | UnlabelledTracklet]
) -> dict[str, Any]:
    """What a checkpoint remembers of a domain, to refuse to continue on other data."""
    digest = hashlib.sha256()
    for tracklet in tracklets:
        first = Path(tracklet.frames.name(0)).name
        digest.update(os.fsencode(f"{first} {len(tracklet.frames)}\n"))  # names need not be UTF-8
    return {
        "name": name,
        "root": str(root),
        "tracklets": len(tracklets),
        "frames": sum(len(tracklet.frames) for tracklet in tracklets),
        "cameras": len({tracklet.camera_id for tracklet in tracklets}),
        "names_sha256": digest.hexdigest(),
    }
