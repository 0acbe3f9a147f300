"""What a drawn setting may be, and how often it is drawn: said beside its type.

gamma: Annotated[Distribution, Drawn(0.1, 10, per=EACH_IMAGE)]
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from strict_reading import shown
from vidsynth.drawing.choices import Choice
from vidsynth.drawing.distributions import Distribution, Scope
from vidsynth.drawing.tables import Cell

EACH_IMAGE: tuple[Scope, ...] = ("image", "camera", "identity")
EACH_CAMERA: tuple[Scope, ...] = ("camera", "image", "identity")
ONE_A_CAMERA: tuple[Scope, ...] = ("camera",)
ONE_A_PERSON: tuple[Scope, ...] = ("identity",)


@dataclass(frozen=True)
class Drawn:
    """A number from ``low`` to ``high``. ``per`` are the scopes that it can be drawn for, the usual
    one first; of none, it is drawn where its room says."""

    low: float
    high: float
    per: tuple[Scope, ...] = ()
    whole: bool = False

    def bounded(self, value: Distribution) -> Distribution:
        """The distribution in these bounds. Raises ValueError."""
        if value.per is not None and value.per not in self.per:
            allowed = " or ".join(f"per: {scope}" for scope in self.per)
            raise ValueError(f"expected {allowed or 'no per'}, found per: {value.per}")
        if value.table is not None and not self.per:
            raise ValueError("no table can draw it")
        if self.whole and not value.whole:
            raise ValueError("expected whole numbers")
        return value.bounded(self.low, self.high)

    def check(self, cell: Cell) -> None:
        """Raises ValueError unless the cell of a table is such a number."""
        _check_number(cell, self.low, self.high, self.whole)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.bounded, handler(source))


@dataclass(frozen=True)
class Among:
    """A name among those known; ``per`` as of Drawn, but that a table alone can say how often."""

    known: tuple[str, ...]
    per: tuple[Scope, ...] = ()

    def check(self, cell: Cell) -> None:
        """Raises ValueError unless the cell of a table is a name known."""
        if not isinstance(cell, str):
            raise ValueError(f"expected names, found {cell:g}")
        Choice(choice=(cell,)).among(self.known)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        def check(value: Choice) -> Choice:
            return value.among(self.known)

        return core_schema.no_info_after_validator_function(check, handler(source))


@dataclass(frozen=True)
class Share:
    """Beside a number from 0 to 1: how many have something, of those drawn for."""

    per: tuple[Scope, ...]

    def check(self, cell: Cell) -> None:
        """Raises ValueError unless the cell of a table is a share."""
        _check_number(cell, 0.0, 1.0, whole=False)


Marker = Drawn | Among | Share


def marked(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Marker]]:
    """Name and marker of every setting of a config, and of its sections, that is drawn."""
    for name, field in model.model_fields.items():
        marker, kind = _marker(field), field.annotation
        if marker is not None:
            yield prefix + name, marker
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from marked(kind, f"{prefix}{name}.")


def value_of(config: BaseModel, name: str) -> Any:
    """The value of the setting ``section.name``."""
    value: Any = config
    for key in name.split("."):
        value = getattr(value, key)
    return value


def drawn(config: BaseModel) -> Iterator[tuple[str, Distribution, Drawn]]:
    """Name, value and marker of the numbers that are drawn for an image, a camera or an identity,
    of those that a config sets to something."""
    for name, marker in marked(type(config)):
        if isinstance(marker, Drawn) and marker.per:
            value = value_of(config, name)
            if value is not None:
                yield name, value, marker


def _check_number(cell: Cell, low: float, high: float, whole: bool) -> None:
    if isinstance(cell, str):
        raise ValueError(f"expected numbers, found {shown(cell)}")
    if not low <= cell <= high:
        raise ValueError(f"expected values from {low:g} to {high:g}, found {cell:g}")
    if whole and not cell.is_integer():
        raise ValueError(f"expected whole numbers, found {cell:g}")


def _marker(field: FieldInfo) -> Marker | None:
    """The marker of a setting; beside null, too."""
    found = [*field.metadata]
    for part in get_args(field.annotation):
        found += get_args(part)[1:]
    return next((marker for marker in found if isinstance(marker, Marker)), None)
