"""Where the pictures of a run came from, as far as files say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reid_datasets.benchmarks import find, load, parse
from reid_datasets.benchmarks.benchmark import Benchmark
from reid_datasets.errors import DatasetError
from reid_datasets.records import Split, Tracklet, UnlabelledTracklet
from reid_datasets.streaming.address import stream_root
from reid_datasets.streaming.source import open_stream

from strict_reading import Unreadable, parse_json, read_text
from uda.batches.attributes import held_out
from uda.batches.domains import Domains, describe
from uda.config import Data


@dataclass(frozen=True)
class Origin:
    """A domain of a run: what its ``title`` is, and what dataset.json of the very same tracklets
    says: ``rendered`` is its description, None where there is none to be found. ``benchmark`` is
    what the toolkit knows of it, None of a stream."""

    title: str
    benchmark: Benchmark | None
    rendered: dict[str, Any] | None

    @property
    def protocol(self) -> str:
        return self.benchmark.protocol if self.benchmark else ""

    @property
    def of_images(self) -> bool:
        return self.benchmark is not None and self.benchmark.media == "image"

    def tested(self, name: str, scores: dict[str, Any]) -> str:
        """What recorded scores under a benchmark's ``name`` are of, where that is not all of its
        protocol: one split of several, one setting of three."""
        if self.benchmark is None:
            return ""
        parts = []
        if self.benchmark.splits > 1:
            several = scores.get("splits", 1)
            alone = f"split {parse(name)[1] or 0} alone, of {self.benchmark.splits}"
            parts.append(alone if several == 1 else f"mean of {several} splits")
        parts += ["general setting"] if self.benchmark.clothes else []
        return ", ".join(parts)

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


def origin(domain: dict[str, Any], data: Data | None = None) -> Origin:
    """The origin of a domain as run.json describes it (`uda.batches.domains.describe`).

    A dataset.json is believed only where the tracklets beside it have the names and the lengths of
    those of the run. ``data`` says of a source who was held out; None: nobody.
    """
    name, root = str(domain["name"]), Path(domain["root"])
    if stream_root(name) is not None:
        return Origin("shards in the order they lie in", None, _rendered(name, root, domain, data))
    try:
        benchmark = find(name)
    except DatasetError:
        return Origin(name, None, None)
    return Origin(benchmark.title, benchmark, _rendered(name, root, domain, data))


def _rendered(
    name: str, root: Path, domain: dict[str, Any], data: Data | None
) -> dict[str, Any] | None:
    try:
        found = parse_json(read_text(root / "dataset.json"))
        if not isinstance(found, dict) or not {"licence", "renderer", "software"} <= found.keys():
            return None
        same = _names(name, root, "identities" in domain, data) == domain["names_sha256"]
    except (Unreadable, DatasetError, OSError):
        return None
    return dict(found) if same else None


def _names(name: str, root: Path, labelled: bool, data: Data | None) -> str:
    """The hash of the names of a domain's training tracklets, as a run records it."""
    nothing = Split((), (), ())
    if stream_root(name) is not None:
        stream = Domains(nothing, (), nothing, open_stream(root))
        return str(stream.describe_source(name, root)["names_sha256"])
    split = load(name, root)
    out = held_out(split.train, data) if data else [False] * len(split.train)
    tracklets: list[Tracklet | UnlabelledTracklet] = [
        tracklet for tracklet, gone in zip(split.train, out, strict=True) if not gone
    ]
    tracklets += [] if labelled else split.unlabelled
    return str(describe(name, root, tracklets)["names_sha256"])
