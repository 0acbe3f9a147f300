"""The columns of a tracklet: one person under one camera in one shot."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from vidsynth.labels.columns import Column, Table
from vidsynth.labels.sighting import lamps_of, scene_of, time_of
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import Subject, Take


@dataclass(frozen=True)
class Tracklet:
    """The takes of a walker of a shot, all by one camera, that are worth keeping; ``name`` is that
    of the tracklet."""

    shot: Shot
    walker: int
    takes: tuple[Take, ...]
    name: str

    @property
    def subject(self) -> Subject:
        return self.takes[0].subjects[self.walker]


Track = Column[Tracklet]

TRACKLETS = Table(
    (
        Track("tracklet", pa.string(), "", "its name", lambda t: t.name),
        Track("person_id", pa.int32(), "", "the person", lambda t: t.subject.person_id),
        Track("label_id", pa.int32(), "", "the identity as benchmarks see it, 0 for a distractor",
              lambda t: t.subject.label_id),
        Track("split", pa.string(), "", "train, test or distractor", lambda t: t.subject.split),
        Track("outfit_id", pa.int16(), "", "counts the person's outfits from 1",
              lambda t: t.subject.outfit_id),
        Track("clothes_id", pa.int32(), "", "the outfit's number, unique over people",
              lambda t: t.subject.clothes_id),
        Track("camera_id", pa.int16(), "", "the camera, from 1", lambda t: t.takes[0].camera_id),
        Track("shot", pa.int32(), "", "the shot, from 0", lambda t: t.shot.index),
        Track("site", pa.string(), "", "the site, or picture",
              lambda t: scene_of(t.shot, t.takes[0])["site"]),
        Track("indoor", pa.bool_(), "", "empty in front of a photograph",
              lambda t: scene_of(t.shot, t.takes[0])["indoor"]),
        Track("weather", pa.string(), "", "indoor and picture are no weather",
              lambda t: scene_of(t.shot, t.takes[0])["weather"]),
        Track("hour", pa.string(), "", "indoor and picture are no hour",
              lambda t: scene_of(t.shot, t.takes[0])["hour"]),
        Track("sky", pa.string(), "", "name of the HDRI, procedural, indoor or picture",
              lambda t: scene_of(t.shot, t.takes[0])["sky"]),
        Track("lamps", pa.string(), "",
              "indoors, which are on: all, alternate, one-side, or windows: few, and light from "
              "one side; empty outdoors", lambda t: lamps_of(t.shot, t.takes[0])[0]),
        Track("lamp_temperature", pa.float32(), "K", "of lamps indoors; NaN outdoors",
              lambda t: lamps_of(t.shot, t.takes[0])[1]),
        Track("motion", pa.string(), "", "walk, run, stand or captured",
              lambda t: t.shot.walkers[t.walker].manner),
        Track("party", pa.int16(), "",
              "people of a shot who keep together have one number, from 1; 0 for who is alone",
              lambda t: t.shot.walkers[t.walker].party),
        Track("pace", pa.float32(), "m/s",
              "at which the person goes: the party's, or that of their own gait; 0 for who stands",
              lambda t: t.shot.walkers[t.walker].speed),
        Track("start_time", pa.float64(), "s", "of the first crop",
              lambda t: time_of(t.shot, t.takes[0].frame)),
        Track("background", pa.string(), "", "name of the photograph, empty at a site",
              lambda t: scene_of(t.shot, t.takes[0])["background"]),
        Track("fps", pa.float32(), "1/s", "frames per second", lambda t: t.shot.fps),
        Track("frames", pa.int16(), "", "how many crops there are",
              lambda t: [take.frame for take in t.takes]),
        Track("path", pa.string(), "", "the video or shard, or the folder of the images"),
        Track("query", pa.bool_(), "", "whether the tracklet is searched for"),
    )
)  # fmt: skip
"""A row of ``tracklets.parquet``. A shot's marker holds it with the list of its ``frames``, which
are counted when markers are gathered; ``path`` is the format's, ``query`` the whole set's to say.
"""
