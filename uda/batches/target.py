"""Where the target's clips come from; it has no identities to draw by, but it may have groups."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from reid_datasets.clips import cut
from reid_datasets.labels import columns
from reid_datasets.records import UnlabelledTracklet
from reid_datasets.samplers import BatchSampler, CameraSampler, PKSampler, ShuffledSampler

from uda import config
from uda.batches.feed import Feed
from uda.batches.source import Loading, Place


class TargetFeed(Feed):
    """Clips of N target ``tracklets``: at random, evenly from cameras, or by groups among them."""

    def __init__(
        self,
        tracklets: Sequence[UnlabelledTracklet],
        loading: Loading,
        place: Place,
        batches: int,
    ) -> None:
        data = loading.data
        if any(not isinstance(tracklet, UnlabelledTracklet) for tracklet in tracklets):
            raise TypeError("expected UnlabelledTracklet: call .unlabelled() on target tracklets")
        self.tracklets = tracklets if data.dense is None else cut(tracklets, data.dense)
        self.data, self.place, self.count = data, place, batches
        labels = columns(self.tracklets)
        self.cameras: list[int] = labels["camera"].tolist()
        super().__init__(
            loading.clips(self.tracklets, place.seed),
            self.drawing(None),
            labels,
            lambda index: self.tracklets[index].frames.name(0),
            workers=loading.workers(),
            pin_memory=loading.pin_memory,
        )

    def draw_by(self, groups: Sequence[int] | None) -> None:
        """Draws the next epoch by ``groups``, N numbers with -1 for none; None: as configured."""
        self.redraw(self.drawing(groups))

    def drawing(self, groups: Sequence[int] | None) -> BatchSampler:
        """P groups with K clips each where there are ``groups``, with P and K as for source
        identities, and P no more than there are groups."""
        place = {**self.place._asdict(), "batches": self.count}
        size = clips_in_batch(self.data)
        if groups is not None:
            found = len(np.unique([group for group in groups if group >= 0]))
            people = max(min(size // self.data.instances, found), 1)
            return PKSampler(
                groups, self.cameras, people, self.data.instances, **place,
                spread_cameras=self.data.source_sampling != "identity",
            )  # fmt: skip
        if self.data.target_sampling == "camera_balanced":
            return CameraSampler(self.cameras, size, **place)
        return ShuffledSampler(len(self.cameras), size, **place)


def clips_in_batch(data: config.Data) -> int:
    """Target clips of a batch: as many as source clips unless told."""
    return data.target_clips or data.source_clips
