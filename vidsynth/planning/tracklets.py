"""From a config to people, cameras and shots, each computed on its own and without Blender."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.network import Network
from vidsynth.cameras.views import until_all_film
from vidsynth.config import TrackletConfig
from vidsynth.motion.bystanders import draw_bystanders
from vidsynth.motion.groups import draw_parties
from vidsynth.motion.library import bvh_files, check_files, give_motion
from vidsynth.motion.routes import crowd, send
from vidsynth.motion.walker import Walker
from vidsynth.people.accessories import equip
from vidsynth.people.assets import give_assets
from vidsynth.people.clothing import Clothing
from vidsynth.people.lookalikes import LookAlike, look_alikes
from vidsynth.people.outfits import change_clothes
from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites import SITES
from vidsynth.places.sites.site import Site
from vidsynth.places.sky.panoramas import WEATHERS, check_panoramas, panoramas
from vidsynth.planning.clock import WAVE, Meeting, ShotTime
from vidsynth.planning.shot import Shot
from vidsynth.planning.timetable import Timetable
from vidsynth.seeds import Purpose, sequence, stream
from vidsynth.user_files.picture_folder import check_pictures, pictures
from vidsynth.wardrobe.cloth_pictures import cloth_pictures
from vidsynth.wardrobe.makehuman.catalogue import catalogue

CPU_SECONDS_PER_CROP = {"fast": 0.33, "standard": 0.48, "high": 3.0}
BYTES_PER_CROP = 5_000
CPU_SECONDS_PER_FRAME = {"fast": 7.0, "standard": 13.0, "high": 90.0}
"""Of a whole frame of 1280 x 720 pixels with six people; high is reckoned by its samples."""
BYTES_PER_PIXEL = 0.11
"""Of whole frames' JPEG files."""


@dataclass(frozen=True)
class Slot:
    """A shot before anything is drawn: ``round`` r gives each of its people sighting number r;
    the people of one ``wave`` walk from site to site together."""

    index: int
    round: int
    site: str
    camera_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    wave: int


@dataclass(frozen=True)
class Track:
    """How a walker is named in the data set: ``label_id`` 0 for a distractor, ``number`` from 1;
    ``outfit_id`` from 1, ``clothes_id`` the same over all people."""

    person_id: int
    label_id: int
    number: int
    split: str
    outfit_id: int
    clothes_id: int


@dataclass(frozen=True)
class TrackletPlan:
    """The whole data set, as a pure function of ``config``; nothing is drawn until asked for.

    Identities are numbered from 1, the held-out ones last, and distractors after them. In every
    round the people are dealt out over the sites, each moving on to the next site in the next
    round, so that two sightings never share a camera before all of a site's have had their turn.
    """

    config: TrackletConfig

    @cached_property
    def network(self) -> Network:
        return Network(self.config, self.place)

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that get a camera."""
        return self.network.sites

    @cached_property
    def cameras(self) -> tuple[Camera, ...]:
        return tuple(self.camera(i) for i in self.network.ids)

    def camera(self, camera_id: int) -> Camera:
        """Camera ``camera_id``. Raises CameraError for one that cannot be."""
        return self.network.camera(camera_id)

    def place(self, site: str) -> Site:
        """The site as every shot and camera of the data set sees it."""
        number = self.config.sites.index(site)
        return SITES[site](stream(self.config.seed, Purpose.CAMERA, 0, number))

    @property
    def person_ids(self) -> range:
        return range(1, self.config.identities + self.config.distractors + 1)

    def person(self, person_id: int, outfit_id: int = 1) -> Person:
        return self.look_alike(person_id, outfit_id).person

    def look_alike(self, person_id: int, outfit_id: int = 1) -> LookAlike:
        """The person in an outfit, and where they differ from the first of their group."""
        group, seed = self.group(person_id), self.config.seed
        drawn = sample_person(
            stream(seed, Purpose.PERSON, group.start),
            group.start,
            self.config.bodies,
            self.clothing,
        )
        things = stream(seed, Purpose.ACCESSORIES, group.start)
        first = change_clothes(
            equip(things, drawn, self.config.accessories),
            outfit_id,
            lambda number: stream(seed, Purpose.OUTFIT, group.start, number),
            self.clothing,
        )
        members = look_alikes(
            first,
            group[: person_id - group.start + 1],
            lambda member: stream(seed, Purpose.LOOK_ALIKE, member, 0),
            stream(seed, Purpose.LOOK_ALIKE, group.start, outfit_id),
            self.config.accessories,
            self.clothing,
        )
        member = members[-1]
        return replace(member, person=self._clad(self._moved(member.person), outfit_id))

    @cached_property
    def clothing(self) -> Clothing:
        """The clothes there are. Raises PictureError."""
        clothes, textures = self.config.clothes, self.config.textures
        folder = textures.directory
        return Clothing(
            clothes.palette,
            clothes.patterned,
            clothes.open_share,
            () if folder is None else cloth_pictures(folder),
            textures.share,
            textures.width,
        )

    def outfit_ids(self, person_id: int) -> range:
        """The person's outfits. Distractors are seen once, in one."""
        count = 1 if self.split(person_id) == "distractor" else self.config.people.outfits
        return range(1, count + 1)

    def outfit_id(self, person_id: int, round_: int) -> int:
        """What the person wears in a round: every outfit in turn, and once the turns over outfits
        and over sites have come round together, another than before at each site."""
        outfits = len(self.outfit_ids(person_id))
        together = math.lcm(outfits, len(self.sites))
        return 1 + (round_ + round_ // together) % outfits

    def clothes_id(self, person_id: int, outfit_id: int) -> int:
        """A number for an outfit that nobody else's has, from 1."""
        return (person_id - 1) * self.config.people.outfits + outfit_id

    def group(self, person_id: int) -> range:
        """The ids of those who look alike with the person, who is one of them.

        Groups are the first people of the training and of the test identities: none is in both.
        """
        people, size = self.config.people, self.config.people.lookalike_size
        train = self.config.identities - self.config.test_identities
        for first, count in ((1, train), (train + 1, self.config.test_identities)):
            place = person_id - first
            if 0 <= place < people.groups(count) * size:
                start = first + place // size * size
                return range(start, start + size)
        return range(person_id, person_id + 1)

    def _moved(self, person: Person) -> Person:
        """The person with a motion-capture file, where there are any: the same in each outfit."""
        folder, share = self.config.motion.bvh_directory, self.config.motion.bvh_share
        if folder is None:
            return person
        rng = stream(self.config.seed, Purpose.MOTION, person.person_id)
        return give_motion(rng, person, folder, self.motions, share)

    def _clad(self, person: Person, outfit_id: int) -> Person:
        """The person in MakeHuman assets, where there are any. Look-alikes wear none: their small
        differences are in garments."""
        folder, share = self.config.makehuman.directory, self.config.makehuman.share
        own, seed = person.person_id, self.config.seed
        if folder is None or len(self.group(own)) > 1:
            return person
        first = sample_person(
            stream(seed, Purpose.PERSON, own), own, self.config.bodies, self.clothing
        )
        outfits = [
            change_clothes(
                first, number, lambda n: stream(seed, Purpose.OUTFIT, own, n), self.clothing
            )
            for number in range(1, outfit_id)
        ]
        return give_assets(
            [*outfits, person],
            catalogue(folder),
            share,
            stream(seed, Purpose.MAKEHUMAN, own, 0),
            lambda number: stream(seed, Purpose.MAKEHUMAN, own, number),
            self.clothing,
        )

    @cached_property
    def motions(self) -> tuple[str, ...]:
        """Names of the motion-capture files. Raises MotionError."""
        folder = self.config.motion.bvh_directory
        return () if folder is None else bvh_files(folder)

    @cached_property
    def pictures(self) -> tuple[str, ...]:
        """Names of the photographs. Raises PictureError."""
        folder = self.config.backgrounds.directory
        return () if folder is None else pictures(folder, "backgrounds.directory")

    def backdrop(self, camera_id: int) -> Backdrop | None:
        """The photograph that a camera has in all its shots, or None.

        Pictures are dealt out over the cameras: no two have the same while there are enough."""
        backgrounds, cameras = self.config.backgrounds, self.network.ids
        if backgrounds.directory is None:
            return None
        order = stream(self.config.seed, Purpose.BACKDROP, 0)
        chosen = order.permutation(cameras)[: round(backgrounds.share * len(cameras))]
        turns = np.flatnonzero(chosen == camera_id)
        if not len(turns):
            return None
        dealt = order.permutation(len(self.pictures))
        slide = stream(self.config.seed, Purpose.BACKDROP, camera_id).random()
        name = self.pictures[dealt[int(turns[0]) % len(dealt)]]
        return Backdrop(backgrounds.directory / name, backgrounds.horizon, round(slide, 4))

    def check(self) -> None:
        """Raises a VidsynthError unless all files that settings name can be used, and every camera
        can hang where it does and sees people there."""
        self.network.check()
        if self.config.textures.directory is not None:
            check_pictures(self.config.textures.directory, "textures.directory")
        if self.config.makehuman.directory is not None:
            catalogue(self.config.makehuman.directory)
        if self.config.backgrounds.directory is not None:
            check_pictures(self.config.backgrounds.directory, "backgrounds.directory")
        if self.config.motion.bvh_directory is not None:
            check_files(self.config.motion.bvh_directory)
        if self.config.sky.folder is not None:
            check_panoramas(self.config.sky.folder)

    def split(self, person_id: int) -> str:
        """``train``, ``test`` (query and gallery) or ``distractor`` (gallery only, id 0)."""
        if person_id > self.config.identities:
            return "distractor"
        train = self.config.identities - self.config.test_identities
        return "train" if person_id <= train else "test"

    @cached_property
    def slots(self) -> tuple[Slot, ...]:
        """Every shot's people and cameras, in order of index."""
        return tuple(Slot(index, *slot) for index, slot in enumerate(self._deal()))

    def shot(self, index: int) -> Shot:
        """Shot ``index``, from 0; other shots are not computed."""
        slot = self.slots[index]
        config = self.config
        moment, weather = self.moment(index), self.weather(index)
        sky_seed = self._timetable.sky_seed(index)
        seed = int(sequence(config.seed, Purpose.SHOT, index, 1).generate_state(1)[0] >> 1)
        cameras = tuple(self.camera(i) for i in slot.camera_ids)
        place = self.place(slot.site)
        people = [self.person(i, self.outfit_id(i, slot.round)) for i in slot.person_ids]
        stage = self.network.stage(slot.camera_ids, slot.site)
        walkers = send(
            stream(config.seed, Purpose.PATHS, index),
            people,
            stage,
            cameras,
            config.frames,
            config.fps,
            config.boxes.min_height,
            draw_parties(stream(config.seed, Purpose.MANNER, index), people, config.motion),
            config.crowd.occlusion,
        )
        return Shot(
            index,
            slot.site,
            place,
            moment.hour,
            weather,
            cameras,
            walkers,
            config.frames,
            config.fps,
            seed,
            config.motion.bvh_directory,
            moment.start,
            panorama=None if place.indoor else self.panorama(sky_seed, moment.hour, weather),
            assets=config.makehuman.directory,
            textures=config.textures.directory,
            backdrops=tuple((c.camera_id, b) for c in cameras if (b := self.backdrop(c.camera_id))),
            bystanders=self._bystanders(index, stage, walkers),
            sky_seed=sky_seed,
        )

    def _bystanders(
        self, index: int, stage: Site, walkers: tuple[Walker, ...]
    ) -> tuple[Walker, ...]:
        """People of a pool of their own, numbered after all others, in one outfit for good."""
        config = self.config
        if not config.crowd.density:
            return ()
        x0, y0, x1, y1 = stage.walk_area
        rng = stream(config.seed, Purpose.PARTY, index)
        people = [
            self._bystander(number)
            for number in draw_bystanders(rng, config.crowd.density, (x1 - x0) * (y1 - y0))
        ]
        parties = draw_parties(rng, people, config.motion)
        return crowd(rng, people, stage, config.frames, config.fps, parties, walkers)

    def _bystander(self, number: int) -> Person:
        seed = self.config.seed
        drawn = sample_person(
            stream(seed, Purpose.BYSTANDER, number),
            self.person_ids.stop + number,
            self.config.bodies,
            self.clothing,
        )
        things = stream(seed, Purpose.BYSTANDER, number, 1)
        return equip(things, drawn, self.config.accessories)

    def moment(self, index: int) -> ShotTime:
        """When shot ``index`` is filmed; of other shots, those of its wave alone are computed."""
        return self._timetable.moment(index)

    def weather(self, index: int) -> str:
        """That of shot ``index``, and of all others of the same outing of its wave."""
        return self._timetable.weather(index)

    @cached_property
    def _timetable(self) -> Timetable:
        rounds = range(1, self.config.sightings)
        changes = [r for r in rounds if self.outfit_id(1, r) != self.outfit_id(1, r - 1)]
        return Timetable(
            self.config,
            tuple(Meeting(s.index, s.round, s.site, s.person_ids, s.wave) for s in self.slots),
            self.network.metres,
            cache(lambda person_id: self.person(person_id).gait.speed),
            frozenset(changes),
        )

    def panorama(self, seed: int, hour: str, weather: str) -> Path | None:
        """The HDRI that shots under a sky with that seed are lit by, if any."""
        sky, rng = self.config.sky, stream(seed, Purpose.SKY)
        if weather not in WEATHERS or rng.random() >= sky.share:
            return None
        found = panoramas(sky.hdri_directory, hour, weather)
        return found[rng.integers(len(found))] if found else None

    def tracks(self, index: int) -> tuple[Track, ...]:
        """How the walkers of shot ``index`` are named, in their order."""
        slot = self.slots[index]
        tracks = []
        for person_id in slot.person_ids:
            split = self.split(person_id)
            outfit_id = self.outfit_id(person_id, slot.round)
            worn = (outfit_id, self.clothes_id(person_id, outfit_id))
            if split == "distractor":
                track = Track(person_id, 0, person_id - self.config.identities, split, *worn)
            else:
                track = Track(person_id, person_id, slot.round + 1, split, *worn)
            tracks.append(track)
        return tuple(tracks)

    @property
    def crops(self) -> int:
        """Crops if none is filtered out."""
        return self.config.frames * sum(
            len(slot.person_ids) * len(slot.camera_ids) for slot in self.slots
        )

    @property
    def whole_frames(self) -> int:
        """Frames of all cameras, each counted once however many people are in it."""
        return self.config.frames * sum(len(slot.camera_ids) for slot in self.slots)

    def _deal(self) -> Iterator[tuple[int, str, tuple[int, ...], tuple[int, ...], int]]:
        config, sites = self.config, len(self.sites)
        together = config.cameras_per_shot
        teams = {site: self.network.teams(site, together) for site in self.sites}
        turns = max(map(until_all_film, teams.values()))
        turns = max(1, min(turns, config.identities // (sites * config.people_per_shot)))
        hands, crowd = sites * turns, WAVE * config.people_per_shot
        for round_ in range(config.sightings):
            present = self.person_ids if round_ == 0 else self.person_ids[: config.identities]
            people = np.array(present)
            for hand in range(hands):
                members = people[(people - 1) % hands == hand]
                rng = stream(config.seed, Purpose.ORDER, round_, hand)
                site = self.sites[(hand + round_) % sites]
                # Hands that come to a site one after the other find other cameras there.
                turn = round_ // sites + hand // sites + hand % sites
                chosen = teams[site][turn % len(teams[site])]
                for number, first in enumerate(range(0, len(members), crowd)):
                    wave = rng.permutation(members[first : first + crowd])
                    for half in self._halves(wave):
                        for group in np.array_split(half, -(-len(half) // config.people_per_shot)):
                            of = tuple(int(i) for i in group)
                            yield round_, site, chosen, of, number * hands + hand

    def _halves(self, people: np.ndarray) -> list[np.ndarray]:
        """People who may be in a shot together: in whole frames, those to train on are not seen
        with those to test on."""
        if not self.config.whole:
            return [people]
        train = people <= self.config.identities - self.config.test_identities
        return [half for half in (people[train], people[~train]) if len(half)]
