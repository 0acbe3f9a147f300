"""The rows of persons.parquet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from vidsynth.labels.tables import person_record
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
