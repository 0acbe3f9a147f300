"""What labels say of a person, measured on the posed figure and on the pixels that show it."""

from __future__ import annotations

import numpy as np

from vidsynth.blender.lighting import strongest_light
from vidsynth.blender.stage import PosedWalker
from vidsynth.body.anatomy import BODY
from vidsynth.body.model import body_model
from vidsynth.cameras.boxes import truncation
from vidsynth.cameras.camera import Camera
from vidsynth.develop.picture import Box, RenderedPerson

_HIPS = [11, 12]
_BLINK = 1e-3  # seconds


def outline_box(pixels: np.ndarray) -> tuple[float, float, float, float]:
    """The box (x0, y0, x1, y1) around projected points (N, 2)."""
    (left, top), (right, bottom) = pixels.min(0), pixels.max(0)
    return float(left), float(top), float(right), float(bottom)


def measure(
    camera: Camera,
    walker: int,
    standing: PosedWalker,
    mine: np.ndarray,
    box: Box,
    body_box: tuple[float, float, float, float],
) -> RenderedPerson:
    """A walker with all their labels; ``mine`` says which pixels of ``box`` show them: bool."""
    keypoints = body_model().keypoints(standing.body[None])[0]
    probes = camera.project(standing.probes)[0]
    azimuth, depression, distance = _bearing(camera, standing)
    middle = (standing.body[BODY].min(0) + standing.body[BODY].max(0)) / 2
    return RenderedPerson(
        walker=walker,
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
        heading=float(np.degrees(standing.heading) - 90) % 360,
        speed=float(np.hypot(*standing.velocity[:2])),
        phase=standing.phase,
        lit_by=strongest_light(middle),
    )


def _bearing(camera: Camera, standing: PosedWalker) -> tuple[float, float, float]:
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


def _share_seen(probes: np.ndarray, box: Box, mine: np.ndarray) -> float:
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
