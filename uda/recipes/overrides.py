"""Single settings as text: ``section.key=value``."""

from __future__ import annotations

from typing import Any

import yaml

from uda.errors import ConfigError


def split_override(text: str) -> tuple[str, Any]:
    """Key and value. ConfigError: there is no ``=``, or the value is not YAML."""
    key, equals, value = text.partition("=")
    if not equals or not key.strip("-"):
        raise ConfigError(
            f"Cannot read the override {text!r}. Write section.key=value, "
            "for example training.epochs=30."
        )
    try:
        return key, yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise ConfigError(f"The value of {key} is not valid YAML: {error}") from None


def set_dotted(raw: dict[str, Any], dotted: str, value: Any) -> None:
    """Puts a value at ``section.key`` of nested sections. ConfigError: section is none."""
    *sections, key = dotted.split(".")
    for section in sections:
        raw = raw.setdefault(section, {})
        if not isinstance(raw, dict):
            raise ConfigError(f"{dotted} is not a key: {section} is not a section.")
    raw[key] = value
