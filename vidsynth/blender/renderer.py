"""A shot goes in, pictures of light come out: the one door between the generator and Blender."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import bpy
import numpy as np

from vidsynth.blender.heap import return_freed_memory
from vidsynth.blender.lighting import Lighting
from vidsynth.blender.measuring import measure, outline_box
from vidsynth.blender.metering import meter, people_over_place
from vidsynth.blender.props import add_occluder, remove_occluder
from vidsynth.blender.session import Light, aim, expose, use_gpu
from vidsynth.blender.stage import PosedWalker, Stage
from vidsynth.body.anatomy import BODY
from vidsynth.body.model import body_model
from vidsynth.cameras.boxes import box_stream, crop_box, loose_box
from vidsynth.cameras.camera import Camera
from vidsynth.cameras.distances import metres_per_depth
from vidsynth.colour import luminance
from vidsynth.config import BoxConfig
from vidsynth.develop.backdrop import behind, over
from vidsynth.develop.exposure import AS_IT_IS, Exposure, Reading, exposure
from vidsynth.develop.photometry import WHOLE_FRAME
from vidsynth.develop.picture import Box, RenderedPicture
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sky.air import draw_air
from vidsynth.places.sky.light import daylight
from vidsynth.planning.framing import Framing
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import Take
from vidsynth.seeds import Purpose, stream

_NEAREST = 0.3  # metres in front of the lens


class Renderer:
    """Renders shots with Cycles. ``quality`` fast, standard or high; ``device`` auto, cpu, gpu."""

    def __init__(self, quality: str, device: str, boxes: BoxConfig) -> None:
        self._quality, self._device, self._boxes = quality, device, boxes
        use_gpu(device)  # a missing GPU is known before the first shot
        body_model()

    def render(self, shot: Shot) -> Iterator[RenderedPicture]:
        """Pictures in the order of the takes, and of one take in that of the walkers.

        Crops that the box rules drop are never rendered; whole frames are, whoever is there.
        """
        stage = Stage(shot, self._quality, self._device)
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as name:
            folder = Path(name)
            metering = _Metering(shot, folder)
            metering.read()
            stage.enter()
            lighting, frame, bystanders = Lighting(shot.place.indoor), -1, True
            company: list[PosedWalker] = []
            for take in shot.takes:
                if take.frame != frame:
                    frame, company = take.frame, stage.at(take.frame)
                camera = _camera(take, company)
                lighting.light(take, camera)
                if take.bystanders != bystanders:
                    bystanders = take.bystanders
                    _show_bystanders(len(shot.walkers), bystanders)
                with _occluded(take, camera, shot):
                    aim(camera)
                    for picture in self._pictures(shot, take, camera, company, folder):
                        exposed = metering.of(picture)
                        picture.light[:] *= exposed.gain
                        yield replace(picture, exposure=exposed)
        return_freed_memory()

    def view(self, shot: Shot, camera: Camera, frame: int) -> RenderedPicture:
        """The whole frame of a camera, or of what it might be, that the shot has takes of; nobody
        in it is labelled."""
        stage = Stage(shot, self._quality, self._device)
        take = next(take for take in shot.takes if take.camera_id == camera.camera_id)
        with tempfile.TemporaryDirectory(prefix="vidsynth-") as folder:
            exposed = AS_IT_IS if take.backdrop else _Metering(shot, Path(folder)).hung(camera)
            stage.enter()
            stage.at(frame)
            Lighting(shot.place.indoor).light(take, camera)
            aim(camera)
            whole = (0, 0, camera.width, camera.height)
            light = _exposed(camera, whole, 0, Path(folder), take.backdrop)
        light.colour[:] *= exposed.gain
        take = replace(take, frame=frame, camera=camera)
        return RenderedPicture(
            take, camera, whole, light.colour, light.index, light.depth, exposure=exposed
        )

    def _pictures(
        self, shot: Shot, take: Take, camera: Camera, company: list[PosedWalker], folder: Path
    ) -> Iterator[RenderedPicture]:
        """The pictures of a take through a camera that has been aimed, before exposure."""
        if shot.unit == "frame":
            yield self._frame(shot, take, camera, company, folder)
            return
        for walker, standing in enumerate(company):
            picture = self._crop(shot, take, camera, walker, standing, folder)
            if picture is not None:
                yield picture

    def _crop(
        self,
        shot: Shot,
        take: Take,
        camera: Camera,
        walker: int,
        standing: PosedWalker,
        folder: Path,
    ) -> RenderedPicture | None:
        """One person; None where the box rules drop them."""
        pixels, depth = camera.project(standing.outline)
        if depth.min() < _NEAREST:
            return None
        body_box = outline_box(pixels)
        rng = box_stream(shot.seed, camera.camera_id, walker, take.frame)
        aspect = take.camera.view.aspect if isinstance(take.camera, Framing) else None
        box = crop_box(body_box, camera, self._boxes, rng, aspect)
        if box is None:
            return None
        samples = stream(shot.seed, Purpose.SAMPLES, camera.camera_id, walker, take.frame)
        light = _exposed(camera, box, int(samples.integers(2**31)), folder, take.backdrop)
        person = measure(camera, walker, standing, light.index == walker + 1, box, body_box)
        return RenderedPicture(take, camera, box, light.colour, light.index, light.depth, (person,))

    def _frame(
        self, shot: Shot, take: Take, camera: Camera, company: list[PosedWalker], folder: Path
    ) -> RenderedPicture:
        """A whole frame with the walkers who show in it."""
        whole = (0, 0, camera.width, camera.height)
        samples = stream(shot.seed, Purpose.SAMPLES, camera.camera_id, WHOLE_FRAME, take.frame)
        light = _exposed(camera, whole, int(samples.integers(2**31)), folder, take.backdrop)
        shown, people = set(np.unique(light.index).tolist()), []
        for walker, standing in enumerate(company):
            pixels, depth = camera.project(standing.outline)
            if walker + 1 not in shown or depth.min() < _NEAREST:
                continue
            body_box = outline_box(pixels)
            rng = box_stream(shot.seed, camera.camera_id, walker, take.frame)
            x0, y0, x1, y1 = box = loose_box(body_box, camera, self._boxes, rng)
            if x0 >= x1 or y0 >= y1:
                continue
            mine = light.index[y0:y1, x0:x1] == walker + 1
            people.append(measure(camera, walker, standing, mine, box, body_box))
        return RenderedPicture(
            take, camera, whole, light.colour, light.index, light.depth, tuple(people)
        )


def _camera(take: Take, company: list[PosedWalker]) -> Camera:
    """The take's camera, now that the walkers stand where they do."""
    if not isinstance(take.camera, Framing):
        return take.camera
    body = company[0].body[BODY]
    middle = (body.min(0).astype(float) + body.max(0)) / 2
    # An open umbrella is nobody's height.
    return take.camera.around(company[0].outline, middle)


def _exposed(camera: Camera, box: Box, seed: int, folder: Path, backdrop: Backdrop | None) -> Light:
    """The light in a box of the frame, over a photograph if there is one."""
    light = expose(camera, box, seed, folder)
    if backdrop is not None:
        light.colour[:] = over(
            light.colour, light.alpha, light.index, behind(backdrop, camera, box)
        )
    return light


@contextmanager
def _occluded(take: Take, camera: Camera, shot: Shot) -> Iterator[None]:
    """Has the take's occluder stand before the first walker for a while."""
    props = (
        add_occluder(take.occluder, camera, shot.walkers[0].person.body.stature)
        if take.occluder
        else []
    )
    try:
        yield
    finally:
        remove_occluder(props)


def _show_bystanders(walkers: int, shown: bool) -> None:
    """Shows or hides whoever's index comes after the walkers'."""
    for thing in bpy.context.scene.objects:
        if thing.pass_index > walkers and thing.hide_render == shown:
            thing.hide_render = not shown


class _Metering:
    """Automatic exposure in a shot that nobody has entered yet."""

    def __init__(self, shot: Shot, folder: Path) -> None:
        self._shot, self._folder = shot, folder
        self._air = draw_air(shot.sky, shot.hour, shot.weather, shot.place.indoor)
        self._level = daylight(shot.hour, shot.weather, shot.place.indoor).exposure
        self._by_camera: dict[int, Exposure] = {}
        self._people = 1.0

    def read(self) -> None:
        """Reads what the exposure of all the shot's pictures needs."""
        built = [take for take in self._shot.takes if take.backdrop is None]
        hung = {t.camera_id: t.camera for t in built if isinstance(t.camera, Camera)}
        self._by_camera = {number: self.hung(camera) for number, camera in hung.items()}
        if any(isinstance(take.camera, Framing) for take in built):
            self._people = people_over_place(self._shot.place, self._folder)

    def hung(self, camera: Camera) -> Exposure:
        """The exposure of a camera that hangs at the site."""
        return meter(camera, self._shot.place, self._air, self._level, self._folder)

    def of(self, picture: RenderedPicture) -> Exposure:
        """The exposure of a picture. A photograph is exposed already; a framing, whose camera sees
        nothing but this picture, goes by what is around the person, not by their clothes.
        """
        if picture.take.backdrop is not None:
            return AS_IT_IS
        if not isinstance(picture.take.camera, Framing):
            return self._by_camera[picture.camera.camera_id]
        around, person = picture.index == 0, picture.index == 1
        if not around.any():
            return Exposure(self._level)
        light = luminance(picture.light)
        away = picture.depth * metres_per_depth(picture.camera, picture.box)
        seen = Reading(light[around], away[around], light[person], away[person])
        indoor = self._shot.place.indoor
        return exposure(seen, self._people, self._air, self._level, indoor=indoor)
