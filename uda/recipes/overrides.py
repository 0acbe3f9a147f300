"""Single settings as text: ``section.key=value``."""

from __future__ import annotations

from typing import Any

from strict_reading import Unreadable, parse_setting
from uda.errors import ConfigError


def split_override(text: str) -> tuple[str, Any]:
    """Key and value. ConfigError: there is no ``=``, or the value is not YAML."""
    try:
        return parse_setting(text)
    except Unreadable as error:
        raise ConfigError(f"{error} For example training.epochs=30.") from None


def set_dotted(raw: dict[str, Any], dotted: str, value: Any) -> None:
    """Puts a value at ``section.key`` of nested sections. ConfigError: section is none."""
    *sections, key = dotted.split(".")
    for section in sections:
        raw = raw.setdefault(section, {})
        if not isinstance(raw, dict):
            raise ConfigError(f"{dotted} is not a key: {section} is not a section.")
    raw[key] = value
