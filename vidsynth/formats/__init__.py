"""How a data set lies on disk: one file a format, each a writer (see `formats/writer.py`)."""

from __future__ import annotations

from vidsynth.formats.coco import Coco
from vidsynth.formats.frames import Frames
from vidsynth.formats.market1501 import Market1501
from vidsynth.formats.mars import Mars
from vidsynth.formats.mot import Mot
from vidsynth.formats.mp4 import Mp4
from vidsynth.formats.video import Video
from vidsynth.formats.webdataset import WebDataset
from vidsynth.formats.writer import Writer

FORMATS: dict[str, type[Writer]] = {
    "mars": Mars,
    "mp4": Mp4,
    "webdataset": WebDataset,
    "market1501": Market1501,
    "frames": Frames,
    "video": Video,
    "coco": Coco,
    "mot": Mot,
}
"""Writers by what dataset.json calls their layout."""
