"""A shot goes in, crops of light come out: the one door between the generator and Blender."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np

from vidsynth.blender.heap import give_back
from vidsynth.blender.session import Light, aim, expose, meter, use_gpu
from vidsynth.blender.stage import Stage, Standing
from vidsynth.blender.studio import Studio
from vidsynth.body.anatomy import BODY
from vidsynth.body.model import body_model
from vidsynth.cameras.boxes import box_stream, crop_box, loose_box, truncation
from vidsynth.cameras.camera import Camera
from vidsynth.config import BoxConfig
from vidsynth.develop.backdrop import behind, over
from vidsynth.develop.photometry import WHOLE_FRAME
from vidsynth.develop.picture import RenderedCrop, RenderedFrame
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.backdrops.light import ambience
from vidsynth.places.sky.light import daylight
from vidsynth.planning.shot import Shot
from vidsynth.seeds import Purpose, stream

_NEAREST = 0.3  # metres in front of the lens
_HIPS = [11, 12]
_BLINK = 1e-3  # seconds

Picture = TypeVar("Picture", RenderedCrop, RenderedFrame)
Look = Callable[[Camera, int, list[Standing], Path, Backdrop | None], Iterator[Picture]]
"""Takes pictures of the people who stand in a frame of a camera that has been aimed."""


class Renderer:
    """Renders shots with Cycles. ``quality`` fast, standard or high; ``device`` auto, cpu, gpu."""

    def __init__(self, quality: str, device: str, boxes: BoxConfig) -> None:
        self._quality, self._device, self._boxes = quality, device, boxes
        use_gpu(device)  # a missing GPU is known before the first shot
        body_model()

    def render(self, shot: Shot) -> Iterator[RenderedCrop]:
        """Crops in the order frame, camera, walker; those the box rules drop are never rendered.

        Cameras with a photograph come after all others, one by one.
        """

        def look(
            camera: Camera, frame: int, company: list[Standing], folder: Path, back: Backdrop | None
        ) -> Iterator[RenderedCrop]:
            for walker, standing in enumerate(company):
                crop = self.crop(shot, camera, walker, frame, standing, folder, back)
                if crop is not None:
                    yield crop

        return self._pictures(shot, look)

    def render_frames(self, shot: Shot) -> Iterator[RenderedFrame]:
        """Whole frames in the order frame, camera; all of them, whoever is there."""

        def look(
            camera: Camera, frame: int, company: list[Standing], folder: Path, back: Backdrop | None
        ) -> Iterator[RenderedFrame]:
            yield self._frame(shot, camera, frame, company, folder, back)

        return self._pictures(shot, look)

    def _pictures(self, shot: Shot, look: Look[Picture]) -> Iterator[Picture]:
        stage = Stage(shot, self._quality, self._device)
        backdrops = dict(shot.backdrops)
        built = tuple(c for c in shot.cameras if c.camera_id not in backdrops)
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            gains = _gains(shot, built, Path(folder))
            stage.enter()
            if built:
                for picture in _film(shot, stage, built, Path(folder), look):
                    picture.light[:] *= gains[picture.camera_id]
                    yield picture
            studio = None
            for camera in shot.cameras:
                if camera.camera_id in backdrops:
                    studio = studio or Studio()
                    backdrop = backdrops[camera.camera_id]
                    light = ambience(backdrop.path)
                    studio.light(light, camera, light.side)
                    yield from _film(shot, stage, (camera,), Path(folder), look, backdrop)
        give_back()

    def view(self, shot: Shot, camera: Camera, frame: int) -> Light:
        """The camera's whole frame, people and all."""
        stage = Stage(shot, self._quality, self._device)
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            whole = (0, 0, camera.width, camera.height)
            backdrop = dict(shot.backdrops).get(camera.camera_id)
            gain = 1.0 if backdrop else _gains(shot, (camera,), Path(folder))[camera.camera_id]
            stage.enter()
            stage.at(frame)
            if backdrop:
                ambient = ambience(backdrop.path)
                Studio().light(ambient, camera, ambient.side)
            aim(camera)
            light = expose(camera, whole, 0, Path(folder))
        if backdrop:
            light.colour[:] = over(
                light.colour, light.alpha, light.index, behind(backdrop, camera, whole)
            )
        light.colour[:] *= gain
        return light

    def crop(
        self,
        shot: Shot,
        camera: Camera,
        walker: int,
        frame: int,
        standing: Standing,
        folder: Path,
        backdrop: Backdrop | None = None,
    ) -> RenderedCrop | None:
        """One person in one frame, before exposure; None where the box rules drop them."""
        pixels, depth = camera.project(standing.outline)
        if depth.min() < _NEAREST:
            return None
        (left, top), (right, bottom) = pixels.min(0), pixels.max(0)
        body_box = (float(left), float(top), float(right), float(bottom))
        rng = box_stream(shot.seed, camera.camera_id, walker, frame)
        box = crop_box(body_box, camera, self._boxes, rng)
        if box is None:
            return None
        samples = stream(shot.seed, Purpose.SAMPLES, camera.camera_id, walker, frame)
        light = expose(camera, box, int(samples.integers(2**31)), folder)
        if backdrop is not None:
            light.colour[:] = over(
                light.colour, light.alpha, light.index, behind(backdrop, camera, box)
            )
        return _seen(shot, camera, walker, frame, standing, light, box, body_box)

    def _frame(
        self,
        shot: Shot,
        camera: Camera,
        frame: int,
        company: list[Standing],
        folder: Path,
        backdrop: Backdrop | None,
    ) -> RenderedFrame:
        """A whole frame, before exposure, with the walkers who show in it."""
        whole = (0, 0, camera.width, camera.height)
        samples = stream(shot.seed, Purpose.SAMPLES, camera.camera_id, WHOLE_FRAME, frame)
        light = expose(camera, whole, int(samples.integers(2**31)), folder)
        if backdrop is not None:
            light.colour[:] = over(
                light.colour, light.alpha, light.index, behind(backdrop, camera, whole)
            )
        shown, people = set(np.unique(light.index).tolist()), []
        for walker, standing in enumerate(company):
            pixels, depth = camera.project(standing.outline)
            if walker + 1 not in shown or depth.min() < _NEAREST:
                continue
            (left, top), (right, bottom) = pixels.min(0), pixels.max(0)
            body_box = (float(left), float(top), float(right), float(bottom))
            rng = box_stream(shot.seed, camera.camera_id, walker, frame)
            x0, y0, x1, y1 = box = loose_box(body_box, camera, self._boxes, rng)
            if x0 >= x1 or y0 >= y1:
                continue
            part = (slice(y0, y1), slice(x0, x1))
            cut = Light(light.colour[part], light.index[part], light.depth[part], light.alpha[part])
            people.append(_seen(shot, camera, walker, frame, standing, cut, box, body_box))
        return RenderedFrame(
            camera.camera_id, frame, light.colour, light.index, light.depth, tuple(people)
        )


def _film(
    shot: Shot,
    stage: Stage,
    cameras: tuple[Camera, ...],
    folder: Path,
    look: Look[Picture],
    backdrop: Backdrop | None = None,
) -> Iterator[Picture]:
    for frame in range(shot.frames):
        company = stage.at(frame)
        for camera in cameras:
            aim(camera)
            yield from look(camera, frame, company, folder, backdrop)


def _seen(
    shot: Shot,
    camera: Camera,
    walker: int,
    frame: int,
    standing: Standing,
    light: Light,
    box: tuple[int, int, int, int],
    body_box: tuple[float, float, float, float],
) -> RenderedCrop:
    """A person as ``light`` over ``box`` shows them, with all their labels."""
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
        velocity=_image_velocity(camera, keypoints[_HIPS].mean(0), standing.velocity),
    )


def _gains(shot: Shot, cameras: tuple[Camera, ...], folder: Path) -> dict[int, float]:
    gains = {}
    exposure = daylight(shot.hour, shot.weather, shot.place.indoor).exposure
    for camera in cameras:
        aim(camera)
        gains[camera.camera_id] = exposure * meter(camera, folder)
    return gains


def _bearing(camera: Camera, standing: Standing) -> tuple[float, float, float]:
    """Azimuth and depression (degrees) at which the camera sees a person, and the distance."""
    body = standing.body[BODY]
    to_camera = np.subtract(camera.position, (body.min(0) + body.max(0)) / 2)
    # The face looks along (sin h, -cos h); the person's left is a quarter turn from it.
    face = np.arctan2(-np.cos(standing.heading), np.sin(standing.heading))
    azimuth = np.degrees(np.arctan2(to_camera[1], to_camera[0]) - face)
    azimuth = round(float(azimuth), 4) % 360  # from the front it is 0, never 359.99999
    depression = np.degrees(np.arctan2(to_camera[2], np.hypot(*to_camera[:2])))
    return azimuth, float(depression), float(np.linalg.norm(to_camera))


def _image_velocity(camera: Camera, point: np.ndarray, velocity: np.ndarray) -> tuple[float, float]:
    """Pixels per second at which a point (3,) of that velocity, m/s, crosses the frame."""
    ends = camera.project(np.stack([point - _BLINK * velocity, point + _BLINK * velocity]))[0]
    x, y = (ends[1] - ends[0]) / (2 * _BLINK)
    return float(x), float(y)


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
