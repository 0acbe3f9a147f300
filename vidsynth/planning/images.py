"""The plan of a set of still images: one person at a time, each batch computed on its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.drawing.draws import Drawable, Draws
from vidsynth.drawing.races import winner
from vidsynth.motion.walker import Keyframe, Manner, Walker
from vidsynth.people.person import Person
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning import given
from vidsynth.planning.image_dealing import PICTURE, ImageDealing, ImageSlot
from vidsynth.planning.options import key_light, look, occluder
from vidsynth.planning.placing import find_spot, stand
from vidsynth.planning.population import Population
from vidsynth.planning.scenery import draw_panorama, lay_out
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import ImageShot, Take, View
from vidsynth.seeds import Purpose, sequence, stream
from vidsynth.user_files.picture_folder import pictures

CPU_SECONDS_PER_IMAGE = {"fast": 0.32, "standard": 0.46, "high": 3.0}
BYTES_PER_IMAGE = 5_000

_OPEN = Site(
    PICTURE, False, (-1, -1, 1, 1), (-9, -9, 9, 9), (0, 9), Surface("plain", (0.5, 0.5, 0.5)), ()
)


@dataclass(frozen=True)
class ImagePlan:
    """The whole data set, as a pure function of ``config``; nothing is drawn until asked for."""

    config: ImageConfig

    @cached_property
    def population(self) -> Population:
        return Population(self.config.company())

    @cached_property
    def dealing(self) -> ImageDealing:
        """Which images there are of whom."""
        return ImageDealing(self.config, self.population.person_ids)

    @property
    def slots(self) -> tuple[ImageSlot, ...]:
        """Every batch in order of index."""
        return self.dealing.slots

    def check(self) -> None:
        """Raises a VidsynthError unless all files that settings name can be used."""
        given.check(self.config)

    def site(self, name: str) -> Site:
        """The site as all images of the data set see it."""
        return _OPEN if name == PICTURE else lay_out(self.config, name)

    @cached_property
    def _cutouts(self) -> tuple[str, ...]:
        folder = self.config.occluders.directory
        if folder is None or "picture" not in self.config.occluders.kinds.names:
            return ()
        return pictures(folder, "occluders.directory", (".png",))

    def outfit_id(self, slot: ImageSlot) -> int:
        """What the identity wears in a batch: every outfit in turn."""
        return 1 + slot.round % len(self.population.outfit_ids(slot.person_id))

    def is_query(self, slot: ImageSlot, camera_id: int, number: int) -> bool:
        """Whether an image is searched for: the first one of a test identity under a camera, if
        other cameras see the identity; where each camera has one image, the first camera's."""
        if self.population.split(slot.person_id) != "test" or number:
            return False
        grid = self.config.grid.views
        if (grid or self.config.cameras_per_identity) < 2:
            return False
        return self.dealing.images_per_camera > 1 or camera_id == min(
            self.dealing.seen_by(slot.person_id)
        )

    def shot(self, index: int) -> ImageShot:
        """Batch ``index``, from 0; other batches are not computed."""
        slot, config = self.slots[index], self.config
        site = self.site(slot.site)
        person = self.population.person(slot.person_id, self.outfit_id(slot))
        rng = stream(config.seed, Purpose.IMAGE, slot.person_id, slot.index, 1)
        draws = [self._draws(slot.person_id, c, n) for c, n in slot.images]
        views = self._views(slot, draws, rng)
        spots = self._spots(slot, site, views, person.body.stature, rng)
        takes, here, beside = [], [], []
        for (camera_id, number), draw, (x, y, view) in zip(slot.images, draws, spots, strict=True):
            luck = stream(config.seed, Purpose.IMAGE, slot.person_id, camera_id, number, 2)
            manner = self._manner(person, slot, camera_id, number)
            here.append(stand(view, x, y, draw("pose.phase"), manner))
            accompanied, moment = self._beside(here[-1], view, draw, luck)
            beside.append(moment)
            takes.append(
                Take(
                    camera_id=camera_id,
                    number=number,
                    query=self.is_query(slot, camera_id, number),
                    view=view,
                    look=look(draw),
                    light=key_light(config, draw),
                    phase=here[-1].phase,
                    manner=manner,
                    place=self._place_number(slot.site),
                    backdrop=self._backdrop(slot, luck),
                    occluder=occluder(config, draw, luck, self._cutouts),
                    companion=accompanied,
                )
            )
        walkers = [Walker(person, (), 0.0, 0.0, tuple(here))]
        if any(take.companion for take in takes):
            walkers.append(
                Walker(self.population.person(self.companion_id(slot)), (), 0.0, 0.0, tuple(beside))
            )
        seed = int(sequence(config.seed, Purpose.IMAGE, index, 3, 0, 0).generate_state(1)[0] >> 1)
        # A photograph brings its own light; the stage it is set on wants some hour and weather.
        hour, weather = (
            (config.hours.names[0], config.weathers.names[0])
            if slot.site == PICTURE
            else (slot.hour, slot.weather)
        )
        shot = Shot(
            index,
            slot.site,
            site,
            hour,
            weather,
            (),
            tuple(walkers),
            len(takes),
            1.0,
            seed,
            config.motion.bvh_directory,
            assets=config.makehuman.directory,
            textures=config.textures.directory,
            panorama=None
            if site.indoor or slot.site == PICTURE
            else draw_panorama(config.sky, seed, hour, weather),
        )
        return ImageShot(shot, tuple(takes))

    @cached_property
    def _drawable(self) -> Drawable:
        return self.config.drawable()

    def _draws(self, person_id: int, camera_id: int, number: int) -> Draws:
        """The rendering options of image ``number`` of a person under a camera."""
        return Draws(
            self._drawable,
            {
                "image": (person_id, camera_id, number),
                "camera": (camera_id,),
                "identity": (person_id,),
            },
        )

    def _manner(self, person: Person, slot: ImageSlot, camera_id: int, number: int) -> Manner:
        """What the person does in an image; from all sides of a grid the same."""
        if person.motion:
            return "captured"
        where = (slot.index, 0) if self.config.grid.views else (camera_id, number)
        chance = stream(self.config.seed, Purpose.IMAGE, person.person_id, *where, 5).random()
        pose = self.config.pose
        return "run" if chance < pose.run else "stand" if chance < pose.run + pose.stand else "walk"

    def _views(
        self, slot: ImageSlot, draws: list[Draws], rng: np.random.Generator
    ) -> tuple[View, ...]:
        """What options say; in a grid the camera goes round a person who stands still."""
        grid = self.config.grid.views
        views = []
        for (camera_id, _), draw in zip(slot.images, draws, strict=True):
            azimuth = (camera_id - 1) * 360 / grid if grid else draw("view.azimuth") % 360
            turned = np.radians(azimuth) if grid else rng.uniform(0, 2 * np.pi)
            views.append(
                View(
                    azimuth=azimuth,
                    depression=draw("view.depression"),
                    distance=draw("view.distance"),
                    bearing=round(float(turned % (2 * np.pi)), 9),
                    height=round(max(16.0, draw("view.height") * draw("view.height_jitter")), 3),
                )
            )
        return tuple(views)

    def _spots(
        self,
        slot: ImageSlot,
        site: Site,
        views: tuple[View, ...],
        stature: float,
        rng: np.random.Generator,
    ) -> list[tuple[float, float, View]]:
        if slot.site == PICTURE:
            return [(0.0, 0.0, view) for view in views]
        if self.config.grid.views:
            x, y, found = find_spot(rng, site, views, stature)
            return [(x, y, view) for view in found]
        spots = []
        for view in views:
            x, y, (clear,) = find_spot(rng, site, (view,), stature)
            spots.append((x, y, clear))
        return spots

    def _beside(
        self, here: Keyframe, view: View, draw: Draws, rng: np.random.Generator
    ) -> tuple[bool, Keyframe]:
        """Whether there is a companion in the picture, and where they are."""
        config = self.config.companion
        chance, nearer = rng.random(), rng.random()
        side = rng.choice((-1.0, 1.0)) * rng.uniform(50, 90)
        turned, phase = here.heading + rng.normal(0, 0.4), float(rng.random())
        if chance >= config.probability:
            return False, replace(here, phase=0.0)
        if nearer >= config.in_front:
            side = 180 - side  # behind the person, seen from the camera
        direction, gap = view.bearing + np.radians(side), draw("companion.distance")
        return True, Keyframe(
            round(here.x + gap * float(np.cos(direction)), 4),
            round(here.y + gap * float(np.sin(direction)), 4),
            round(float(turned), 6),
            round(phase, 4),
        )

    def companion_id(self, slot: ImageSlot) -> int:
        """Who is with the identity in a batch: another of the same half."""
        people = self.population
        others = [i for i in people.person_ids if i != slot.person_id]
        half = [i for i in others if people.split(i) == people.split(slot.person_id)] or others
        rng = stream(self.config.seed, Purpose.IMAGE, slot.person_id, slot.index, 4)
        return int(half[rng.integers(len(half))])

    def _backdrop(self, slot: ImageSlot, rng: np.random.Generator) -> Backdrop | None:
        slide, drawn = rng.random(), rng.random()
        if slot.site != PICTURE:
            return None
        folder = self.config.backgrounds.directory
        assert folder is not None
        name = slot.picture or winner(float(drawn), dict.fromkeys(self.dealing.pictures, 1.0))
        return Backdrop(folder / name, self.config.backgrounds.horizon, round(slide, 4))

    def _place_number(self, site: str) -> int:
        """From 1: the site's number, and pictures after all sites."""
        sites = self.config.sites.names
        return len(sites) + 1 if site == PICTURE else sites.index(site) + 1
