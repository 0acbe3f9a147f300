"""Tables of a config: checked against the settings that they hold, which then name them."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from strict_reading import shown
from vidsynth.config.sections import Section
from vidsynth.drawing.choices import Choice
from vidsynth.drawing.distributions import Distribution, Scope
from vidsynth.drawing.draws import Drawable
from vidsynth.drawing.markers import Among, Drawn, Marker, Share, drawn, marked, value_of
from vidsynth.drawing.tables import Cell, Rows, Table

S = TypeVar("S", bound=Section)


def name_tables(values: Any, model: type[Section]) -> Any:
    """What somebody wrote for a config, with the table's name at each setting that is a column.

    Raises ValueError: the setting is set elsewhere, too, or a name of a column is not known."""
    if not isinstance(values, dict) or not isinstance(values.get("tables"), Mapping):
        return values
    known, holders = dict(marked(model)), dict[str, str]()
    for name, written in values["tables"].items():
        try:
            rows = Table.model_validate(written).content
        except ValidationError:
            continue  # said once more, with its key, when the settings are read
        for column in rows.columns:
            if column not in known or not known[column].per:
                continue  # said when tables are checked
            if column in holders:
                raise ValueError(
                    f"{column} is a column of both tables.{holders[column]} and tables.{name}: "
                    "leave it out of one"
                )
            holders[column] = str(name)
            _check_column(str(name), column, rows, known[column])
            wanted = _named(str(name), column, rows, known[column], model)
            values = _set(values, column.split("."), column, str(name), wanted)
    return values


def _named(table: str, column: str, rows: Rows, marker: Marker, model: type[Section]) -> Any:
    """What stands in the config for a setting that is a column: its table, or a share's default."""
    if isinstance(marker, Drawn):
        return Distribution(table=table)
    if isinstance(marker, Among):
        shares = {str(name): share for name, share in rows.shares(column).items()}
        return Choice(choice=tuple(shares), weights=tuple(shares.values()), table=table)
    return value_of(model(), column)


def _set(values: Any, keys: list[str], column: str, table: str, wanted: Any) -> Any:
    key, *deeper = keys
    if isinstance(values, BaseModel):
        given = {name: getattr(values, name) for name in values.model_fields_set}
    elif values is None or isinstance(values, Mapping):
        given = dict(values or {})
    else:
        return values  # no section: said when the settings are read
    if deeper:
        return given | {key: _set(given.get(key), deeper, column, table, wanted)}
    there = given.get(key)
    if isinstance(there, Distribution | Choice):
        there = there.model_dump(mode="json")
    # A config as JSON gives all settings, those that are columns too.
    if key in given and there not in ({"table": table}, wanted):
        raise ValueError(
            f"{column} is a column of tables.{table}, and it is set to {shown(there)} "
            "as well: leave one out"
        )
    return given | {key: wanted}


def drawable(config: Section) -> Drawable:
    """What the config draws from. Raises ValueError: a table and its settings do not fit."""
    tables: dict[str, Table] = config.tables  # type: ignore[attr-defined]
    known = dict(marked(type(config)))
    for name in known:
        value = value_of(config, name)
        table = value.table if isinstance(value, Distribution | Choice) else None
        if table is not None and table not in tables:
            raise ValueError(f"{name} is {{table: {table}}}, but there is no such table")
        if table is not None and name not in tables[table].content.columns:
            raise ValueError(f"{name} is {{table: {table}}}, which has no such column")
    scopes: dict[str, Scope] = {}
    for name, table_ in tables.items():
        scopes[name] = _scope(name, table_, known, config)
        for column in table_.content.columns:
            _check_column(name, column, table_.content, known[column])
        _check_sections(name, table_.content, known, config)
    settings = {name: (value, marker) for name, value, marker in drawn(config)}
    return Drawable(config.seed, settings, tables, scopes)  # type: ignore[attr-defined]


def extent(config: Section, name: str) -> tuple[float, float]:
    """The least and greatest number that a setting can be, for anybody."""
    value: Distribution = value_of(config, name)
    if value.table is None:
        return value.support
    tables: dict[str, Table] = config.tables  # type: ignore[attr-defined]
    return tables[value.table].content.span(name)


def settled(section: S, cells: Mapping[str, Cell], prefix: str = "") -> S:
    """The settings with those that ``cells`` name, ``section.name``, at these values."""
    changes: dict[str, Any] = {}
    for name, cell in cells.items():
        if not name.startswith(prefix):
            continue
        key, _, deeper = name.removeprefix(prefix).partition(".")
        if deeper:
            inner = f"{prefix}{key}."
            if key not in changes:
                changes[key] = settled(getattr(section, key), cells, inner)
        else:
            changes[key] = _at_value(getattr(section, key), cell)
    return section.model_copy(update=changes) if changes else section


def _at_value(value: Any, cell: Cell) -> Any:
    """A setting's value that is always ``cell``."""
    if isinstance(cell, str):
        return Choice(choice=(cell,))
    return Distribution(constant=cell) if isinstance(value, Distribution) else cell


def _scope(name: str, table: Table, known: Mapping[str, Marker], config: Section) -> Scope:
    """How often a row of the table is drawn. Raises ValueError: its columns do not go together."""
    columns = table.content.columns
    for column in columns:
        if column not in known and not _is_setting(config, column):
            near = difflib.get_close_matches(column, list(known), 1)
            can = [name for name, marker in known.items() if marker.per]
            advice = f"did you mean {near[0]}?" if near else f"columns can be {', '.join(can)}"
            raise ValueError(f"tables.{name} has a column {shown(column)}: {advice}")
        if column not in known or not known[column].per:
            raise ValueError(
                f"tables.{name} has a column {column}, which no row can say: it is drawn "
                "neither per image nor per camera nor per identity"
            )
        if table.per is not None and table.per not in known[column].per:
            allowed = " or ".join(f"per: {scope}" for scope in known[column].per)
            raise ValueError(
                f"tables.{name}: {column} can be drawn {allowed}, found per: {table.per}"
            )
    if table.per is not None:
        return table.per
    usual = {column: known[column].per[0] for column in columns}
    common = [s for s in known[columns[0]].per if all(s in known[c].per for c in columns)]
    if not common:
        first, other = list({scope: column for column, scope in usual.items()}.values())[:2]
        raise ValueError(
            f"tables.{name}: {first} and {other} are never drawn equally often: give each a table "
            "of its own"
        )
    scopes = set(usual.values())
    if len(scopes) > 1 and len(common) > 1:
        raise ValueError(
            f"tables.{name} holds settings that are drawn per {' and per '.join(sorted(scopes))}: "
            "say how often its rows are, by per: " + " or per: ".join(sorted(scopes & set(common)))
        )
    return scopes.pop() if len(scopes) == 1 else common[0]


def _is_setting(config: Section, name: str) -> bool:
    try:
        value_of(config, name)
    except AttributeError:
        return False
    return True


def _check_column(name: str, column: str, rows: Rows, marker: Marker) -> None:
    cells = rows.column(column)
    for cell in dict.fromkeys(cells):
        try:
            marker.check(cell)
        except ValueError as error:
            row = cells.index(cell) + 1
            raise ValueError(f"tables.{name}: {column} in row {row}: {error}") from None


def _check_sections(name: str, rows: Rows, known: Mapping[str, Marker], config: Section) -> None:
    """Raises ValueError: shares of a row and others of the config exclude each other."""
    shares = [c for c in rows.columns if isinstance(known[c], Share)]
    for section in dict.fromkeys(c.partition(".")[0] for c in shares):
        columns = [c for c in shares if c.startswith(f"{section}.")]
        there: Section = getattr(config, section)
        cells = zip(*(rows.column(c) for c in columns), strict=True)
        for row, number in {row: n for n, row in enumerate(cells, 1)}.items():
            changed = settled(there, dict(zip(columns, row, strict=True)), f"{section}.")
            try:
                type(there).model_validate(dict(changed))
            except ValidationError as error:
                said = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"tables.{name}, row {number}: {said}") from None
