"""Every setting of a run, for people: keys, defaults, meanings, and what a wrong one should be."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from strict_reading import shown
from uda.config import Section

Sections = Mapping[str, type[Section]]
"""The type of each section of a configuration, by the section's name."""


def sections(config: type[Section], method: type[Section]) -> Sections:
    """Those of a ``config`` whose ``method`` has these settings."""
    found: dict[str, type[Section]] = {}
    for name, field in config.model_fields.items():
        kind = method if name == "method" else field.annotation
        assert isinstance(kind, type)
        assert issubclass(kind, Section)
        found[name] = kind
    return found


def fields(kinds: Sections) -> Iterator[tuple[str, str, FieldInfo]]:
    """Section, key and declaration of every setting."""
    for section, kind in kinds.items():
        for key, field in kind.model_fields.items():
            yield section, key, field


def keys(kinds: Sections) -> list[str]:
    """Every dotted key of a configuration."""
    return [f"{section}.{key}" for section, key, _ in fields(kinds)]


def describe(kinds: Sections, name: str) -> Iterator[str]:
    """A line for each setting of a run with the method ``name``: key, default, what it means."""
    for section, key, field in fields(kinds):
        default = name if (section, key) == ("method", "name") else _default(kinds[section], key)
        yield f"{f'{section}.{key}={default}':<48} {field.description or ''}".rstrip()


def _default(kind: type[Section], key: str) -> str:
    value = kind().model_dump(mode="json")[key]
    text = yaml.safe_dump(value, default_flow_style=True, width=1000)
    return text.removesuffix("\n").removesuffix("\n...")


def explain(error: ValidationError, kinds: Sections) -> str:
    """What is wrong with a configuration, and the nearest key that would be right."""
    known = keys(kinds)
    lines = []
    for problem in error.errors():
        key = ".".join(str(part) for part in problem["loc"][:2])
        if problem["type"] == "extra_forbidden":
            nearest = _nearest(key, known + list(kinds))
            lines.append(f"Unknown configuration key {key}. {nearest}")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            given = "" if not key else f" (given: {shown(problem['input'])})"
            lines.append(f"{key + ': ' if key else ''}{message}{given}.")
    return " ".join(lines)


def _nearest(key: str, known: list[str]) -> str:
    by_last = {name.rpartition(".")[2]: name for name in reversed(known)}
    leaf = difflib.get_close_matches(key.rpartition(".")[2], by_last, n=1, cutoff=0.75)
    full = difflib.get_close_matches(key, known, n=1, cutoff=0.6)
    same = [name for name in known if name.rpartition(".")[0] == key.rpartition(".")[0] != ""]
    if full or leaf:
        return f"Did you mean {full[0] if full else by_last[leaf[0]]}?"
    return f"Valid keys here: {', '.join(same or known)}."


def differences(old: dict[str, Any], new: dict[str, Any], prefix: str = "") -> list[str]:
    """Dotted keys in which two dumped configurations differ, as `key: old -> new`."""
    found = []
    for key in sorted(old.keys() | new.keys()):
        a, b = old.get(key), new.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            found += differences(a, b, f"{prefix}{key}.")
        elif a != b:
            found.append(f"{prefix}{key}: {a} -> {b}")
    return found
