"""Settings drawn for one image, camera or identity, each from a stream of its own.

Setting one to another distribution leaves all others as they were.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from vidsynth.drawing.distributions import Distribution, Scope
from vidsynth.drawing.markers import Drawn
from vidsynth.drawing.tables import Cell, Table
from vidsynth.seeds import Purpose, stream


@dataclass(frozen=True)
class Drawable:
    """What a config draws from: numbers by their name, and its tables; ``scopes`` say how often
    each table's row is drawn. Build it once."""

    seed: int
    settings: Mapping[str, tuple[Distribution, Drawn]]
    tables: Mapping[str, Table]
    scopes: Mapping[str, Scope]


@dataclass(frozen=True)
class Draws:
    """What is drawn for one image, camera or identity: ``draws("look.gamma")``.

    ``addresses`` are the numbers that each scope is known by. What is drawn per camera is the same
    in all images of a camera. ``row`` counts the tables' rows on.
    """

    source: Drawable
    addresses: Mapping[Scope, tuple[int, ...]]
    row: int = 0

    def __call__(self, name: str, again: int = 0) -> float:
        """The value of a setting; another one of it with ``again``, if it is in no table."""
        value, marker = self.source.settings[name]
        if value.table is not None:
            cell = self.cells[name]
            assert not isinstance(cell, str)
            return cell
        chance = self._chance(name, again, value.per or marker.per[0])
        return value.at(chance, marker.whole)

    def span(self, name: str) -> tuple[float, float]:
        """The least and greatest value that it can have, here or elsewhere."""
        value, _ = self.source.settings[name]
        if value.table is not None:
            return self.source.tables[value.table].content.span(name)
        return value.support

    def fixed(self, name: str) -> bool:
        """Whether a table's row says it."""
        return self.source.settings[name][0].table is not None

    def on(self, row: int) -> Draws:
        """The same with row number ``row`` of each table, from 0."""
        return replace(self, row=row)

    @cached_property
    def cells(self) -> dict[str, Cell]:
        """All that tables' rows say, by the name of the setting."""
        cells: dict[str, Cell] = {}
        for name, table in self.source.tables.items():
            scope = self.source.scopes[name]
            if scope in self.addresses:
                cells |= table.content.at(self._chance(f"tables.{name}", self.row, scope))
        return cells

    def _chance(self, name: str, again: int, scope: Scope) -> float:
        address = (zlib.crc32(name.encode()), again, *self.addresses[scope])
        rng = stream(self.source.seed, Purpose.SETTING, len(address), *address)
        return float(rng.random())
