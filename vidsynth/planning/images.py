"""From a config to identities and batches of images, each computed on its own, without Blender."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vidsynth.config.images import ImageConfig
from vidsynth.motion.walker import Keyframe, Manner, Walker
from vidsynth.people.lookalikes import LookAlike
from vidsynth.people.person import Person
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites import SITES
from vidsynth.places.sites.site import Site, Surface
from vidsynth.planning.options import Draw, drawer, key_light, look, occluder
from vidsynth.planning.placing import find_spot, stand
from vidsynth.planning.shot import Shot
from vidsynth.planning.take import ImageShot, Take, View
from vidsynth.planning.tracklets import TrackletPlan
from vidsynth.seeds import Purpose, sequence, stream
from vidsynth.user_files.picture_folder import check_pictures, pictures

CPU_SECONDS_PER_IMAGE = {"fast": 0.32, "standard": 0.46, "high": 3.0}
BYTES_PER_IMAGE = 5_000

PICTURE = "picture"
"""The site, hour and weather of an image whose background is a photograph."""

_OPEN = Site(
    PICTURE, False, (-1, -1, 1, 1), (-9, -9, 9, 9), (0, 9), Surface("plain", (0.5, 0.5, 0.5)), ()
)


Deal = tuple[str, str | None, str, str, tuple[tuple[int, int], ...]]
"""Site, picture, hour, weather, and the images (camera, number) of a batch."""


@dataclass(frozen=True)
class ImageSlot:
    """A batch before anything is drawn: images of one identity in one scene.

    ``site`` is PICTURE for photographs, of which ``picture`` is the one all images have, None for
    one each; ``round`` counts the identity's batches from 0; ``images`` are (camera, number).
    """

    index: int
    round: int
    person_id: int
    site: str
    picture: str | None
    hour: str
    weather: str
    images: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class ImagePlan:
    """The whole data set, as a pure function of ``config``; nothing is drawn until asked for.

    ``company`` is the tracklet plan with the same people: equal seeds give equal identities.
    Virtual cameras take turns over the sites; an identity is seen by some of them, drawn for each.
    In a grid, every view is a camera, and every site, hour, weather and view comes once.
    """

    config: ImageConfig

    @cached_property
    def company(self) -> TrackletPlan:
        return TrackletPlan(self.config.company())

    @property
    def person_ids(self) -> range:
        return self.company.person_ids

    def person(self, person_id: int, outfit_id: int = 1) -> Person:
        return self.company.person(person_id, outfit_id)

    def look_alike(self, person_id: int, outfit_id: int = 1) -> LookAlike:
        return self.company.look_alike(person_id, outfit_id)

    def outfit_ids(self, person_id: int) -> range:
        return self.company.outfit_ids(person_id)

    def clothes_id(self, person_id: int, outfit_id: int) -> int:
        return self.company.clothes_id(person_id, outfit_id)

    def group(self, person_id: int) -> range:
        return self.company.group(person_id)

    def split(self, person_id: int) -> str:
        """``train``, ``test`` (query and gallery) or ``distractor`` (gallery only, id 0)."""
        return self.company.split(person_id)

    def label_id(self, person_id: int) -> int:
        """Who benchmarks see: the person, or 0 for a distractor."""
        return 0 if self.split(person_id) == "distractor" else person_id

    def check(self) -> None:
        """Raises MotionError or PictureError unless all files that settings name can be used."""
        self.company.check()
        if self.config.backgrounds.directory is not None:
            check_pictures(self.config.backgrounds.directory, "backgrounds.directory")
        if self._cutouts:
            assert self.config.occluders.directory is not None
            check_pictures(
                self.config.occluders.directory, "occluders.directory", (".png",), alpha=True
            )

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Names of the photographs. Raises PictureError."""
        folder = self.config.backgrounds.directory
        return () if folder is None else pictures(folder, "backgrounds.directory")

    @cached_property
    def _cutouts(self) -> tuple[str, ...]:
        folder = self.config.occluders.directory
        if folder is None or "picture" not in self.config.occluders.kinds:
            return ()
        return pictures(folder, "occluders.directory", (".png",))

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
        return self.config.sites[turn % len(self.config.sites)]

    def site(self, name: str) -> Site:
        """The site as all images of the data set see it."""
        if name == PICTURE:
            return _OPEN
        number = self.config.sites.index(name)
        return SITES[name](stream(self.config.seed, Purpose.CAMERA, 0, number))

    @cached_property
    def slots(self) -> tuple[ImageSlot, ...]:
        """Every batch in order of index."""
        slots: list[ImageSlot] = []
        for person_id in self.person_ids:
            dealt = self._grid if self.config.grid.views else self._drawn(person_id)
            for round_, scene in enumerate(dealt):
                slots.append(ImageSlot(len(slots), round_, person_id, *scene))
        return tuple(slots)

    @cached_property
    def _scenes(self) -> tuple[tuple[str, str | None, str, str], ...]:
        """A grid's scenes: site, picture, hour and weather."""
        config, places = self.config, []
        for site in config.sites if not self.pictures or config.backgrounds.share < 1 else ():
            for hour in config.hours:
                places += [(site, None, hour, weather) for weather in config.weathers]
        share = self.pictures if config.backgrounds.share > 0 else ()
        return (*places, *((PICTURE, name, PICTURE, PICTURE) for name in share))

    @cached_property
    def _grid(self) -> list[Deal]:
        """A person's batches in a grid, the same for everybody."""
        views = range(1, self.config.grid.views + 1)
        return [
            (*scene, tuple((camera_id, number) for camera_id in views))
            for number, scene in enumerate(self._scenes)
        ]

    def _drawn(self, person_id: int) -> list[Deal]:
        """A person's batches by the cameras drawn for them."""
        config = self.config
        rng = stream(config.seed, Purpose.IMAGE, person_id)
        chosen = sorted(rng.permutation(config.cameras)[: config.cameras_per_identity] + 1)
        places: dict[str, list[int]] = {}
        for camera_id in chosen:
            places.setdefault(self.camera_site(int(camera_id)), []).append(int(camera_id))
        scenes: list[Deal] = []
        for site, members in places.items():
            hour: str = config.hours[rng.integers(len(config.hours))]
            weather: str = config.weathers[rng.integers(len(config.weathers))]
            if site == PICTURE:
                hour = weather = PICTURE
            numbers = range(config.images_per_camera)
            images = tuple((camera_id, number) for camera_id in members for number in numbers)
            scenes.append((site, None, hour, weather, images))
        return scenes

    def planned(self, index: int) -> int:
        """Images in batch ``index``, if none is filtered out."""
        return len(self.slots[index].images)

    @cached_property
    def crops(self) -> int:
        """Images if none is filtered out; nobody's are drawn for it."""
        seen_by = self.config.grid.views or self.config.cameras_per_identity
        return len(self.person_ids) * seen_by * self.images_per_camera

    def shots_from(self, sample: int) -> tuple[int, bool]:
        """How many batches there are, and whether that is exact: from more than ``sample`` people,
        so many are drawn, evenly spread, and the rest taken to be like them."""
        people = self.person_ids
        if self.config.grid.views:
            return len(people) * len(self._scenes), True
        drawn = people[:: max(1, len(people) // sample)]
        batches = sum(len(self._drawn(person_id)) for person_id in drawn)
        return round(batches * len(people) / len(drawn)), len(drawn) == len(people)

    @property
    def images_per_camera(self) -> int:
        """Images of an identity by a camera that sees it."""
        return len(self._scenes) if self.config.grid.views else self.config.images_per_camera

    def outfit_id(self, slot: ImageSlot) -> int:
        """What the identity wears in a batch: every outfit in turn."""
        return 1 + slot.round % len(self.outfit_ids(slot.person_id))

    def is_query(self, slot: ImageSlot, camera_id: int, number: int) -> bool:
        """Whether an image is searched for: the first one of a test identity under a camera, if
        other cameras see the identity; where each camera has one image, the first camera's."""
        if self.split(slot.person_id) != "test" or number:
            return False
        grid = self.config.grid.views
        if (grid or self.config.cameras_per_identity) < 2:
            return False
        return self.images_per_camera > 1 or camera_id == min(self._seen_by(slot.person_id))

    def _seen_by(self, person_id: int) -> range | list[int]:
        if self.config.grid.views:
            return range(1, self.config.grid.views + 1)
        return [c for scene in self._drawn(person_id) for c, _ in scene[-1]]

    def shot(self, index: int) -> ImageShot:
        """Batch ``index``, from 0; other batches are not computed."""
        slot, config = self.slots[index], self.config
        site = self.site(slot.site)
        person = self.person(slot.person_id, self.outfit_id(slot))
        rng = stream(config.seed, Purpose.IMAGE, slot.person_id, slot.index, 1)
        draws = [drawer(config, slot.person_id, c, n) for c, n in slot.images]
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
                    place=self._place_number(slot),
                    backdrop=self._backdrop(slot, luck),
                    occluder=occluder(config, draw, luck, self._cutouts),
                    companion=accompanied,
                )
            )
        walkers = [Walker(person, (), 0.0, 0.0, tuple(here))]
        if any(take.companion for take in takes):
            walkers.append(
                Walker(self.person(self.companion_id(slot)), (), 0.0, 0.0, tuple(beside))
            )
        seed = int(sequence(config.seed, Purpose.IMAGE, index, 3, 0, 0).generate_state(1)[0] >> 1)
        # A photograph brings its own light; the stage it is set on wants some hour and weather.
        hour, weather = (
            (config.hours[0], config.weathers[0])
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
            else self.company.panorama(seed, hour, weather),
        )
        return ImageShot(shot, tuple(takes))

    def _manner(self, person: Person, slot: ImageSlot, camera_id: int, number: int) -> Manner:
        """What the person does in an image; from all sides of a grid the same."""
        if person.motion:
            return "captured"
        where = (slot.index, 0) if self.config.grid.views else (camera_id, number)
        chance = stream(self.config.seed, Purpose.IMAGE, person.person_id, *where, 5).random()
        pose = self.config.pose
        return "run" if chance < pose.run else "stand" if chance < pose.run + pose.stand else "walk"

    def _views(
        self, slot: ImageSlot, draws: list[Draw], rng: np.random.Generator
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
        self, here: Keyframe, view: View, draw: Draw, rng: np.random.Generator
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
        half = [
            i for i in self.person_ids
            if i != slot.person_id and self.split(i) == self.split(slot.person_id)
        ] or [i for i in self.person_ids if i != slot.person_id]  # fmt: skip
        rng = stream(self.config.seed, Purpose.IMAGE, slot.person_id, slot.index, 4)
        return int(half[rng.integers(len(half))])

    def _backdrop(self, slot: ImageSlot, rng: np.random.Generator) -> Backdrop | None:
        slide, drawn = rng.random(), rng.random()
        if slot.site != PICTURE:
            return None
        folder = self.config.backgrounds.directory
        assert folder is not None
        name = slot.picture or self.pictures[int(drawn * len(self.pictures))]
        return Backdrop(folder / name, self.config.backgrounds.horizon, round(slide, 4))

    def _place_number(self, slot: ImageSlot) -> int:
        """From 1: the site's number, and pictures after all sites."""
        if slot.site == PICTURE:
            return len(self.config.sites) + 1
        return self.config.sites.index(slot.site) + 1
