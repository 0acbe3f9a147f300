"""How a table of labels is declared: each column once, with its type, unit, meaning and source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import pyarrow as pa

Source = TypeVar("Source")


@dataclass(frozen=True)
class Column(Generic[Source]):
    """A column of a table. ``get`` reads its value off what a row is made of; None where the
    value is known only later, and filled in then. ``unit`` is empty for what has none."""

    name: str
    type: pa.DataType
    unit: str
    meaning: str
    get: Callable[[Source], Any] | None = None


@dataclass(frozen=True)
class Table(Generic[Source]):
    """Columns in the order in which they are written."""

    columns: tuple[Column[Source], ...]

    @property
    def schema(self) -> pa.Schema:
        return pa.schema([(column.name, column.type) for column in self.columns])

    def record(self, source: Source) -> dict[str, Any]:
        """A row, less what is filled in later."""
        return {c.name: c.get(source) for c in self.columns if c.get is not None}

    def without(self, *names: str) -> tuple[Column[Source], ...]:
        """The columns but those called so."""
        return tuple(column for column in self.columns if column.name not in names)


def list_of(value: pa.DataType, *sizes: int) -> pa.DataType:
    """Lists of that many lists of that many values; without sizes, one list of any length."""
    if not sizes:
        return pa.list_(value)
    for size in reversed(sizes):
        value = pa.list_(value, size)
    return value
