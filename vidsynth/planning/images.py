"""The plan of a set of still images: one person at a time, each batch computed on its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.config.tables import settled
from vidsynth.motion.walker import Keyframe, Walker
from vidsynth.people.person import Person
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning import given
from vidsynth.planning.framing import Framing
from vidsynth.planning.image_dealing import PICTURE, BatchOutline, ImageDealing
from vidsynth.planning.options import (
    beside,
    draw_view,
    key_light,
    look,
    manner,
    occluder,
)
from vidsynth.planning.placing import facing, find_spots
from vidsynth.planning.population import Population
from vidsynth.planning.scenery import draw_backdrop, draw_panorama, lay_out
from vidsynth.planning.shot import Shot, Unit
from vidsynth.planning.take import Subject, Take
from vidsynth.seeds import Purpose, sequence, stream
from vidsynth.user_files.picture_folder import picture_names

CPU_SECONDS_PER_IMAGE = {"fast": 0.22, "standard": 0.28, "high": 3.0}
"""Of sets of 200 images, start of the workers included; high is reckoned by its samples."""
BYTES_PER_IMAGE = 5_000

_OPEN = Site(
    PICTURE, False, (-1, -1, 1, 1), (-9, -9, 9, 9), (0, 9), Surface("plain", (0.5, 0.5, 0.5)), ()
)


@dataclass(frozen=True)
class ImagePlan:
    """The whole data set, as a pure function of ``config``; nothing is drawn until asked for.

    A shot is a batch of images of one person in one scene; frame k of it is its image k.
    """

    config: ImageConfig

    @property
    def unit(self) -> Unit:
        return "image"

    @cached_property
    def population(self) -> Population:
        return Population(self.config)

    @cached_property
    def dealing(self) -> ImageDealing:
        """Which images there are of whom."""
        return ImageDealing(self.config, self.population.person_ids)

    @property
    def outlines(self) -> tuple[BatchOutline, ...]:
        """Every batch in order of index."""
        return self.dealing.outlines

    @cached_property
    def cutouts(self) -> tuple[Path, ...]:
        """Pictures that occluders may be. Raises PictureError."""
        folder = self.config.occluders.directory
        if folder is None or "picture" not in self.config.occluders.kinds.names:
            return ()
        return tuple(
            folder / name for name in picture_names(folder, "occluders.directory", (".png",))
        )

    def planned(self, index: int) -> int:
        """Images of a batch, if none is filtered out."""
        return len(self.outlines[index].images)

    def counts(self) -> dict[str, int]:
        """What dataset.json says there is to be, besides people and shots."""
        return {"cameras": self.dealing.cameras, "planned_crops": self.dealing.crops}

    def camera_records(self) -> list[dict[str, Any]]:
        """The entries of cameras.json."""
        return self.dealing.camera_records()

    def check(self) -> None:
        """Raises a VidsynthError unless all files that settings name can be used."""
        given.check(self.config)

    def site(self, name: str) -> Site:
        """The site as all images of the data set see it."""
        return _OPEN if name == PICTURE else lay_out(self.config, name)

    def subject(self, outline: BatchOutline, camera_id: int, number: int) -> Subject:
        """How the identity is named in image ``number``, from 0, under a camera.

        The first image of a test identity under a camera is searched for, if other cameras see the
        identity; where each camera has one image, the first camera's.
        """
        people, dealing, person_id = self.population, self.dealing, outline.person_id
        split, outfit_id = (
            people.split(person_id),
            self.population.outfit_at(outline.person_id, outline.outfit),
        )
        query = split == "test" and number == 0 and dealing.cameras_each > 1
        if query and dealing.images_per_camera == 1:
            query = camera_id == min(dealing.seen_by(person_id))
        # Distractors share a label: their numbers follow each other's.
        strangers = max(0, person_id - self.config.identities - 1)
        return Subject(
            person_id,
            people.label_id(person_id),
            split,
            outfit_id,
            people.clothes_id(person_id, outfit_id),
            number=1 + number + strangers * dealing.images_per_camera,
            query=query,
        )

    def shot(self, index: int) -> Shot:
        """Batch ``index``, from 0; other batches are not computed."""
        outline, config = self.outlines[index], self.config
        site = self.site(outline.site)
        person = self.population.person(
            outline.person_id, self.population.outfit_at(outline.person_id, outline.outfit)
        )
        draws = [self.dealing.draws(outline.person_id, *which) for which in outline.images]
        around = self._around(outline)
        views = tuple(
            draw_view(config, draw, camera_id, rng)
            for (camera_id, _), draw, rng in zip(outline.images, draws, around, strict=True)
        )
        photographed, one_spot = outline.site == PICTURE, config.grid.views > 0
        spots = (
            [(0.0, 0.0, view) for view in views]
            if photographed
            else find_spots(around, site, views, person.body.stature, one_spot)
        )
        takes: list[Take] = []
        here: list[Keyframe] = []
        there: list[Keyframe] = []
        for (camera_id, number), draw, (x, y, view) in zip(
            outline.images, draws, spots, strict=True
        ):
            luck = stream(config.seed, Purpose.IMAGE, outline.person_id, camera_id, number, 2)
            where = outline.address[1:] if config.grid.views else (camera_id, number)
            options = settled(config, draw.cells)
            does = manner(options, person, where)
            here.append(facing(view, x, y, draw("pose.phase"), does))
            accompanied, keyframe = beside(options, here[-1], view, draw, luck)
            there.append(keyframe)
            takes.append(
                Take(
                    frame=len(takes),
                    camera=Framing(camera_id, outline.site, view, look(draw)),
                    subjects=(self.subject(outline, camera_id, number),),
                    light=key_light(config, draw),
                    backdrop=draw_backdrop(
                        config.backgrounds,
                        self.dealing.pictures,
                        luck,
                        outline.picture,
                        photographed,
                    ),
                    occluder=occluder(options, draw, luck, self.cutouts),
                    bystanders=accompanied,
                )
            )
        companion = any(take.bystanders for take in takes)
        drawn = sequence(config.seed, Purpose.IMAGE, *outline.address, 3)
        seed = int(drawn.generate_state(1)[0] >> 1)
        # A photograph brings its own light; the stage it is set on wants some hour and weather.
        hour, weather = outline.hour, outline.weather
        if photographed:
            hour, weather = config.hours.names[0], config.weathers.names[0]
        outdoors = not (site.indoor or photographed)
        return Shot(
            index=index,
            site=outline.site,
            place=site,
            hour=hour,
            weather=weather,
            walkers=(_still(person, here),),
            takes=tuple(takes),
            fps=1.0,
            seed=seed,
            unit=self.unit,
            bystanders=((_still(self._companion(outline), there),) if companion else ()),
            site_number=1 + [*config.sites.names, PICTURE].index(outline.site),
            panorama=draw_panorama(config.sky, seed, hour, weather) if outdoors else None,
            motions=config.motion.bvh_directory,
            joint_map=config.motion.joint_map,
            assets=config.makehuman.directory,
            textures=config.textures.directory,
        )

    def _companion(self, outline: BatchOutline) -> Person:
        """Who is with the identity in a batch."""
        rng = stream(self.config.seed, Purpose.IMAGE, *outline.address, 4)
        return self.population.another(outline.person_id, rng)

    def _around(self, outline: BatchOutline) -> list[np.random.Generator]:
        """What places each image: in a grid all the same, as the person stands still there."""
        seed = self.config.seed
        if self.config.grid.views:
            return [stream(seed, Purpose.IMAGE, *outline.address, 1)] * len(outline.images)
        person_id = outline.person_id
        return [stream(seed, Purpose.IMAGE, person_id, *which, 6) for which in outline.images]


def _still(person: Person, keyframes: list[Keyframe]) -> Walker:
    """Someone who is at another place in every frame."""
    return Walker(person, (), 0.0, 0.0, tuple(keyframes))
