"""The plan of a set of tracklets: people walking past cameras, each shot computed on its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from vidsynth.cameras.camera import Camera
from vidsynth.cameras.network import Network
from vidsynth.cameras.network_file import camera_record
from vidsynth.config import TrackletConfig
from vidsynth.motion.groups import draw_parties
from vidsynth.places.backdrops.backdrop import Backdrop
from vidsynth.places.sites.site import Site
from vidsynth.planning import given
from vidsynth.planning.bearings import draw_bearings
from vidsynth.planning.clock import Meeting
from vidsynth.planning.dealing import ShotOutline, deal
from vidsynth.planning.outings import Outings, count_of
from vidsynth.planning.passers_by import pass_by
from vidsynth.planning.population import Population
from vidsynth.planning.routes import route_walkers
from vidsynth.planning.scenery import deal_photographs, draw_panorama, lay_out
from vidsynth.planning.shot import Shot, Unit
from vidsynth.planning.take import Subject, frames_by_cameras
from vidsynth.planning.timetable import Timetable
from vidsynth.seeds import Purpose, sequence, stream

CPU_SECONDS_PER_CROP = {"fast": 0.14, "standard": 0.20, "high": 3.0}
"""Of sets of 500 crops, start of the workers included; high is reckoned by its samples."""
BYTES_PER_CROP = 5_000
CPU_SECONDS_PER_FRAME = {"fast": 7.0, "standard": 13.0, "high": 90.0}
"""Of a whole frame of 1280 x 720 pixels with six people; high is reckoned by its samples."""
BYTES_PER_PIXEL = 0.11
"""Of whole frames' JPEG files."""


@dataclass(frozen=True)
class TrackletPlan:
    """The whole data set, as a pure function of ``config``; nothing is drawn until asked for."""

    config: TrackletConfig
    dealt: tuple[ShotOutline, ...] = ()
    """Shots to be filmed instead of those that people are dealt out to."""

    @property
    def unit(self) -> Unit:
        return "frame" if self.config.whole else "crop"

    @cached_property
    def population(self) -> Population:
        return Population(self.config)

    @cached_property
    def network(self) -> Network:
        return Network(self.config, self.site)

    @cached_property
    def cameras(self) -> tuple[Camera, ...]:
        """All cameras, in order of id. Raises CameraError for one that cannot be."""
        return tuple(map(self.network.camera, self.network.ids))

    @cached_property
    def backdrops(self) -> dict[int, Backdrop]:
        """The photographs that cameras, by id, have in place of their site. Raises PictureError."""
        return deal_photographs(self.config.backgrounds, self.config.seed, self.network.ids)

    @cached_property
    def outlines(self) -> tuple[ShotOutline, ...]:
        """Every shot's people and cameras, in order of index."""
        return self.dealt or deal(self.config, self.network, self.sightings)

    @cached_property
    def timetable(self) -> Timetable:
        """When each shot is filmed, and under which sky."""
        return Timetable(
            self.config,
            tuple(Meeting(s.index, s.round, s.site, s.person_ids, s.wave) for s in self.outlines),
            self.network.metres,
            cache(lambda person_id: self.population.person(person_id).gait.speed),
            self.outings,
        )

    @cached_property
    def outings(self) -> Outings:
        """On how many outings each wave of people is seen."""
        waves: dict[int, set[int]] = {}
        for outline in self.outlines:
            identities = (i for i in outline.person_ids if i <= self.config.identities)
            waves.setdefault(outline.wave, set()).update(identities)
        found = {wave: tuple(sorted(people)) for wave, people in waves.items()}
        return Outings(self.config, found, self.population.outfits, self.sightings)

    @cached_property
    def sightings(self) -> Callable[[int], int]:
        """How often an identity is seen."""
        return count_of(self.config, self.population.drawable, "sightings")

    def check(self) -> None:
        """Raises a VidsynthError unless all files that settings name can be used, and every camera
        can hang where it does and sees people there."""
        self.network.check()
        given.check(self.config)

    def site(self, name: str) -> Site:
        """The site as every shot and camera of the data set sees it."""
        return lay_out(self.config, name)

    def subjects(self, index: int) -> tuple[Subject, ...]:
        """How the walkers of shot ``index`` are named, in their order."""
        outline, people = self.outlines[index], self.population
        subjects = []
        for person_id in outline.person_ids:
            split, outfit_id = people.split(person_id), people.outfit_in(person_id, outline.round)
            stranger = person_id - self.config.identities
            subjects.append(
                Subject(
                    person_id,
                    people.label_id(person_id),
                    split,
                    outfit_id,
                    people.clothes_id(person_id, outfit_id),
                    number=stranger if split == "distractor" else outline.round + 1,
                )
            )
        return tuple(subjects)

    def shot(self, index: int) -> Shot:
        """Shot ``index``, from 0; other shots are not computed, but for when they are filmed."""
        outline, config = self.outlines[index], self.config
        when, weather = self.timetable.moment(index), self.timetable.weather(index)
        sky_seed = self.timetable.sky_seed(index)
        cameras = tuple(map(self.network.camera, outline.camera_ids))
        place, stage = self.site(outline.site), self.network.stage(outline.camera_ids, outline.site)
        population = self.population
        people = [
            population.person(i, population.outfit_in(i, outline.round)) for i in outline.person_ids
        ]
        parties = draw_parties(stream(config.seed, Purpose.MANNER, index), people, config.motion)
        turns = stream(config.seed, Purpose.BEARING, index)
        walkers = route_walkers(
            stream(config.seed, Purpose.PATHS, index),
            people,
            stage,
            cameras,
            config.frames,
            config.fps,
            config.boxes.min_height,
            parties,
            config.crowd.occlusion,
            draw_bearings(turns, config.motion.azimuth, cameras, len(parties)),
        )
        outdoors = not place.indoor
        return Shot(
            index=index,
            site=outline.site,
            place=place,
            hour=when.hour,
            weather=weather,
            walkers=walkers,
            takes=frames_by_cameras(config.frames, cameras, self.subjects(index), self.backdrops),
            fps=config.fps,
            seed=int(sequence(config.seed, Purpose.SHOT, index, 1).generate_state(1)[0] >> 1),
            unit=self.unit,
            bystanders=pass_by(config, population, stage, walkers, index),
            site_number=config.sites.names.index(outline.site) + 1,
            time=when.start,
            panorama=draw_panorama(config.sky, sky_seed, when.hour, weather) if outdoors else None,
            sky_seed=sky_seed,
            motions=config.motion.bvh_directory,
            joint_map=config.motion.joint_map,
            assets=config.makehuman.directory,
            textures=config.textures.directory,
        )

    def planned(self, index: int) -> int:
        """Crops, or whole frames, of a shot, if none is filtered out."""
        outline = self.outlines[index]
        views = self.config.frames * len(outline.camera_ids)
        return views if self.config.whole else views * len(outline.person_ids)

    def counts(self) -> dict[str, int]:
        """What dataset.json says there is to be, besides people and shots."""
        frames = {"planned_frames": self.whole_frames} if self.config.whole else {}
        return {"cameras": len(self.network.ids), "planned_crops": self.crops, **frames}

    def camera_records(self) -> list[dict[str, Any]]:
        """The entries of cameras.json."""
        return [camera_record(c, self.backdrops.get(c.camera_id)) for c in self.cameras]

    @property
    def crops(self) -> int:
        """Crops if none is filtered out."""
        return self.config.frames * sum(
            len(outline.person_ids) * len(outline.camera_ids) for outline in self.outlines
        )

    @property
    def whole_frames(self) -> int:
        """Frames of all cameras, each counted once however many people are in it."""
        return self.config.frames * sum(len(outline.camera_ids) for outline in self.outlines)
