"""Where the source's clips come from: tracklets looked up one by one, or a stream of shards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from reid_datasets.camera_identities import CameraIdentitySampler
from reid_datasets.clips import ClipDataset, Sampling, cut
from reid_datasets.labels import as_classes, columns
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_datasets.samplers import BatchSampler, NeighbourSampler, PKSampler
from reid_datasets.streaming.clips import StreamedClipDataset
from reid_datasets.streaming.sampler import StreamedPKSampler
from reid_datasets.streaming.source import StreamedSource
from reid_datasets.temporal import restricted, strided
from reid_datasets.transforms import TrainTransform

from uda import config
from uda.batches.domains import Domains
from uda.batches.feed import Feed, workers_for
from uda.errors import ConfigError


class Place(NamedTuple):
    """Where the batches of a process lie among those of all: seed, its rank, how many there are."""

    seed: int
    rank: int = 0
    world_size: int = 1


class Loading(NamedTuple):
    """How clips are made: what both domains share."""

    data: config.Data
    pin_memory: bool = False

    def sampling(self) -> Sampling:
        if self.data.sampling == "strided":
            return partial(strided, stride=self.data.stride)
        return restricted

    def transform(self) -> TrainTransform:
        d = self.data
        jitter = d.jitter if isinstance(d.jitter, tuple) else (d.jitter,) * 3
        return TrainTransform(
            d.size,
            d.flip,
            d.pad,
            d.erase,
            *jitter,
            hue=d.hue,
            jitter_probability=d.jitter_probability,
            interpolation=d.resize,
            augmix=d.augmix,
            occlude=d.occlude,
        )

    def clips(self, tracklets: Sequence[Tracklet | UnlabelledTracklet], seed: int) -> ClipDataset:
        """Clips of tracklets, which draw their frames by ``seed``."""
        data = self.data
        return ClipDataset(
            tracklets, data.clip_length, self.transform(), seed, self.sampling(), data.unreadable
        )

    def workers(self) -> int:
        return workers_for(self.data)


class SourceFeed(Feed):
    """Clips of a source split: P identities at random, or one and those nearest to it, K clips
    each."""

    def __init__(
        self, train: Sequence[Tracklet], loading: Loading, place: Place, batches: int | None
    ) -> None:
        """As `source_feed`, of the tracklets ``train``."""
        data = loading.data
        self.tracklets = train if data.dense is None else cut(train, data.dense)
        self.data, self.place, self.count = data, place, batches
        labels = as_classes(columns(self.tracklets))
        require_identities(labels["identity"], data)
        self.people: list[int] = labels["identity"].tolist()
        self.cameras: list[int] = labels["camera"].tolist()
        super().__init__(
            loading.clips(self.tracklets, place.seed),
            self.drawing(None),
            labels,
            lambda index: self.tracklets[index].frames.name(0),
            workers=loading.workers(),
            pin_memory=loading.pin_memory,
        )

    def draw_by(self, neighbours: Sequence[Sequence[int]] | None) -> None:
        """Draws the next epoch by identities' neighbours, nearest first; None: at random."""
        self.redraw(self.drawing(neighbours))

    def drawing(self, neighbours: Sequence[Sequence[int]] | None) -> BatchSampler:
        """P identities with K tracklets each, those of one camera each where batches are balanced
        by camera and not drawn by neighbours."""
        data = self.data
        rest: dict[str, Any] = {"batches": self.count, **self.place._asdict()}
        known, size = (self.people, self.cameras), (data.identities, data.instances)
        if neighbours is None and data.source_sampling == "camera_balanced":
            return CameraIdentitySampler(*known, *size, data.cameras, **rest)
        rest["spread_cameras"] = data.source_sampling == "identity_camera"
        if neighbours is None:
            return PKSampler(*known, *size, **rest)
        return NeighbourSampler(*known, *size, neighbours, **rest)

    def one_of_each(self, epoch: int) -> list[Tracklet]:
        """A tracklet of each identity, in the order of their numbers, others in each epoch."""
        rng = np.random.default_rng([self.place.seed, epoch])
        order = rng.permutation(len(self.people))
        chosen = {self.people[index]: self.tracklets[index] for index in order}
        return [chosen[person] for person in sorted(chosen)]


def source_feed(domains: Domains, loading: Loading, place: Place, batches: int | None) -> Feed:
    """P identities with K clips each, batch after batch.

    Args:
        domains: the source is a split or a stream.
        loading: how clips are made, and P and K.
        place: this process among all.
        batches: of an epoch; None: as many as show each tracklet once.

    Raises:
        ConfigError: there are fewer identities than a batch needs.
    """
    if domains.stream:
        return _streamed(domains.stream, loading, place, batches)
    return SourceFeed(domains.source.train, loading, place, batches)


def _streamed(stream: StreamedSource, loading: Loading, place: Place, batches: int | None) -> Feed:
    data = loading.data
    if data.dense is not None:
        raise ConfigError(
            f"data.dense={data.dense} cuts tracklets into pieces, which a stream of shards does "
            "not do. Set data.dense=null, or read the set as `synthetic`."
        )
    if data.source_sampling == "camera_balanced":
        raise ConfigError(
            "data.source_sampling=camera_balanced looks tracklets up by their camera, which a "
            "stream of shards does not do. Read the set as `synthetic`, or leave the setting out."
        )
    labels = as_classes(stream.labels)
    require_identities(labels["identity"], data)
    dataset = StreamedClipDataset(
        len(stream), data.clip_length, loading.transform(), place.seed, loading.sampling(),
        data.unreadable,
    )  # fmt: skip
    drawing = StreamedPKSampler(
        stream,
        data.identities,
        data.instances,
        batches=batches,
        buffer=data.buffer,
        spread_cameras=data.source_sampling == "identity_camera",
        unreadable=data.unreadable,
        **place._asdict(),
    )
    return Feed(
        dataset,
        drawing,
        labels,
        lambda index: str(stream.names[index]),
        workers=loading.workers(),
        pin_memory=loading.pin_memory,
    )


def require_identities(identities: np.ndarray, data: config.Data) -> None:
    """ConfigError: fewer identities than a batch needs."""
    found = len(np.unique(identities))
    if found < 2:
        raise ConfigError(
            f"The source has {found} identities to train on; telling people apart needs "
            "at least two. Render or collect more."
        )
    if found < data.identities:
        raise ConfigError(
            f"data.identities={data.identities} asks for that many identities in a batch, but "
            f"the source has {found}. Set data.identities={found} or lower, or "
            "train on more identities."
        )
