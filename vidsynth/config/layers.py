"""Configs over configs: ``base: OTHER.yaml`` makes a file changes to that one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from vidsynth.config.sections import Section
from vidsynth.drawing.tables import HELD_OUT, Table

TABLES = "tables"


def over(base: Mapping[str, Any], changes: Mapping[str, Any], kind: type[Section]) -> Any:
    """``base`` with ``changes``, sections and tables key by key; ``kind`` is the config's class.

    A setting of ``changes`` takes the place of a table's column in ``base``, and a column the place
    of a setting: what else a table holds is drawn as before.
    """
    merged = dict(_merged(base, changes, kind))
    tables = merged.get(TABLES)
    if not isinstance(tables, Mapping):
        return merged
    ours = changes.get(TABLES)
    ours = ours if isinstance(ours, Mapping) else {}
    columns = {column for table in ours.values() for column in _columns(table)}
    alone = {name: value for name, value in changes.items() if name != TABLES}
    settings = set(_leaves(alone))
    kept: dict[str, Any] = {}
    for name, table in tables.items():
        taken = settings if name in ours else settings | columns
        changed = _without(table, taken)
        if changed is not None:
            kept[name] = changed
    merged[TABLES] = kept
    for column in columns - settings:
        merged = _unset(merged, column.split("."))
    return merged


def _merged(
    base: Mapping[str, Any], changes: Mapping[str, Any], kind: type[BaseModel]
) -> dict[str, Any]:
    found = dict(base)
    for name, value in changes.items():
        field, before = kind.model_fields.get(name), found.get(name)
        inner = None if field is None else field.annotation
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            if isinstance(inner, type) and issubclass(inner, Section):
                value = _merged(before, value, inner)
            elif name == TABLES:
                value = dict(before) | {
                    table: dict(before[table]) | dict(changed)
                    if isinstance(before.get(table), Mapping) and isinstance(changed, Mapping)
                    else changed
                    for table, changed in value.items()
                }
        found[name] = value
    return found


def _columns(table: Any) -> list[str]:
    """Settings that a table holds; none of what is no table, which is said elsewhere."""
    written = table.get("columns") if isinstance(table, Mapping) else None
    if isinstance(written, list):
        return [name for name in written if isinstance(name, str) and name != HELD_OUT]
    try:
        return list(Table.model_validate(table).content.columns)
    except ValidationError:
        return []


def _without(table: Any, taken: set[str]) -> Any:
    """A table whose columns ``taken`` are held out; None: nothing else is in it."""
    columns = _columns(table)
    left = [name for name in columns if name not in taken]
    if len(left) == len(columns):
        return table
    if not left:
        return None
    if isinstance(table.get("rows"), list):
        left = [HELD_OUT if name in taken else name for name in table["columns"]]
    return dict(table) | {"columns": left}


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Dotted names of all settings, of sections as of single ones."""
    for name, value in values.items():
        yield f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")


def _unset(values: dict[str, Any], keys: list[str]) -> dict[str, Any]:
    key, *deeper = keys
    if not deeper:
        return {name: value for name, value in values.items() if name != key}
    inner = values.get(key)
    return values | {key: _unset(dict(inner), deeper)} if isinstance(inner, Mapping) else values
