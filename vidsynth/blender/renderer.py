"""A shot goes in, crops of light come out: the one door between the generator and Blender."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vidsynth.blender.place import build_place
from vidsynth.blender.session import aim, expose, meter, new_scene
from vidsynth.blender.sky import daylight, hang_sky
from vidsynth.blender.walkers import Actor, cast
from vidsynth.cameras.boxes import box_stream, crop_box, truncation
from vidsynth.cameras.camera import Camera
from vidsynth.config import BoxConfig
from vidsynth.motion.gait import joint_rotations
from vidsynth.motion.walk import Placement, place, stride
from vidsynth.people.anatomy import BODY
from vidsynth.people.body import body_model
from vidsynth.people.figure import Figure, dress
from vidsynth.seeds import Purpose, stream
from vidsynth.shot import RenderedCrop, Shot, Walker

_PROBES = 400


@dataclass(frozen=True, eq=False)
class _Cast:
    """A walker ready to be put anywhere in time: ``bodies`` (T, V, 3) around the hips."""

    actor: Actor
    figure: Figure
    placement: Placement
    bodies: np.ndarray


class Renderer:
    """Renders shots with Cycles. ``quality`` fast, standard or high; ``device`` auto, cpu, gpu."""

    def __init__(self, quality: str, device: str, boxes: BoxConfig) -> None:
        self._quality, self._device, self._boxes = quality, device, boxes
        self._model = body_model()

    def render(self, shot: Shot) -> Iterator[RenderedCrop]:
        """Crops in the order frame, camera, walker; those the box rules drop are never rendered."""
        new_scene(self._quality, self._device)
        build_place(shot.place)
        light = daylight(shot.hour, shot.weather, shot.place.indoor)
        hang_sky(light, shot.weather, stream(shot.seed, Purpose.SUN))
        times = np.arange(shot.frames) / shot.fps
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            gains = {}
            for camera in shot.cameras:
                aim(camera)
                gains[camera.camera_id] = meter(camera, Path(folder))
            company = [self._cast(w, times, k + 1) for k, w in enumerate(shot.walkers)]
            for frame in range(shot.frames):
                stage = [_stand(member, frame) for member in company]
                for member, (figure, _) in zip(company, stage, strict=True):
                    member.actor.move(figure)
                for camera in shot.cameras:
                    aim(camera)
                    for walker, (figure, body) in enumerate(stage):
                        seen = self._view(shot, camera, walker, frame, figure, Path(folder))
                        if seen is not None:
                            heading = company[walker].placement.heading[frame]
                            seen["light"] *= gains[camera.camera_id]
                            yield self._crop(seen, camera, body, float(heading))

    def _cast(self, walker: Walker, times: np.ndarray, index: int) -> _Cast:
        person = walker.person
        shape = self._model.shape(person.body)
        figure = dress(person, shape)
        cycle = stride(person.gait, shape)
        placement = place(walker.path, walker.start, walker.phase, person.gait.speed, cycle, times)
        rotations = joint_rotations(person.gait, placement.phase, cycle.leg_swing)
        return _Cast(
            cast(person, figure, index), figure, placement, self._model.pose(shape, rotations)
        )

    def _view(
        self, shot: Shot, camera: Camera, walker: int, frame: int, figure: np.ndarray, folder: Path
    ) -> dict | None:
        pixels, depth = camera.project(figure)
        if depth.min() < 0.3:
            return None
        body_box = (*pixels.min(0).tolist(), *pixels.max(0).tolist())
        rng = box_stream(shot, camera.camera_id, walker, frame)
        box = crop_box(body_box, camera, self._boxes, rng)
        if box is None:
            return None
        seed = int(
            stream(shot.seed, Purpose.SAMPLES, camera.camera_id, walker, frame).integers(2**31)
        )
        light = expose(camera, box, seed, folder)
        probes = pixels[:: max(1, len(pixels) // _PROBES)]
        return {
            "walker": walker,
            "camera_id": camera.camera_id,
            "frame": frame,
            "light": light.colour,
            "index": light.index,
            "depth": light.depth,
            "box": box,
            "body_box": body_box,
            "visibility": _share_seen(probes, box, light.index == walker + 1),
            "truncation": truncation(body_box, camera),
        }

    def _crop(self, seen: dict, camera: Camera, body: np.ndarray, heading: float) -> RenderedCrop:
        keypoints = self._model.keypoints(body[None])[0]
        centre = (body[BODY].min(0) + body[BODY].max(0)) / 2
        to_camera = np.subtract(camera.position, centre)
        # The face looks along (sin h, -cos h); the person's left is a quarter turn from it.
        angle = np.arctan2(to_camera[1], to_camera[0]) - np.arctan2(
            -np.cos(heading), np.sin(heading)
        )
        ground = float(np.hypot(*to_camera[:2]))
        return RenderedCrop(
            **seen,
            keypoints_3d=keypoints,
            keypoints_2d=camera.project(keypoints)[0],
            azimuth=float(np.degrees(angle) % 360),
            depression=float(np.degrees(np.arctan2(to_camera[2], ground))),
            distance=float(np.linalg.norm(to_camera)),
        )


def _stand(member: _Cast, frame: int) -> tuple[np.ndarray, np.ndarray]:
    """The figure's and the body's vertices in the world, the lowest sole on the ground."""
    body = member.bodies[frame]
    figure = member.figure.pose(body)
    heading, (x, y) = member.placement.heading[frame], member.placement.position[frame]
    c, s = np.cos(heading), np.sin(heading)
    turn = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]], np.float32)
    shift = np.array([x, y, -figure[:, 2].min()], np.float32)
    return figure @ turn + shift, body @ turn + shift


def _share_seen(probes: np.ndarray, box: tuple[int, int, int, int], mine: np.ndarray) -> float:
    """Share of projected points (N, 2) that land on the person's own pixels."""
    x0, y0, x1, y1 = box
    x, y = np.floor(probes).astype(int).T
    inside = (x >= x0) & (x < x1) & (y >= y0) & (y < y1)
    # A point on the outline may round to the pixel beside it.
    grown = mine.copy()
    grown[1:] |= mine[:-1]
    grown[:-1] |= mine[1:]
    grown[:, 1:] |= mine[:, :-1]
    grown[:, :-1] |= mine[:, 1:]
    hit = grown[y[inside] - y0, x[inside] - x0]
    return float(hit.sum() / max(len(probes), 1))
