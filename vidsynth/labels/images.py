"""The columns of a still image of one person: those of a crop, and what it was rendered with."""

from __future__ import annotations

import pyarrow as pa

from vidsynth.develop.backdrop import window
from vidsynth.labels.columns import Column, Table, list_of
from vidsynth.labels.crops import CROPS
from vidsynth.labels.sighting import Sighting, lamps_of, scene_of
from vidsynth.places.backdrops.backdrop import load

Image = Column[Sighting]


def _window(seen: Sighting) -> list[float] | None:
    backdrop = seen.take.backdrop
    if backdrop is None:
        return None
    size = load(backdrop.path).size
    return list(window(size, backdrop.horizon, backdrop.slide, seen.camera))


IMAGES = Table(
    (
        *CROPS.without("tracklet", "position", "offset", "size", "frame", "time", "speed"),
        Image("label_id", pa.int32(), "", "the identity as benchmarks see it, 0 for a distractor",
              lambda s: s.subject.label_id),
        Image("split", pa.string(), "", "train, test or distractor", lambda s: s.subject.split),
        Image("query", pa.bool_(), "", "whether the image is searched for",
              lambda s: s.subject.query),
        Image("outfit_id", pa.int16(), "", "counts the person's outfits from 1",
              lambda s: s.subject.outfit_id),
        Image("clothes_id", pa.int32(), "", "the outfit's number, unique over people",
              lambda s: s.subject.clothes_id),
        Image("number", pa.int32(), "", "counts the label's images under the camera from 1",
              lambda s: s.subject.number),
        Image("site", pa.string(), "", "the site, or picture", lambda s: s.shot.site),
        Image("indoor", pa.bool_(), "", "empty in front of a photograph",
              lambda s: scene_of(s.shot, s.take)["indoor"]),
        Image("hour", pa.string(), "", "indoor and picture are no hour",
              lambda s: scene_of(s.shot, s.take)["hour"]),
        Image("weather", pa.string(), "", "indoor and picture are no weather",
              lambda s: scene_of(s.shot, s.take)["weather"]),
        Image("sky", pa.string(), "", "name of the HDRI, procedural, indoor or picture",
              lambda s: scene_of(s.shot, s.take)["sky"]),
        Image("lamps", pa.string(), "",
              "indoors, which are on: all, alternate, one-side, or windows: few, and light from "
              "one side; empty outdoors", lambda s: lamps_of(s.shot, s.take)[0]),
        Image("lamp_temperature", pa.float32(), "K", "of lamps indoors; NaN outdoors",
              lambda s: lamps_of(s.shot, s.take)[1]),
        Image("background", pa.string(), "", "name of the photograph, empty at a site",
              lambda s: scene_of(s.shot, s.take)["background"]),
        Image("background_window", list_of(pa.float32()), "px",
              "part of the photograph in the frame: x0, y0, x1, y1", _window),
        Image("motion", pa.string(), "", "walk, run, stand or captured",
              lambda s: s.keyframe.manner),
        Image("person_height", pa.float32(), "px", "from head to foot, as asked for",
              lambda s: s.view.height),
        Image("light_intensity", pa.float32(), "",
              "factor on the usual strength of the sun, the lamp near the person or the "
              "photograph's direct light",
              lambda s: s.take.light.intensity if s.take.light else 1.0),
        Image("occluder", pa.string(), "", "box, pole, rail or picture; empty for none",
              lambda s: s.take.occluder.kind if s.take.occluder else ""),
        Image("occluder_cover", pa.float32(), "share",
              "of the person's height, of their width for a pole",
              lambda s: s.take.occluder.cover if s.take.occluder else 0.0),
        Image("occluder_picture", pa.string(), "", "name of the cut-out",
              lambda s: getattr(getattr(s.take.occluder, "picture", None), "name", "")),
        Image("companion_id", pa.int32(), "", "who else is in the picture, 0 for nobody",
              lambda s: s.shot.bystanders[0].person.person_id if s.take.bystanders else 0),
        Image("frame_size", list_of(pa.int32(), 2), "px",
              "width and height of the frame that box lies in",
              lambda s: [s.camera.width, s.camera.height]),
        Image("K", list_of(pa.float64(), 3, 3), "px",
              "the camera's intrinsic matrix: every image has a camera of its own",
              lambda s: s.camera.K.tolist()),
        Image("R", list_of(pa.float64(), 3, 3), "", "rotation from the site to the camera (OpenCV)",
              lambda s: s.camera.R.tolist()),
        Image("t", list_of(pa.float64(), 3), "m", "translation from the site to the camera",
              lambda s: s.camera.t.tolist()),
    )
)  # fmt: skip
"""A row of ``crops/*.parquet`` of a set of still images."""
