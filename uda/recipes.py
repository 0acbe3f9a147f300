"""From YAML and `section.key=value` to a configuration, with errors that name the nearest key."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from uda.config import LAPTOP, METHOD_CONFIGS, Config, SourceLosses
from uda.errors import ConfigError


def load(
    recipe: Path | None = None,
    overrides: Iterable[str] = (),
    *,
    method: str | None = None,
    pretrained: str | None = None,
    gpu: bool = True,
    supervised: bool = False,
) -> Config:
    """The configuration of a run: recipe (or this hardware's defaults), options, then overrides.

    ``supervised`` makes source_only the method where nothing names one.

    ConfigError: an unreadable recipe, an unknown key (the nearest one is named), a bad value.
    """
    raw = read_recipe(recipe) if recipe else ({} if gpu else LAPTOP)
    raw = {name: dict(s) if isinstance(s, dict) else s for name, s in raw.items()}
    chosen = [value for key, value in map(split_override, overrides) if key == "method.name"]
    name = chosen[-1] if chosen else method
    section = raw.setdefault("method", {})
    if supervised and not name and not (recipe and "name" in section):
        name = "source_only"
    if isinstance(section, dict):
        name = name or section.get("name", "synthetic_to_real")
        raw["method"] = as_method(section, name) | {"name": name}
    if pretrained is not None:
        set_dotted(raw, "model.pretrained", pretrained)
    for key, value in map(split_override, overrides):
        set_dotted(raw, key, value)
    try:
        return Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(explain(error, raw["method"])) from None


def read_recipe(path: Path, above: tuple[Path, ...] = ()) -> dict[str, Any]:
    """A recipe's sections. With `base: OTHER.yaml` they are changes to that recipe, whose path is
    relative to this one's. ConfigError: unreadable, no recipe, or its own base."""
    if path.resolve() in above:
        raise ConfigError(f"The recipe {path} is its own base. Remove one `base:` of the circle.")
    try:
        raw = yaml.safe_load(path.read_text())
    except OSError as error:
        raise ConfigError(f"Cannot read the recipe {path}: {error.strerror}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"The recipe {path} is not valid YAML: {error}") from None
    if raw is not None and not isinstance(raw, dict):
        raise ConfigError(f"The recipe {path} must hold sections such as `training:`.")
    sections: dict[str, Any] = raw or {}
    base = sections.pop("base", None)
    if base is None:
        return sections
    if not isinstance(base, str):
        raise ConfigError(f"base in the recipe {path} must be another recipe's path.")
    return merge(read_recipe(path.parent / base, (*above, path.resolve())), sections)


def merge(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """``base`` with ``changes``, sections key by key."""
    merged = dict(base)
    for name, value in changes.items():
        before = merged.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            if name == "method" and "name" in value:
                before = as_method(before, value["name"])
            value = before | value
        merged[name] = value
    return merged


def as_method(section: dict[str, Any], name: str) -> dict[str, Any]:
    """A method's settings as another's: those of the source losses, which all methods have."""
    if section.get("name", name) == name:
        return section
    return {key: value for key, value in section.items() if key in SourceLosses.model_fields}


def split_override(text: str) -> tuple[str, Any]:
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
    *sections, key = dotted.split(".")
    for section in sections:
        raw = raw.setdefault(section, {})
        if not isinstance(raw, dict):
            raise ConfigError(f"{dotted} is not a key: {section} is not a section.")
    raw[key] = value


def keys(method: str) -> Iterator[str]:
    """Every dotted key that a run with this method knows."""
    for section, field in Config.model_fields.items():
        model = METHOD_CONFIGS[method] if section == "method" else field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        yield from (f"{section}.{key}" for key in model.model_fields)


def describe(method: str) -> Iterator[str]:
    """A line for each setting of a run with this method: key, default, what it means.

    ConfigError: there is no such method.
    """
    if method not in METHOD_CONFIGS:
        raise ConfigError(f"Unknown method {method!r}. Known: {', '.join(METHOD_CONFIGS)}.")
    for section, field in Config.model_fields.items():
        model = METHOD_CONFIGS[method] if section == "method" else field.annotation
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        for name, found in model.model_fields.items():
            default = yaml.safe_dump(model().model_dump(mode="json")[name], default_flow_style=True)
            value = default.removesuffix("\n").removesuffix("\n...")
            yield f"{f'{section}.{name}={value}':<48} {found.description or ''}".rstrip()


def explain(error: ValidationError, method: dict[str, Any]) -> str:
    name = method.get("name") if isinstance(method, dict) else None
    known = list(keys(name if name in METHOD_CONFIGS else "synthetic_to_real"))
    sections = list(Config.model_fields)
    lines = []
    for problem in error.errors():
        parts = [str(part) for part in problem["loc"]]
        if len(parts) > 1 and parts[0] == "method" and parts[1] in METHOD_CONFIGS:
            parts.pop(1)
        key = ".".join(parts[:2])
        if problem["type"] == "extra_forbidden":
            lines.append(f"Unknown configuration key {key}. {_nearest(key, known + sections)}")
        elif problem["type"] == "union_tag_invalid":
            lines.append(f"Unknown method {name!r}. Known: {', '.join(METHOD_CONFIGS)}.")
        else:
            message = problem["msg"].removeprefix("Value error, ")
            given = "" if not key else f" (given: {problem['input']!r})"
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
