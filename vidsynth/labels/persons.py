"""The rows of persons.parquet: everybody in every outfit, with what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from math import nan
from typing import Any

from vidsynth.people.attributes import PREFIX, describe
from vidsynth.people.person import Person
from vidsynth.planning.population import Population


def person_rows(population: Population) -> Iterator[dict[str, Any]]:
    """A row for each person and outfit."""
    for person_id in population.person_ids:
        for outfit_id in population.outfit_ids(person_id):
            member = population.look_alike(person_id, outfit_id)
            yield person_record(
                member.person,
                population.split(person_id),
                outfit_id=outfit_id,
                clothes_id=population.clothes_id(person_id, outfit_id),
                group=population.group(person_id).start,
                regions=member.regions,
            )


def person_record(
    person: Person,
    split: str,
    *,
    outfit_id: int,
    clothes_id: int,
    group: int,
    regions: Iterable[str],
) -> dict[str, Any]:
    """A person in an outfit: what they are made of, ``upper_kind``, ``gait_speed``, ..., what they
    have with them, ``accessories_bag_kind``, ``accessories_bag_colour_name``, ..., what each arm
    does, ``posture_left`` and ``posture_right``, and in words, ``attribute_sleeve``, ...

    ``group`` is the lowest id of those who look alike with the person, and ``regions`` are where
    the person differs from that one in this outfit. ``upper_asset``, ``lower_asset``,
    ``shoes_asset``, ``hair_asset`` and ``hat_asset`` name MakeHuman assets, empty for none.
    Of someone moved by a file, ``motion`` names it and all of the gait but ``gait_speed`` is NaN.
    """
    values = _flat(asdict(person))
    if person.motion:
        values |= {k: nan for k in values if k.startswith("gait_") and k != "gait_speed"}
    return {
        "person_id": person.person_id,
        "split": split,
        "outfit_id": outfit_id,
        "clothes_id": clothes_id,
        "look_alike_group": group,
        "look_alike_regions": ",".join(regions),
        **values,
        **{PREFIX + name: word for name, word in describe(person).items()},
    }


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}_")
        else:
            flat[prefix + name] = list(value) if isinstance(value, tuple) else value
    return flat
