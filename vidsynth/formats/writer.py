"""What every format does: ``begin / add / finish`` for each shot, ``index`` for the whole set.

Labels are the same in all formats and written by `run`; a format decides where pictures lie, what
they are called, and which lists other people's readers want beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from vidsynth.files import write_whole

Record = dict[str, Any]
"""A row of a table of labels."""

CROPS_TABLE, VIEWS_TABLE = "crops/{:06d}.parquet", "views/{:06d}.parquet"
"""The tables of a shot, under the data set's root: people in pictures, and whole frames."""


@dataclass(frozen=True)
class TrackletId:
    """A tracklet, whatever a format calls it.

    ``label_id`` is the identity as benchmarks see it, 0 for a distractor; ``number`` counts the
    identity's tracklets under ``camera_id`` from 1 (shots without one leave gaps).
    """

    label_id: int
    camera_id: int
    number: int

    def name(self, digits: int) -> str:
        """``0001C1T0001``, the camera in so many ``digits``; what needs more digits gets them."""
        return f"{self.label_id:04d}C{self.camera_id:0{digits}d}T{self.number:04d}"


@dataclass(frozen=True)
class CropId:
    """A crop of a tracklet: ``frame`` counts the shot's frames from 0; ``split`` is train, test or
    distractor."""

    tracklet: TrackletId
    split: str
    frame: int


@dataclass(frozen=True)
class ImageId:
    """A still image of one person: ``place`` numbers the sites from 1, ``number`` the images of a
    label under a camera from 1; ``query`` where it is searched for."""

    split: str
    query: bool
    label_id: int
    camera_id: int
    place: int
    number: int


@dataclass(frozen=True)
class FrameId:
    """A whole frame of a camera: ``frame`` counts the shot's from 0; ``split`` train or test."""

    split: str
    camera_id: int
    shot: int
    frame: int


@dataclass(frozen=True)
class Sizes:
    """What a data set is going to hold, at most: ``digits`` is how many a camera's number has."""

    identities: int
    distractors: int
    cameras: int
    sightings: int
    frames: int
    digits: int = 1


@dataclass(frozen=True)
class ShotRoom:
    """The folder a shot is written to before it moves into the data set.

    ``path`` the folder, laid out as the data set is; ``shot`` the shot's index; ``fps`` frames per
    second; ``crf`` H.264 quality of videos; ``digits`` of a camera's number in names.
    """

    path: Path
    shot: int = 0
    fps: float = 1.0
    crf: int = 18
    digits: int = 1


@dataclass
class Contents:
    """What a shot holds once the filters have spoken.

    ``tracklets`` rows of TRACKLETS; ``crops`` for each tracklet its rows of CROPS in time order, of
    still images one list of rows of IMAGES. Of whole frames: ``frames`` rows of VIEWS in order of
    camera and frame, ``crops`` rows of SIGHTS, and ``ignored`` those of people in no tracklet. A
    row's ``file`` is where `add` put its picture.
    """

    tracklets: list[Record] = field(default_factory=list)
    crops: list[list[Record]] = field(default_factory=list)
    frames: list[Record] = field(default_factory=list)
    ignored: list[Record] = field(default_factory=list)


class Writer:
    """Writes one shot at a time; made without arguments. A format says where pictures lie
    (`place`), which files a shot ends in (`finish`), and which lists the data set has (`index`)."""

    whole: ClassVar[bool] = False
    """Whether pictures are whole frames; else they are crops of one person each."""
    lists: ClassVar[tuple[str, ...]] = ()
    """Every file that `index` writes, under the data set's root."""

    @classmethod
    def check(cls, sizes: Sizes) -> None:
        """Raises OutputError where the format cannot hold so much. Default: it can."""

    def begin(self, room: ShotRoom) -> None:
        """Takes the room of the shot that is to be written."""
        self._room = room

    def place(self, picture: Any) -> str:
        """Where a picture lies, under the data set's root.

        ``picture`` names it: a CropId, an ImageId or a FrameId, as the format takes.
        """
        raise NotImplementedError

    def add(self, picture: Any, jpeg: bytes) -> str:
        """Stores a developed picture and returns its `place`."""
        return store(self._room, self.place(picture), jpeg)

    def finish(self, contents: Contents) -> list[str]:
        """Lays the shot's files out and returns the names of those that belong to the data set.

        Sets each tracklet's ``path`` and, in the records of pictures that move into videos or
        shards, ``file`` and where in it they are. Pictures no record names are left behind.
        """
        raise NotImplementedError

    @classmethod
    def index(cls, root: Path, markers: Sequence[Record]) -> None:
        """Writes the lists of the whole data set from all finished shots' markers. Default: none.

        Idempotent: the same markers give the same bytes, whatever was there before.
        """


def name_folders(contents: Contents) -> None:
    """Sets each tracklet's ``path`` to the folder of its pictures."""
    for tracklet, records in zip(contents.tracklets, contents.crops, strict=True):
        tracklet["path"] = Path(records[0]["file"]).parent.as_posix()


def store(room: ShotRoom, file: str, jpeg: bytes) -> str:
    """Writes ``jpeg`` at ``file`` in the room, with the folders it needs; returns ``file``."""
    path = room.path / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg)
    return file


def replace_text(path: Path, text: str) -> None:
    """Replaces a list of the data set at once."""
    write_whole(path, text.encode())
