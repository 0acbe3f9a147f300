"""A shot goes in, crops of light come out: the one door between the generator and Blender."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from vidsynth.blender.session import Light, aim, expose, meter, use_gpu
from vidsynth.blender.stage import Stage, Standing
from vidsynth.cameras.boxes import box_stream, crop_box, truncation
from vidsynth.cameras.camera import Camera
from vidsynth.config import BoxConfig
from vidsynth.people.anatomy import BODY
from vidsynth.people.body import body_model
from vidsynth.seeds import Purpose, stream
from vidsynth.shot import RenderedCrop, Shot

_NEAREST = 0.3  # metres in front of the lens


class Renderer:
    """Renders shots with Cycles. ``quality`` fast, standard or high; ``device`` auto, cpu, gpu."""

    def __init__(self, quality: str, device: str, boxes: BoxConfig) -> None:
        self._quality, self._device, self._boxes = quality, device, boxes
        use_gpu(device)  # a missing GPU is known before the first shot
        body_model()

    def render(self, shot: Shot) -> Iterator[RenderedCrop]:
        """Crops in the order frame, camera, walker; those the box rules drop are never rendered."""
        stage = Stage(shot, self._quality, self._device)
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            gains = _gains(shot, Path(folder))
            stage.enter()
            for frame in range(shot.frames):
                company = stage.at(frame)
                for camera in shot.cameras:
                    aim(camera)
                    for walker, standing in enumerate(company):
                        crop = self._crop(shot, camera, walker, frame, standing, Path(folder))
                        if crop is not None:
                            crop.light[:] *= gains[camera.camera_id]
                            yield crop

    def view(self, shot: Shot, camera: Camera, frame: int) -> Light:
        """The camera's whole frame, people and all."""
        stage = Stage(shot, self._quality, self._device)
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            gain = _gains(shot, Path(folder))[camera.camera_id]
            stage.enter()
            stage.at(frame)
            aim(camera)
            light = expose(camera, (0, 0, camera.width, camera.height), 0, Path(folder))
        light.colour[:] *= gain
        return light

    def _crop(
        self,
        shot: Shot,
        camera: Camera,
        walker: int,
        frame: int,
        standing: Standing,
        folder: Path,
    ) -> RenderedCrop | None:
        pixels, depth = camera.project(standing.outline)
        if depth.min() < _NEAREST:
            return None
        (left, top), (right, bottom) = pixels.min(0), pixels.max(0)
        body_box = (float(left), float(top), float(right), float(bottom))
        rng = box_stream(shot, camera.camera_id, walker, frame)
        box = crop_box(body_box, camera, self._boxes, rng)
        if box is None:
            return None
        samples = stream(shot.seed, Purpose.SAMPLES, camera.camera_id, walker, frame)
        light = expose(camera, box, int(samples.integers(2**31)), folder)
        keypoints = body_model().keypoints(standing.body[None])[0]
        probes, mine = camera.project(standing.probes)[0], light.index == walker + 1
        azimuth, depression, distance = _bearing(camera, standing)
        return RenderedCrop(
            walker=walker,
            camera_id=camera.camera_id,
            frame=frame,
            light=light.colour,
            index=light.index,
            depth=light.depth,
            box=box,
            body_box=body_box,
            visibility=_share_seen(probes, box, mine),
            truncation=truncation(body_box, camera),
            keypoints_3d=keypoints,
            keypoints_2d=camera.project(keypoints)[0],
            azimuth=azimuth,
            depression=depression,
            distance=distance,
        )


def _gains(shot: Shot, folder: Path) -> dict[int, float]:
    gains = {}
    for camera in shot.cameras:
        aim(camera)
        gains[camera.camera_id] = meter(camera, folder)
    return gains


def _bearing(camera: Camera, standing: Standing) -> tuple[float, float, float]:
    """Azimuth and depression (degrees) at which the camera sees a person, and the distance."""
    body = standing.body[BODY]
    to_camera = np.subtract(camera.position, (body.min(0) + body.max(0)) / 2)
    # The face looks along (sin h, -cos h); the person's left is a quarter turn from it.
    face = np.arctan2(-np.cos(standing.heading), np.sin(standing.heading))
    azimuth = np.degrees(np.arctan2(to_camera[1], to_camera[0]) - face) % 360
    depression = np.degrees(np.arctan2(to_camera[2], np.hypot(*to_camera[:2])))
    return float(azimuth), float(depression), float(np.linalg.norm(to_camera))


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
