"""Tables of a config: checked against the settings that they hold, which then name them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from strict_reading import shown
from vidsynth.config.sections import Section
from vidsynth.drawing.distributions import Distribution
from vidsynth.drawing.draws import Drawable
from vidsynth.drawing.markers import Drawn, drawn, marked
from vidsynth.drawing.tables import Table


def name_tables(values: Any, model: type[Section]) -> Any:
    """What somebody wrote for a config, with ``{table: NAME}`` at each setting that is a column.

    Raises ValueError: the setting is set elsewhere, too."""
    if not isinstance(values, dict) or not isinstance(values.get("tables"), Mapping):
        return values
    known, holders = dict(marked(model)), dict[str, str]()
    for name, written in values["tables"].items():
        try:
            columns = Table.model_validate(written).content.columns
        except ValidationError:
            continue  # said once more, with its key, when the settings are read
        for column in columns:
            if column not in known:
                continue  # said when tables are checked
            if column in holders:
                raise ValueError(
                    f"{column} is a column of both tables.{holders[column]} and tables.{name}: "
                    "leave it out of one"
                )
            holders[column] = str(name)
    for column, name in holders.items():
        values = _set(values, column.split("."), column, {"table": name})
    return values


def _set(values: Any, keys: list[str], column: str, wanted: dict[str, str]) -> Any:
    key, *deeper = keys
    if isinstance(values, BaseModel):
        given = {name: getattr(values, name) for name in values.model_fields_set}
    elif values is None or isinstance(values, Mapping):
        given = dict(values or {})
    else:
        return values  # no section: said when the settings are read
    if deeper:
        return given | {key: _set(given.get(key), deeper, column, wanted)}
    there = given.get(key, wanted)
    if isinstance(there, Distribution):
        there = there.model_dump(mode="json")
    if there != wanted:
        raise ValueError(
            f"{column} is a column of tables.{wanted['table']}, and it is set to {shown(there)} "
            "as well: leave one out"
        )
    return given | {key: wanted}


def drawable(config: Section) -> Drawable:
    """What the config draws from. Raises ValueError: a table and its settings do not fit."""
    settings = {name: (value, marker) for name, value, marker in drawn(config)}
    tables: dict[str, Table] = config.tables  # type: ignore[attr-defined]
    for name, (value, _) in settings.items():
        if value.table is not None and value.table not in tables:
            raise ValueError(f"{name} is {{table: {value.table}}}, but there is no such table")
        if value.table is not None and name not in tables[value.table].content.columns:
            raise ValueError(f"{name} is {{table: {value.table}}}, which has no such column")
    known = dict(marked(type(config)))
    for table_name, table in tables.items():
        _check(table_name, table, known)
    return Drawable(config.seed, settings, tables)  # type: ignore[attr-defined]


def _check(name: str, table: Table, known: Mapping[str, Drawn]) -> None:
    scopes = set()
    for column in table.content.columns:
        if column not in known:
            near = difflib.get_close_matches(column, list(known), 1)
            advice = f"did you mean {near[0]}?" if near else f"columns can be {', '.join(known)}"
            raise ValueError(f"tables.{name} has a column {shown(column)}: {advice}")
        marker = known[column]
        scopes.add(marker.per[0])
        low, high = table.content.span(column)
        if not marker.low <= low <= high <= marker.high:
            raise ValueError(
                f"tables.{name}: expected values of {column} from {marker.low:g} to "
                f"{marker.high:g}, found {low:g} to {high:g}"
            )
        if marker.whole and not all(v.is_integer() for v in _column(table, column)):
            raise ValueError(f"tables.{name}: expected whole numbers of {column}")
        if table.per is not None and table.per not in marker.per:
            allowed = " or ".join(f"per: {scope}" for scope in marker.per)
            raise ValueError(
                f"tables.{name}: {column} can be drawn {allowed}, found per: {table.per}"
            )
    if table.per is None and len(scopes) > 1:
        raise ValueError(
            f"tables.{name} holds settings that are drawn per {' and per '.join(sorted(scopes))}: "
            "say how often its rows are, by per: " + " or per: ".join(sorted(scopes))
        )


def _column(table: Table, column: str) -> list[float]:
    place = table.content.columns.index(column)
    return [row[place] for row in table.content.values]
