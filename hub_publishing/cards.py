"""Parts of a card: the Hub's front matter, and values that are safe in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined

from hub_publishing.sizes import size

UNKNOWN = "unknown"
WRITTEN = "This card was written by"
"""In every card: what tells it from a page of somebody's own."""


def environment(package: str) -> Environment:
    """Templates of a package, with ``cell`` for values from files, ``size`` for bytes and
    ``number`` for counts as filters."""
    made = Environment(
        loader=PackageLoader(package, "."),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # Markdown; `cell` escapes what comes from files
    )
    made.filters |= {"cell": cell, "size": size, "number": number}
    return made


def front_matter(values: Mapping[str, Any]) -> str:
    """The YAML block that the Hub reads, with the lines around it. None values are left out."""
    kept = {key: value for key, value in values.items() if value is not None}
    return f"---\n{yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)}---\n"


def cell(value: object) -> str:
    """A value inside a line or a cell of a table; `UNKNOWN` for None and for nothing at all."""
    text = " ".join(str(UNKNOWN if value is None else value).split())
    for mark, kept in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("*", "\\*"), ("`", "\\`")):
        text = text.replace(mark, kept)
    return text or UNKNOWN


def number(value: int | None) -> str:
    """A count with its thousands set apart."""
    return UNKNOWN if value is None else f"{value:,}"


def shares(counts: Iterable[tuple[str, int]], most: int) -> str:
    """Counts by name in words: ``blue 60% (18), red 40% (12)``, the largest first."""
    ordered: Sequence[tuple[str, int]] = sorted(counts, key=lambda pair: (-pair[1], pair[0]))
    total = sum(count for _, count in ordered)
    said = [f"{cell(name)} {count / total:.0%} ({count:,})" for name, count in ordered[:most]]
    rest = ordered[most:]
    if rest:
        others = sum(count for _, count in rest)
        said.append(f"{len(rest)} more {others / total:.0%} ({others:,})")
    return ", ".join(said) or UNKNOWN
