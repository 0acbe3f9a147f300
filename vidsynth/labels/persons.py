"""The columns of persons.parquet: everybody in every outfit, with what they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import nan
from operator import attrgetter
from typing import Any

import pyarrow as pa

from vidsynth.labels.columns import Column, Table, list_of
from vidsynth.people.attributes import ATTRIBUTES, PREFIX
from vidsynth.people.person import Person
from vidsynth.planning.population import Population
from vidsynth.wardrobe.records import Accessory, Garment

_NUMBER, _NAME = pa.float64(), pa.string()
_COLOUR = list_of(pa.float64())


@dataclass(frozen=True)
class Dressed:
    """A person in an outfit. ``group`` is the lowest id of those who look alike with the person,
    ``regions`` where they differ from that one in this outfit."""

    person: Person
    split: str
    outfit_id: int
    clothes_id: int
    group: int
    regions: tuple[str, ...] = ()


def dressed(population: Population) -> Iterator[Dressed]:
    """Everybody in each of their outfits."""
    for person_id in population.person_ids:
        for outfit_id in population.outfit_ids(person_id):
            member = population.look_alike(person_id, outfit_id)
            yield Dressed(
                member.person,
                population.split(person_id),
                outfit_id,
                population.clothes_id(person_id, outfit_id),
                population.group(person_id).start,
                member.regions,
            )


def person_rows(population: Population) -> Iterator[dict[str, Any]]:
    """The rows of the table."""
    return map(PERSONS.record, dressed(population))


Of = Column[Dressed]


def _of(name: str, kind: pa.DataType, unit: str, meaning: str, where: str = "") -> Of:
    """A column of the person's own; ``where`` in the record it is, if not under its name."""
    read: Callable[[Person], Any] = attrgetter(where or name)

    def get(row: Dressed) -> Any:
        value = read(row.person)
        return list(value) if isinstance(value, tuple) else value

    return Of(name, kind, unit, meaning, get)


_ROW = (
    Of("person_id", pa.int64(), "", "the person, from 1", lambda r: r.person.person_id),
    Of("split", _NAME, "", "train, test or distractor", lambda r: r.split),
    Of("outfit_id", pa.int64(), "", "counts the person's outfits from 1", lambda r: r.outfit_id),
    Of("clothes_id", pa.int64(), "", "the outfit's number, unique over people",
       lambda r: r.clothes_id),
    Of("look_alike_group", pa.int64(), "", "lowest person_id of those who look alike",
       lambda r: r.group),
    Of("look_alike_regions", _NAME, "",
       "where the person differs from the first of them, with commas between",
       lambda r: ",".join(r.regions)),
    _of("sex", _NAME, "", "female or male"),
)  # fmt: skip

_BODY = tuple(
    _of(f"body_{name}", _NUMBER, unit, meaning, f"body.{name}")
    for name, unit, meaning in (
        ("gender", "0-1", "0 female, 1 male, as of anny's bodies"),
        ("age", "years", "the person's age"),
        ("muscle", "0-1", "of anny's bodies"),
        ("weight", "0-1", "of anny's bodies"),
        ("height", "0-1", "of anny's bodies"),
        ("proportions", "0-1", "of anny's bodies"),
        ("stature", "m", "from head to foot"),
        ("bmi", "kg/m2", "of the body's volume at the density of water"),
        ("cupsize", "0-1", "of anny's bodies, women's chests only"),
        ("firmness", "0-1", "of anny's bodies, women's chests only"),
        ("african", "share", "of anny's three faces and builds, which sum to 1"),
        ("asian", "share", "of anny's three faces and builds"),
        ("caucasian", "share", "of anny's three faces and builds"),
    )
)

_HEAD = (
    _of("skin_name", _NAME, "", "the skin tone"),
    _of("skin", _COLOUR, "sRGB, 0-1", "its colour"),
    _of("hair_style", _NAME, "", "how hair is worn"),
    _of("hair_name", _NAME, "", "the hair's colour by name"),
    _of("hair", _COLOUR, "sRGB, 0-1", "its colour"),
)

GARMENTS = ("upper", "lower", "shoes", "inner")
"""What is worn: outermost above, below, on the feet, and the top that shows under an open front."""

GARMENT: tuple[Column[Garment], ...] = tuple(
    Column(name, kind, unit, meaning, attrgetter(name))
    for name, kind, unit, meaning in (
        ("kind", _NAME, "", "the kind of garment, none for nothing"),
        ("colour_name", _NAME, "", "its colour, of a pattern the first one"),
        ("colour", _COLOUR, "sRGB, 0-1", "that colour"),
        ("pattern", _NAME, "", "plain, knit, denim, picture or a pattern"),
        ("second_name", _NAME, "", "the pattern's other colour, empty for none"),
        ("second_colour", _COLOUR, "sRGB, 0-1", "that colour"),
        ("pattern_scale", _NUMBER, "factor", "on the pattern's usual size"),
        ("length", _NUMBER, "0-1", "from short to long"),
        ("sleeve", _NUMBER, "0-1", "from none to long"),
        ("looseness", _NUMBER, "m", "that cloth stands off the body"),
        ("open", _NUMBER, "0-1", "how wide the front is open, 0 for closed"),
        ("picture", _NAME, "", "file of the picture the cloth is made of, empty for none"),
        ("picture_width", _NUMBER, "m", "of cloth that the picture covers"),
        ("picture_at", _COLOUR, "share", "of the picture's width and height where cloth begins"),
        ("asset", _NAME, "", "MakeHuman asset that is worn instead, empty for none"),
    )
)
"""What is said of each of GARMENTS, after its name and an underscore."""

_GAIT = tuple(
    (f"gait_{name}", unit, meaning)
    for name, unit, meaning in (
        ("speed", "m/s", "walking speed; of who moves by a file, the file's"),
        ("cadence", "1/min", "steps"),
        ("leg_swing", "factor", "on the usual angles"),
        ("knee_bend", "factor", "on the usual angles"),
        ("arm_swing", "factor", "on the usual angles"),
        ("arm_asymmetry", "-1 to 1", "swing shifted to the right arm"),
        ("elbow", "degrees", "of the elbow"),
        ("arm_abduction", "degrees", "of the arms from the trunk"),
        ("trunk_lean", "degrees", "forward"),
        ("toe_out", "degrees", "of the feet"),
        ("pelvis", "factor", "on the usual angles"),
        ("head_pitch", "degrees", "downward"),
        ("leg_asymmetry", "-1 to 1", "bend shifted to the right knee"),
        ("arm_lag", "degrees", "of the cycle by which arms follow the legs"),
        ("knee_lag", "degrees", "of the cycle by which knees follow the legs"),
        ("run_speed", "m/s", "of the person's run"),
        ("run_cadence", "1/min", "steps of the person's run"),
        ("run_elbow", "degrees", "of the person's run"),
        ("stance", "factor", "distance of the feet when standing, over that of the hips"),
    )
)

_FILES = (
    _of("motion", _NAME, "", "file of motion that moves the person, empty for their own gait"),
    _of("hair_asset", _NAME, "", "MakeHuman asset worn as hair, empty for none"),
    _of("hat_asset", _NAME, "", "MakeHuman asset worn as hat, empty for none"),
    _of("beard", _NAME, "", "stubble, moustache, full or none"),
)

PLACES = ("bag", "head", "eyes", "face", "neck", "hand")
"""Where somebody has at most one thing each."""

ACCESSORY: tuple[Column[Accessory], ...] = tuple(
    Column(name, kind, unit, meaning, attrgetter(name))
    for name, kind, unit, meaning in (
        ("kind", _NAME, "", "what it is, none for nothing"),
        ("colour_name", _NAME, "", "its colour, empty for nothing"),
        ("colour", _COLOUR, "sRGB, 0-1", "that colour"),
    )
)
"""What is said of the thing at each of PLACES, after ``accessories_``, the place and ``_``."""

_ARMS = tuple(
    _of(f"posture_{side}", _NAME, "", f"what the {side} arm does: swing, carry, look ...",
        f"posture.{side}")
    for side in ("left", "right")
)  # fmt: skip


def _gait(name: str, unit: str, meaning: str) -> Of:
    read: Callable[[Person], Any] = attrgetter(name.replace("_", ".", 1))

    def get(row: Dressed) -> float:
        """The rest of the gait of who is moved by a file is not known."""
        known = name == "gait_speed" or not row.person.motion
        return float(read(row.person)) if known else nan

    return Of(name, _NUMBER, unit, meaning, get)


def _part(columns: tuple[Column[Any], ...], prefix: str, where: str) -> tuple[Of, ...]:
    """The columns of a part of a person."""
    return tuple(
        _of(f"{prefix}_{c.name}", c.type, c.unit, c.meaning, f"{where}.{c.name}") for c in columns
    )


def _word(name: str) -> Of:
    attribute = ATTRIBUTES[name]
    return Of(PREFIX + name, _NAME, "", attribute.meaning, lambda r: attribute.of(r.person))


OWN = (*_ROW, *_BODY, *_HEAD)
MOVED = (*(_gait(*said) for said in _GAIT),)
WORDS = tuple(map(_word, ATTRIBUTES))

PERSONS = Table(
    (
        *OWN,
        *(column for name in GARMENTS[:3] for column in _part(GARMENT, name, name)),
        *MOVED,
        *_part(GARMENT, GARMENTS[3], GARMENTS[3]),
        *_FILES,
        *(
            column
            for place in PLACES
            for column in _part(ACCESSORY, f"accessories_{place}", f"accessories.{place}")
        ),
        *_ARMS,
        *WORDS,
    )
)
"""A row of ``persons.parquet``."""
