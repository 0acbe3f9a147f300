"""The takes of a shot: which camera films which frame, and in which order."""

from __future__ import annotations

from pathlib import Path

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.config import TrackletConfig
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.planning.take import frames_by_cameras
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.settings import load_config


def camera(camera_id: int) -> Camera:
    return Camera(camera_id, "open", 64, 48, 50.0, (4.0, 0.0, 2.0), (0.0, 0.0, 1.0), Photometry())


def test_every_camera_films_every_frame_and_photographs_come_last() -> None:
    wall = Backdrop(Path("wall.png"))
    takes = frames_by_cameras(2, tuple(map(camera, (1, 2, 3))), backdrops={2: wall, 9: wall})
    assert [(take.frame, take.camera_id) for take in takes] == [
        (0, 1), (0, 3), (1, 1), (1, 3), (0, 2), (1, 2)
    ]  # fmt: skip
    assert [take.backdrop for take in takes] == [None] * 4 + [wall] * 2


def test_a_shot_of_tracklets_is_frames_by_cameras_with_its_walkers_named() -> None:
    plan = TrackletPlan(TrackletConfig(identities=4, frames=4))
    shot, outline = plan.shot(1), plan.outlines[1]
    assert [(t.frame, t.camera_id) for t in shot.takes] == [
        (frame, camera_id) for frame in range(4) for camera_id in outline.camera_ids
    ]
    assert {take.subjects for take in shot.takes} == {plan.subjects(1)}
    named = tuple(subject.person_id for subject in shot.takes[0].subjects)
    assert named == tuple(walker.person.person_id for walker in shot.walkers) == outline.person_ids
    assert (shot.unit, shot.frames) == ("crop", 4)
    assert tuple(c.camera_id for c in shot.cameras) == outline.camera_ids
    whole = TrackletPlan(load_config(None, ["output.format=coco"], identities=4))
    assert whole.shot(0).unit == "frame"
