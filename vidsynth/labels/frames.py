"""The columns of a whole frame of one camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from vidsynth.develop.picture import Box, RenderedPicture
from vidsynth.labels.columns import Column, Table, list_of
from vidsynth.labels.masks import encode_mask
from vidsynth.labels.sighting import scene_of, time_of
from vidsynth.planning.shot import Shot


@dataclass(frozen=True, eq=False)
class FrameView:
    """A whole frame of a shot, stored as ``file``, of the half ``split`` (train or test)."""

    shot: Shot
    picture: RenderedPicture
    file: str
    split: str

    @cached_property
    def others(self) -> tuple[tuple[int, np.ndarray], ...]:
        """Person id and mask (H, W) of those who show but are no `RenderedPerson` of the frame."""
        index = self.picture.index
        known = [w.person.person_id for w in (*self.shot.walkers, *self.shot.bystanders)]
        people = {0} | {person.walker + 1 for person in self.picture.people}
        shown = [k for k in np.unique(index).tolist() if k not in people]
        return tuple((known[k - 1], index == k) for k in shown)


def around(mask: np.ndarray) -> Box:
    """The smallest box around what is in a mask (H, W)."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


Frame = Column[FrameView]

VIEWS = Table(
    (
        Frame("file", pa.string(), "", "under the data set's root: an image or a video",
              lambda v: v.file),
        Frame("camera_id", pa.int16(), "", "the camera, from 1",
              lambda v: v.picture.camera.camera_id),
        Frame("shot", pa.int32(), "", "the shot, from 0", lambda v: v.shot.index),
        Frame("frame", pa.int16(), "", "counts the frames of the shot from 0",
              lambda v: v.picture.take.frame),
        Frame("time", pa.float64(), "s", "on the data set's clock, from midnight of day 0",
              lambda v: time_of(v.shot, v.picture.take.frame)),
        Frame("split", pa.string(), "", "train or test: nobody with a label is in frames of both",
              lambda v: v.split),
        Frame("width", pa.int32(), "px", "of the frame", lambda v: v.picture.index.shape[1]),
        Frame("height", pa.int32(), "px", "of the frame", lambda v: v.picture.index.shape[0]),
        Frame("site", pa.string(), "", "the site, or picture",
              lambda v: scene_of(v.shot, v.picture.take)["site"]),
        Frame("indoor", pa.bool_(), "", "empty in front of a photograph",
              lambda v: scene_of(v.shot, v.picture.take)["indoor"]),
        Frame("weather", pa.string(), "", "indoor and picture are no weather",
              lambda v: scene_of(v.shot, v.picture.take)["weather"]),
        Frame("hour", pa.string(), "", "indoor and picture are no hour",
              lambda v: scene_of(v.shot, v.picture.take)["hour"]),
        Frame("others_id", list_of(pa.int32()), "",
              "people without a row in crops: bystanders, and who is nearer to the lens than 0.3 m",
              lambda v: [person_id for person_id, _ in v.others]),
        Frame("others_box", pa.list_(pa.list_(pa.int32(), 4)), "px",
              "x0, y0, x1, y1 of what shows of them",
              lambda v: [list(around(mask)) for _, mask in v.others]),
        Frame("others_mask", list_of(pa.string()), "", "COCO's counts of each, over the frame",
              lambda v: [encode_mask(mask) for _, mask in v.others]),
    )
)  # fmt: skip
"""A row of ``views/*.parquet``."""
