"""Where the pictures of a run came from, as far as files say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import find, load
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet
from reid_datasets.streaming.address import stream_root
from reid_datasets.streaming.source import open_stream

from strict_reading import Unreadable, parse_json, read_text
from uda.batches.domains import Domains, describe


@dataclass(frozen=True)
class Origin:
    """A domain of a run: what its ``title`` is, and what dataset.json of the very same tracklets
    says: ``rendered`` is its description, None where there is none to be found."""

    title: str
    protocol: str
    rendered: dict[str, Any] | None

    @property
    def licence(self) -> str | None:
        return None if self.rendered is None else str(self.rendered["licence"])

    @property
    def pictures_of_others(self) -> int:
        """Files that a rendered set was made with and that are not the generator's."""
        found = self.rendered or {}
        return sum(len(files) for files in map(found.get, MATERIAL) if isinstance(files, dict))


MATERIAL = ("backgrounds", "textures", "assets", "motions", "skies", "occluders")
"""Keys of dataset.json under which files are named whose content is in the pictures."""


def origin(domain: dict[str, Any]) -> Origin:
    """The origin of a domain as run.json describes it (`uda.batches.domains.describe`).

    A dataset.json is believed only where the tracklets beside it have the names and the lengths of
    those of the run.
    """
    name, root = str(domain["name"]), Path(domain["root"])
    if stream_root(name) is not None:
        return Origin("shards in the order they lie in", "", _rendered(name, root, domain))
    try:
        benchmark = find(name)
    except DatasetError:
        return Origin(name, "", None)
    return Origin(benchmark.title, benchmark.protocol, _rendered(name, root, domain))


def _rendered(name: str, root: Path, domain: dict[str, Any]) -> dict[str, Any] | None:
    try:
        found = parse_json(read_text(root / "dataset.json"))
        if not isinstance(found, dict) or not {"licence", "renderer", "software"} <= found.keys():
            return None
        same = _names(name, root, "identities" in domain) == domain["names_sha256"]
    except (Unreadable, DatasetError, OSError):
        return None
    return dict(found) if same else None


def _names(name: str, root: Path, labelled: bool) -> str:
    """The hash of the names of a domain's training tracklets, as a run records it."""
    nothing = Split((), (), ())
    if stream_root(name) is not None:
        stream = Domains(nothing, (), nothing, open_stream(root))
        return str(stream.describe_source(name, root)["names_sha256"])
    split = load(name, root)
    tracklets: list[Tracklet | UnlabelledTracklet] = [*split.train]
    tracklets += [] if labelled else split.unlabelled
    return str(describe(name, root, tracklets)["names_sha256"])
