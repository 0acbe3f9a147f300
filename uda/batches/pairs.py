"""Pairs of a source and a target batch, from any step of the training on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from reid_datasets.records import Tracklet, UnlabelledTracklet

from uda.batches.batch import LabelledBatch, Labels, Pair, UnlabelledBatch
from uda.batches.domains import Domains
from uda.batches.source import Loading, Place, SourceFeed, source_feed
from uda.batches.target import TargetFeed
from uda.config import Config
from uda.errors import ConfigError


class Batches:
    """Pairs of a source and a target batch, a pure function of (seed, epoch, step, rank).

    ``steps`` make an epoch, and ``accumulate`` pairs a step. Where it stands is its state: after
    `load_state_dict` it goes on with the pair that would have come next.
    """

    def __init__(
        self,
        domains: Domains,
        settings: Config,
        *,
        uses_target: bool,
        rank: int = 0,
        world_size: int = 1,
        pin_memory: bool = False,
    ) -> None:
        """Raises ConfigError where the source has too few identities for a batch."""
        seed, wanted = settings.training.seed, settings.training.steps
        self.accumulate = settings.training.accumulate
        loading = Loading(settings.data, pin_memory)
        place = Place(seed, rank, world_size)
        self.source = source_feed(domains, loading, place, wanted and wanted * self.accumulate)
        self.steps = -(-len(self.source) // self.accumulate)
        pairs = self.steps * self.accumulate
        if pairs != len(self.source):  # whole steps only
            self.source = source_feed(domains, loading, place, pairs)
        self.target: TargetFeed | None = None
        if uses_target:
            self.target = TargetFeed(domains.target, loading, place._replace(seed=seed + 1), pairs)
        self.epoch, self.drawn = 0, 0

    @property
    def labels(self) -> Labels:
        """Labels of all source training tracklets."""
        return self.source.labels

    @property
    def target_tracklets(self) -> Sequence[UnlabelledTracklet]:
        """What target batches are drawn from; nothing for a method without a target."""
        return self.target.tracklets if self.target else ()

    @property
    def target_labels(self) -> Labels:
        """Labels of `target_tracklets`: what needs no annotator."""
        return self.target.labels if self.target else {}

    def state_dict(self) -> dict[str, int]:
        """The epoch, and how many of its pairs have been given."""
        return {"epoch": self.epoch, "drawn": self.drawn}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Goes on where `state_dict` was taken."""
        self.epoch, self.drawn = int(state["epoch"]), int(state["drawn"])

    def one_of_each_person(self, epoch: int) -> Sequence[Tracklet]:
        """A source tracklet of each identity, in the order of their numbers, others in each epoch.

        Raises:
            ConfigError: the source is a stream, where no tracklet can be looked up.
        """
        return self._looked_up().one_of_each(epoch)

    def _looked_up(self) -> SourceFeed:
        if isinstance(self.source, SourceFeed):
            return self.source
        raise ConfigError(
            "This method draws source batches by which identities look alike, so it must look any "
            "tracklet up: expected a source on disk, found a stream of shards (webdataset://). "
            "Name the set as `synthetic`, or draw at random (method.sampling=random)."
        )

    def rest(
        self,
        epoch: int,
        groups: Sequence[int] | None = None,
        neighbours: Sequence[Sequence[int]] | None = None,
    ) -> Iterator[Pair]:
        """The pairs of an epoch that have not been given yet.

        Args:
            epoch: the one it stands in, or a later one, which begins at its start.
            groups: numbers of groups that target tracklets are drawn by (`TargetFeed.draw_by`).
            neighbours: of source identities, which batches are drawn by (`SourceFeed.draw_by`).

        Raises:
            DatasetError: a frame is damaged.
        """
        if epoch != self.epoch:
            self.epoch, self.drawn = epoch, 0
        if neighbours is not None or isinstance(self.source, SourceFeed):
            self._looked_up().draw_by(neighbours)
        of_source = self.source.batches(epoch, self.drawn)
        if self.target is None:
            for clips, tracklets in of_source:
                self.drawn += 1
                yield self._labelled(clips, tracklets), None
            return
        self.target.draw_by(groups)
        of_target = self.target.batches(epoch, self.drawn)
        for (clips, tracklets), (others, theirs) in zip(of_source, of_target, strict=True):
            self.drawn += 1
            labels = self.target.labels_of(theirs)
            seen = UnlabelledBatch(others, labels, theirs, _cameras(labels))
            yield self._labelled(clips, tracklets), seen

    def _labelled(self, clips: Any, tracklets: Any) -> LabelledBatch:
        labels = self.source.labels_of(tracklets)
        return LabelledBatch(clips, labels, tracklets, _cameras(labels))

    def files(self, pairs: Sequence[Pair]) -> dict[str, list[str]]:
        """The tracklets in some batches as people call them, by domain."""
        names: dict[str, list[str]] = {"source": [], "target": []}
        for source, target in pairs:
            names["source"] += [self.source.name(int(i)) for i in source.tracklets]
            if target and self.target:
                names["target"] += [self.target.name(int(i)) for i in target.tracklets]
        return names


def _cameras(labels: Labels) -> tuple[int, ...]:
    return tuple(labels["camera"].tolist())
