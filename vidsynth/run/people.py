"""The rows of persons.parquet, for whatever plan has people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from vidsynth.labels.tables import person_record
from vidsynth.people.lookalikes import LookAlike


class Peopled(Protocol):
    """A plan's people: see `TrackletPlan`."""

    @property
    def person_ids(self) -> range: ...
    def outfit_ids(self, person_id: int) -> range: ...
    def look_alike(self, person_id: int, outfit_id: int = 1) -> LookAlike: ...
    def split(self, person_id: int) -> str: ...
    def clothes_id(self, person_id: int, outfit_id: int) -> int: ...
    def group(self, person_id: int) -> range: ...


def person_rows(plan: Peopled) -> Iterator[dict[str, Any]]:
    """A row for each person and outfit."""
    for person_id in plan.person_ids:
        for outfit_id in plan.outfit_ids(person_id):
            member = plan.look_alike(person_id, outfit_id)
            yield person_record(
                member.person,
                plan.split(person_id),
                outfit_id=outfit_id,
                clothes_id=plan.clothes_id(person_id, outfit_id),
                group=plan.group(person_id).start,
                regions=member.regions,
            )
