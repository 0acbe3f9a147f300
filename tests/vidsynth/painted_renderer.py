"""Stands in for Blender: people as flat silhouettes on a flat ground, fast and deterministic."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from vidsynth.cameras.boxes import box_stream, crop_box, loose_box, truncation
from vidsynth.cameras.camera import Camera
from vidsynth.cameras.views import person_boxes
from vidsynth.config import BoxConfig
from vidsynth.develop.picture import Box, DirectLight, RenderedPerson, RenderedPicture
from vidsynth.geometry.polylines import points_at
from vidsynth.planning.framing import Framing
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import Take


class PaintedRenderer:
    """Paints each person's box in the colour of the upper garment over that of the lower."""

    def __init__(self, quality: str, device: str, boxes: BoxConfig) -> None:
        self.boxes = boxes

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        for take in shot.takes:
            if shot.unit == "frame":
                yield self._frame(shot, take)
                continue
            paint = self._image if shot.unit == "image" else self._crop
            for number in range(len(shot.walkers)):
                picture = paint(shot, take, number)
                if picture is not None:
                    yield picture

    def _crop(self, shot: Shot, take: Take, number: int) -> RenderedPicture | None:
        camera, walker = camera_of(take), shot.walkers[number]
        distance = walker.reached(np.array([take.frame / shot.fps]))
        place = points_at(np.array(walker.path), distance)
        found = person_boxes(camera, place, walker.person.body.stature)[0]
        body = (float(found[0]), float(found[1]), float(found[2]), float(found[3]))
        depth = float(found[4])
        rng = box_stream(shot.seed, camera.camera_id, number, take.frame)
        box = crop_box(body, camera, self.boxes, rng)
        if box is None or depth < 0.5:
            return None
        height, width = box[3] - box[1], box[2] - box[0]
        index = np.zeros((height, width), dtype=np.int16)
        x0, y0 = max(0, round(body[0]) - box[0]), max(0, round(body[1]) - box[1])
        index[y0 : round(body[3]) - box[1], x0 : round(body[2]) - box[0]] = number + 1
        light = np.full((height, width, 3), 0.18, dtype=np.float32)
        light[index > 0] = np.square(walker.person.lower.colour)
        upper = index > 0
        upper[height // 2 :] = False
        light[upper] = np.square(walker.person.upper.colour)
        joints = np.tile(np.append(place[0], 1.0), (17, 1))
        person = seen(camera, number, box, body, joints, (0.0, 10.0, depth))
        away = np.full((height, width), depth, dtype=np.float32)
        return RenderedPicture(take, camera, box, light, index, away, (person,))

    def _image(self, shot: Shot, take: Take, number: int) -> RenderedPicture | None:
        assert isinstance(take.camera, Framing)
        walker, view = shot.walkers[number], take.camera.view
        at, stature = walker.keyframes[take.frame], walker.person.body.stature
        corners = np.array([(x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (0, 1)])
        body = corners * (0.25, 0.25, stature) + (at.x, at.y, 0.0)
        middle = body.mean(0)
        camera = take.camera.around(body, middle)
        pixels, depth = camera.project(body)
        (left, top), (right, bottom) = pixels.min(0), pixels.max(0)
        found = (float(left), float(top), float(right), float(bottom))
        rng = box_stream(shot.seed, take.camera_id, number, take.frame)
        box = crop_box(found, camera, self.boxes, rng, view.aspect)
        if box is None:
            return None
        size = (box[3] - box[1], box[2] - box[0])
        index = np.zeros(size, np.int16)
        index[2:-2, 2:-2] = number + 1
        light = np.full((*size, 3), 0.18, np.float32)
        light[index > 0] = np.square(walker.person.upper.colour)
        angles = (view.azimuth, view.depression, view.distance)
        person = seen(camera, number, box, found, np.tile(middle, (17, 1)), angles)
        away = np.full(size, depth[0], np.float32)
        return RenderedPicture(take, camera, box, light, index, away, (person,))

    def _frame(self, shot: Shot, take: Take) -> RenderedPicture:
        """The same silhouettes over whole frames, the nearest in front; joints one below the other
        in them. Bystanders are painted too."""
        camera = camera_of(take)
        size = (camera.height, camera.width)
        index, depth = np.zeros(size, np.int16), np.full(size, 1e3, np.float32)
        light = np.full((*size, 3), 0.18, np.float32)
        found = []
        for number, walker in enumerate((*shot.walkers, *shot.bystanders)):
            at = walker.reached(np.array([take.frame / shot.fps]))
            place = points_at(np.array(walker.path), at)
            x0, y0, x1, y1, away = person_boxes(camera, place, walker.person.body.stature)[0]
            if away < 0.5:
                continue
            rows, columns = (
                slice(*np.clip(np.round(edges).astype(int), 0, most))
                for edges, most in (((y0, y1), camera.height), ((x0, x1), camera.width))
            )
            middle = (*place[0], walker.person.body.stature / 2)
            away = camera.project(np.array([middle]))[1][0]
            nearer = depth[rows, columns] > away
            depth[rows, columns][nearer] = away
            index[rows, columns][nearer] = number + 1
            light[rows, columns][nearer] = np.square(walker.person.upper.colour)
            found.append((number, place[0], (float(x0), float(y0), float(x1), float(y1))))
        people = []
        for number, (x, y), body in found:
            if number >= len(shot.walkers) or not (index == number + 1).any():
                continue
            rng = box_stream(shot.seed, camera.camera_id, number, take.frame)
            box = loose_box(body, camera, self.boxes, rng)
            tall = shot.walkers[number].person.body.stature
            joints = np.array([(x, y, tall * (0.95 - 0.05 * k)) for k in range(17)])
            angles = (0.0, 10.0, float(camera.project(joints[:1])[1][0]))
            area = (body[3] - body[1]) * (body[2] - body[0])
            person = seen(camera, number, box, body, joints, angles)
            people.append(
                replace(
                    person,
                    visibility=float(min(1.0, (index == number + 1).sum() / area)),
                    velocity=(400.0, 0.0),
                )
            )
        whole = (0, 0, camera.width, camera.height)
        return RenderedPicture(take, camera, whole, light, index, depth, tuple(people))


def camera_of(take: Take) -> Camera:
    assert isinstance(take.camera, Camera)
    return take.camera


def seen(
    camera: Camera,
    walker: int,
    box: Box,
    body: tuple[float, float, float, float],
    joints: np.ndarray,
    angles: tuple[float, float, float],
) -> RenderedPerson:
    """Somebody in full view under a sun; ``angles`` azimuth, depression and distance."""
    pixels, lost = camera.project(joints)[0], truncation(body, camera)
    sun = DirectLight("sun", 30.0, 40.0)
    return RenderedPerson(walker, box, body, 1.0, lost, joints, pixels, *angles, lit_by=sun)


class DyingRenderer(PaintedRenderer):
    """Kills its process in the middle of a shot, as a crash in Blender does: shot 1 always where
    the file named by PAINTED_DEATHS says ``always``, and once where it is missing."""

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        deaths = Path(os.environ["PAINTED_DEATHS"])
        for number, crop in enumerate(super().render(shot)):
            if shot.index == 1 and number == 5 and (not deaths.exists() or deaths.read_text()):
                if not deaths.exists():
                    deaths.write_text("")
                os.write(2, b"painted crash\n")
                os.kill(os.getpid(), signal.SIGKILL)
            yield crop


class HangingRenderer(PaintedRenderer):
    """Does nothing any more in the middle of the shot that PAINTED_SHOT says, once."""

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        deaths, hangs = Path(os.environ["PAINTED_DEATHS"]), int(os.environ["PAINTED_SHOT"])
        for number, crop in enumerate(super().render(shot)):
            if shot.index == hangs and number == 5 and not deaths.exists():
                deaths.write_text("")
                time.sleep(600)
            yield crop


class OrphanedRenderer(PaintedRenderer):
    """Kills the process that started its own, one of Ray's, in the middle of shot 1, once."""

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        deaths = Path(os.environ["PAINTED_DEATHS"])
        for number, crop in enumerate(super().render(shot)):
            if shot.index == 1 and number == 5 and not deaths.exists():
                deaths.write_text("")
                os.kill(os.getppid(), signal.SIGKILL)
                time.sleep(1)
            yield crop


class MissingRenderer:
    """Cannot start."""

    def __init__(self, quality: str, device: str, boxes: BoxConfig) -> None:
        raise RuntimeError("no paint left")


class FloodingRenderer(PaintedRenderer):
    """Finds the disk full."""

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        yield next(super().render(shot))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
