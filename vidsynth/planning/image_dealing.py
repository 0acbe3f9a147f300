"""Which images there are of whom: people dealt out over virtual cameras, or over a grid."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.config.places import SITE_NAMES
from vidsynth.config.tables import settled
from vidsynth.drawing.draws import Drawable, Draws
from vidsynth.drawing.even_turns import EvenTurns
from vidsynth.drawing.races import key
from vidsynth.planning.options import image_draws
from vidsynth.planning.outings import count_of
from vidsynth.planning.scenery import photographs
from vidsynth.seeds import Purpose, stream

PICTURE = "picture"
"""The site, hour and weather of an image whose background is a photograph."""

Deal = tuple[str, str | None, str, str, tuple[tuple[int, int], ...]]
"""Site, picture, hour, weather, and the images (camera, number) of a batch."""


@dataclass(frozen=True)
class BatchOutline:
    """A batch before anything in it is drawn: images of one identity in one scene.

    ``site`` is PICTURE for photographs, of which ``picture`` is the one all images have, None for
    one each; ``outfit`` counts the identity's outfits from 0, and on after the last; ``images`` are
    (camera, number).
    """

    index: int
    person_id: int
    outfit: int
    site: str
    picture: str | None
    hour: str
    weather: str
    images: tuple[tuple[int, int], ...]

    @property
    def address(self) -> tuple[int, int]:
        """What random numbers of the batch are known by: other batches change nothing in it."""
        scene = (self.site, self.picture or "", self.hour, self.weather, str(self.outfit))
        return self.person_id, key("/".join(scene))


@dataclass(frozen=True)
class ImageDealing:
    """The batches of images of a config's people.

    Virtual cameras are shared out over the sites; an identity is seen by some, drawn for each. In a
    grid, every view is a camera, and every hour, weather and view comes once: at every site, or at
    one that is dealt.
    """

    config: ImageConfig
    person_ids: range

    @cached_property
    def drawable(self) -> Drawable:
        """What is drawn for images, cameras and identities."""
        return self.config.drawable()

    def draws(self, person_id: int, camera_id: int, number: int) -> Draws:
        """The rendering options of an image."""
        return image_draws(self.drawable, person_id, camera_id, number)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Names of the photographs. Raises PictureError."""
        return photographs(self.config.backgrounds)

    @property
    def cameras(self) -> int:
        """How many cameras there are: the virtual ones, or the views of a grid."""
        return self.config.grid.views or self.config.cameras

    def camera_site(self, camera_id: int) -> str:
        """The site a virtual camera is at, PICTURE if it has photographs. Not for a grid."""
        share, turn = self.config.backgrounds.share, camera_id - 1
        if self.pictures:
            # Evenly: of any n cameras in a row, n times the share have pictures.
            if math.floor((turn + 1) * share) > math.floor(turn * share):
                return PICTURE
            turn -= math.floor(turn * share)
        cells = Draws(self.drawable, {"camera": (camera_id,)}).cells
        return str(cells["sites"]) if self.config.sites.table else self._seats[turn]

    @cached_property
    def _seats(self) -> tuple[str, ...]:
        """The sites of the virtual cameras that have no photographs."""
        cameras = self.config.cameras
        if self.pictures:
            cameras -= math.floor(cameras * self.config.backgrounds.share)
        seed = self.config.seed
        return self.config.sites.share_out(
            cameras, lambda site: stream(seed, Purpose.NETWORK, key(site)).random(cameras)
        )

    def camera_records(self) -> list[dict[str, Any]]:
        """The virtual cameras as cameras.json states them: what all images of one share."""
        grid = self.config.grid.views
        return [
            {
                "camera_id": camera_id,
                "site": None if grid else self.camera_site(camera_id),
                "azimuth": (camera_id - 1) * 360 / grid if grid else None,
                "photographs": not grid and self.camera_site(camera_id) == PICTURE,
            }
            for camera_id in range(1, self.cameras + 1)
        ]

    @cached_property
    def outlines(self) -> tuple[BatchOutline, ...]:
        """Every batch in order of index."""
        outlines: list[BatchOutline] = []
        for person_id in self.person_ids:
            dealt = self._grid(person_id) if self.config.grid.views else self._drawn(person_id)
            for outfit, scene in dealt:
                outlines.append(BatchOutline(len(outlines), person_id, outfit, *scene))
        return tuple(outlines)

    @cached_property
    def _skies_of_grid(self) -> tuple[tuple[str, str], ...]:
        """A grid's hours and weathers."""
        return tuple(itertools.product(self.config.hours.names, self.config.weathers.names))

    @cached_property
    def _turns(self) -> EvenTurns:
        """Whose turn it is among sites that are dealt."""
        seed = self.config.seed
        return EvenTurns(SITE_NAMES, lambda block: stream(seed, Purpose.IMAGE, 0, block, 8))

    def _scenes(self, person_id: int) -> list[tuple[str, str | None, str, str]]:
        """An identity's scenes in a grid, as many as anybody's: site, picture, hour, weather."""
        backgrounds, sites, skies = self.config.backgrounds, self.config.sites, self._skies_of_grid
        scenes: list[tuple[str, str | None, str, str]] = []
        if not self.pictures or backgrounds.share < 1:
            if self.config.grid.sites == "dealt":
                first = (person_id - 1) * len(skies)
                scenes = [
                    (self._turns.name(first + number, sites), None, *sky)
                    for number, sky in enumerate(skies)
                ]
            else:
                scenes = [(site, None, *sky) for site in sites.names for sky in skies]
        shown = self.pictures if backgrounds.share > 0 else ()
        return [*scenes, *((PICTURE, name, PICTURE, PICTURE) for name in shown)]

    def _grid(self, person_id: int) -> list[tuple[int, Deal]]:
        """A person's batches in a grid."""
        views = range(1, self.config.grid.views + 1)
        return [
            (number, (*scene, tuple((camera_id, number) for camera_id in views)))
            for number, scene in enumerate(self._scenes(person_id))
        ]

    def _drawn(self, person_id: int) -> list[tuple[int, Deal]]:
        """A person's batches, after the outfit, by the cameras drawn for them: cameras see the
        outfits in turn."""
        config = self.config
        rng = stream(config.seed, Purpose.IMAGE, person_id)
        chosen = sorted(rng.permutation(config.cameras)[: config.cameras_per_identity] + 1)
        outfits = 1 if person_id > config.identities else self._outfits(person_id)
        scenes: dict[tuple[int, str, str, str], list[tuple[int, int]]] = {}
        chances: dict[str, np.ndarray] = {}
        for turn, camera_id in enumerate(map(int, chosen)):
            site = self.camera_site(camera_id)
            if site not in chances:
                drawn = stream(config.seed, Purpose.IMAGE, person_id, key(site), 7)
                chances[site] = drawn.random(2)
            for number, sky in enumerate(self._skies(site, chances[site], person_id, camera_id)):
                scene = (turn % outfits, site, *sky)
                scenes.setdefault(scene, []).append((camera_id, number))
        return [
            (outfit, (site, None, hour, weather, tuple(images)))
            for (outfit, site, hour, weather), images in scenes.items()
        ]

    @cached_property
    def _outfits(self) -> Callable[[int], int]:
        return count_of(self.config, self.drawable, "people.outfits")

    def _skies(
        self, site: str, chances: np.ndarray, person_id: int, camera_id: int
    ) -> list[tuple[str, str]]:
        """Hour and weather of a camera's images: those for the chances, or as tables say."""
        config, count = self.config, self.config.images_per_camera
        if site == PICTURE:
            return [(PICTURE, PICTURE)] * count
        hour, weather = (float(chance) for chance in chances)
        if config.hours.table is None and config.weathers.table is None:
            return [(config.hours.at(hour), config.weathers.at(weather))] * count
        rows = [settled(config, self.draws(person_id, camera_id, n).cells) for n in range(count)]
        return [(row.hours.at(hour), row.weathers.at(weather)) for row in rows]

    @property
    def cameras_each(self) -> int:
        """How many cameras see an identity."""
        return self.config.grid.views or self.config.cameras_per_identity

    @cached_property
    def images_per_camera(self) -> int:
        """Images of an identity by a camera that sees it."""
        if self.config.grid.views:
            return len(self._scenes(1))
        return self.config.images_per_camera

    @cached_property
    def crops(self) -> int:
        """Images if none is filtered out; nobody's are drawn for it."""
        return len(self.person_ids) * self.cameras_each * self.images_per_camera

    def shots_from(self, sample: int) -> tuple[int, bool]:
        """How many batches there are, and whether that is exact: from more than ``sample`` people,
        so many are drawn, evenly spread, and the rest taken to be like them."""
        people = self.person_ids
        if self.config.grid.views:
            return len(people) * self.images_per_camera, True
        drawn = people[:: max(1, len(people) // sample)]
        batches = sum(len(self._drawn(person_id)) for person_id in drawn)
        return round(batches * len(people) / len(drawn)), len(drawn) == len(people)

    def seen_by(self, person_id: int) -> range | list[int]:
        """The cameras that see an identity, once for each image."""
        if self.config.grid.views:
            return range(1, self.config.grid.views + 1)
        return [c for _, scene in self._drawn(person_id) for c, _ in scene[-1]]
