"""Tracklets as a user names them, before identities and cameras are numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from reid_datasets.frames import Frames

Part = Literal["train", "query", "gallery"]


@dataclass(frozen=True, slots=True)
class Row:
    """A tracklet with the names it was found under, None where there is none.

    ``where`` is what an error message calls it.
    """

    frames: Frames
    person: str | None
    camera: str | None
    clothes: str | None
    part: Part | None
    where: str


def numbers(names: Iterable[str]) -> dict[str, int]:
    """A number from 1 for each name.

    Their own value where all of them are different positive whole numbers, their place in sorted
    order otherwise: which it is depends on the set of names alone.
    """
    different = sorted(set(names))
    if all(n.isascii() and n.isdecimal() and len(n) <= 18 for n in different):
        values = {name: int(name) for name in different}
        if len(set(values.values())) == len(values) and 0 not in values.values():
            return values
    return {name: number for number, name in enumerate(different, 1)}
