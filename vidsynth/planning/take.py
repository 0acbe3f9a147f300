"""What one exposure is made of, as plain data: which camera, in which frame, under what light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vidsynth.cameras.camera import Camera
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.planning.framing import Framing


@dataclass(frozen=True)
class KeyLight:
    """Direct light ``azimuth`` degrees right of the camera, None where the place has it;
    ``elevation`` degrees, None for the hour's; ``intensity`` a factor."""

    azimuth: float | None = None
    elevation: float | None = None
    intensity: float = 1.0


@dataclass(frozen=True)
class Occluder:
    """Something between camera and person: ``kind`` box, pole, rail or picture.

    ``cover`` share of the person's height (of the width, for a pole); ``near`` metres before the
    person's middle; ``aside`` metres to the camera's right; ``width`` metres; ``colour``
    sRGB; ``picture`` the file of a cut-out.
    """

    kind: str
    cover: float
    near: float
    aside: float
    width: float
    colour: tuple[float, float, float]
    picture: Path | None = None


@dataclass(frozen=True)
class Subject:
    """How a walker is named in the data set.

    ``label_id`` is the identity as benchmarks see it, 0 for a distractor; ``split`` train, test or
    distractor; ``outfit_id`` counts the person's outfits from 1, ``clothes_id`` is unique over all
    people; ``number`` counts from 1, under a camera, the identity's tracklets, or its images where
    they stand alone; ``query`` says of such an image whether it is searched for.
    """

    person_id: int
    label_id: int
    split: str
    outfit_id: int
    clothes_id: int
    number: int
    query: bool = False


@dataclass(frozen=True)
class Take:
    """One exposure of a shot: frame ``frame``, from 0, through ``camera``.

    A camera is one of a network, or a framing that becomes a camera once the first walker has
    taken their pose. ``subjects`` name the shot's walkers, in their order. ``light`` None is the
    light of the place; ``backdrop`` a photograph in place of the site; ``bystanders`` whether those
    of the shot are there.
    """

    frame: int
    camera: Camera | Framing
    subjects: tuple[Subject, ...] = ()
    light: KeyLight | None = None
    occluder: Occluder | None = None
    backdrop: Backdrop | None = None
    bystanders: bool = True

    @property
    def camera_id(self) -> int:
        return self.camera.camera_id


def frames_by_cameras(
    frames: int,
    cameras: tuple[Camera, ...],
    subjects: tuple[Subject, ...] = (),
    backdrops: Mapping[int, Backdrop] | None = None,
) -> tuple[Take, ...]:
    """A take of every camera in every frame. Cameras, by id, that have a photograph in place of
    the site come after all others, one by one."""
    behind = backdrops or {}
    built = [camera for camera in cameras if camera.camera_id not in behind]
    takes = [Take(frame, camera, subjects) for frame in range(frames) for camera in built]
    for camera in cameras:
        backdrop = behind.get(camera.camera_id)
        if backdrop is not None:
            takes += [Take(k, camera, subjects, backdrop=backdrop) for k in range(frames)]
    return tuple(takes)
