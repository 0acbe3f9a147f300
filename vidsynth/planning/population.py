"""The people of a data set: who there is, what they look like and wear, and what they are for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from vidsynth.config.population import PopulationConfig
from vidsynth.config.tables import extent, settled
from vidsynth.drawing.draws import Drawable, Draws
from vidsynth.motion.library import bvh_files, give_motion
from vidsynth.people.accessories import give_accessories, take_hands_out
from vidsynth.people.assets import give_assets
from vidsynth.people.clothing import Clothing
from vidsynth.people.lookalikes import LookAlike, look_alikes
from vidsynth.people.outfits import change_clothes
from vidsynth.people.person import Person
from vidsynth.people.sampling import sample_person
from vidsynth.planning.outings import count_of, worn
from vidsynth.seeds import Purpose, stream
from vidsynth.wardrobe.cloth_pictures import ClothPicture, cloth_pictures
from vidsynth.wardrobe.makehuman.catalogue import catalogue


@dataclass(frozen=True)
class Population:
    """Everybody in a data set, each drawn alone: person 17 is the same whoever else is there.

    Identities are numbered from 1, the held-out ones last, and distractors after them. The kind of
    data set does not matter: equal settings of people and equal seeds give equal people.
    """

    config: PopulationConfig

    @property
    def person_ids(self) -> range:
        return range(1, self.config.identities + self.config.distractors + 1)

    def split(self, person_id: int) -> str:
        """``train``, ``test`` (query and gallery) or ``distractor`` (gallery only, id 0)."""
        if person_id > self.config.identities:
            return "distractor"
        train = self.config.identities - self.config.test_identities
        return "train" if person_id <= train else "test"

    def label_id(self, person_id: int) -> int:
        """The identity as benchmarks see it: the person, or 0 for a distractor."""
        return 0 if self.split(person_id) == "distractor" else person_id

    def outfit_ids(self, person_id: int) -> range:
        """The person's outfits. Distractors have one."""
        count = 1 if self.split(person_id) == "distractor" else self.outfits(person_id)
        return range(1, count + 1)

    @cached_property
    def outfits(self) -> Callable[[int], int]:
        """How many outfits an identity has."""
        return count_of(self.config, self.drawable, "people.outfits")

    def outfit_at(self, person_id: int, turn: int) -> int:
        """The outfit whose turn it is, from 0."""
        return 1 + turn % len(self.outfit_ids(person_id))

    def outfit_in(self, person_id: int, round_: int) -> int:
        """What the person wears in a round."""
        return worn(len(self.outfit_ids(person_id)), round_)

    def another(self, person_id: int, rng: np.random.Generator) -> Person:
        """Someone else, of the same half where there is anybody."""
        half = self._half(person_id)
        if len(half) == 1:
            half = self.person_ids
        drawn = half[int(rng.integers(len(half) - 1))]
        return self.person(drawn + (drawn >= person_id))

    def _half(self, person_id: int) -> range:
        """Everybody of the person's split."""
        identities, stop = self.config.identities, self.person_ids.stop
        train = identities - self.config.test_identities
        ends = {"train": (1, train + 1), "test": (train + 1, identities + 1)}
        return range(*ends.get(self.split(person_id), (identities + 1, stop)))

    def clothes_id(self, person_id: int, outfit_id: int) -> int:
        """A number for an outfit that nobody else's has, from 1."""
        most = int(extent(self.config, "people.outfits")[1])
        return (person_id - 1) * most + outfit_id

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

    def person(self, person_id: int, outfit_id: int = 1) -> Person:
        """The person in an outfit."""
        return self.look_alike(person_id, outfit_id).person

    def look_alike(self, person_id: int, outfit_id: int = 1) -> LookAlike:
        """The person in an outfit, and where they differ from the first of their group."""
        group, seed, own = self.group(person_id), self.config.seed, self._settings(person_id)
        first = change_clothes(
            give_accessories(
                stream(seed, Purpose.ACCESSORIES, group.start),
                self._unequipped(group.start),
                own.accessories,
            ),
            outfit_id,
            lambda number: stream(seed, Purpose.OUTFIT, group.start, number),
            lambda attempt: self._clothing(self._settings(person_id, attempt)),
        )
        members = look_alikes(
            first,
            group[: person_id - group.start + 1],
            lambda member: stream(seed, Purpose.LOOK_ALIKE, member, 0),
            stream(seed, Purpose.LOOK_ALIKE, group.start, outfit_id),
            own.accessories,
            self._clothing(own),
            own.motion.speed,
            own.bodies,
        )
        member = members[-1]
        dressed = self._in_assets(self._moved(member.person), outfit_id)
        return replace(member, person=take_hands_out(dressed))

    def bystander(self, number: int) -> Person:
        """One of a pool of people without labels, numbered after all others, in one outfit."""
        seed, own = self.config.seed, self._drawn((0, number))
        drawn = sample_person(
            stream(seed, Purpose.BYSTANDER, number),
            self.person_ids.stop + number,
            own.bodies,
            self._clothing(own),
            own.motion.speed,
        )
        things = stream(seed, Purpose.BYSTANDER, number, 1)
        return give_accessories(things, drawn, own.accessories)

    def _settings(self, person_id: int, row: int = 0) -> PopulationConfig:
        """What the person is drawn from; where tables say it, row number ``row`` of theirs."""
        return self._drawn((person_id,), row)

    def _drawn(self, address: tuple[int, ...], row: int = 0) -> PopulationConfig:
        if "identity" not in self.drawable.scopes.values():
            return self.config
        return settled(self.config, Draws(self.drawable, {"identity": address}, row).cells)

    @cached_property
    def drawable(self) -> Drawable:
        """What is drawn for each identity."""
        return self.config.drawable()

    def _clothing(self, settings: PopulationConfig) -> Clothing:
        """The clothes that somebody may wear. Raises PictureError."""
        textures = settings.textures
        return Clothing(settings.clothes, self._pictures, textures.share, textures.width)

    @cached_property
    def _pictures(self) -> tuple[ClothPicture, ...]:
        folder = self.config.textures.directory
        return () if folder is None else cloth_pictures(folder)

    @cached_property
    def motions(self) -> tuple[str, ...]:
        """Names of the motion-capture files. Raises MotionError."""
        folder = self.config.motion.bvh_directory
        return () if folder is None else bvh_files(folder)

    def _unequipped(self, person_id: int) -> Person:
        """The person in their first garments, with nothing carried or worn besides."""
        rng, own = stream(self.config.seed, Purpose.PERSON, person_id), self._settings(person_id)
        return sample_person(rng, person_id, own.bodies, self._clothing(own), own.motion.speed)

    def _moved(self, person: Person) -> Person:
        """The person with a motion-capture file, where there are any: the same in each outfit."""
        motion = self.config.motion
        if motion.bvh_directory is None:
            return person
        rng = stream(self.config.seed, Purpose.MOTION, person.person_id)
        return give_motion(
            rng, person, motion.bvh_directory, self.motions, motion.bvh_share, motion.joint_map
        )

    def _in_assets(self, person: Person, outfit_id: int) -> Person:
        """The person in MakeHuman assets, where there are any. Look-alikes wear none: their small
        differences are in garments."""
        folder, share = self.config.makehuman.directory, self.config.makehuman.share
        own, seed = person.person_id, self.config.seed
        if folder is None or len(self.group(own)) > 1:
            return person
        first = self._unequipped(own)
        outfits = [
            change_clothes(
                first,
                number,
                lambda n: stream(seed, Purpose.OUTFIT, own, n),
                lambda attempt: self._clothing(self._settings(own, attempt)),
            )
            for number in range(1, outfit_id)
        ]
        return give_assets(
            [*outfits, person],
            catalogue(folder),
            share,
            stream(seed, Purpose.MAKEHUMAN, own, 0),
            lambda number: stream(seed, Purpose.MAKEHUMAN, own, number),
            self._clothing(self._settings(own)),
        )
