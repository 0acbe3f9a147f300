"""From a YAML file and ``key=value`` words to a checked config; from bad ones to plain words."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from vidsynth.config import TrackletConfig
from vidsynth.errors import ConfigError


def load_config(
    path: Path | None = None, overrides: Iterable[str] = (), **settings: Any
) -> TrackletConfig:
    """The config from ``path`` (YAML), then ``settings``, then ``key=value`` words; later wins.

    Settings that are None count as not given. Raises ConfigError.
    """
    values = _read(path) if path else {}
    values |= {name: value for name, value in settings.items() if value is not None}
    for word in overrides:
        key, equals, text = word.partition("=")
        if not equals or not key:
            raise ConfigError(f"Expected settings as key=value, found {word!r}.")
        _assign(values, key.strip().split("."), _parse(key, text))
    try:
        return TrackletConfig.model_validate(values)
    except ValidationError as error:
        where = f" (in {path})" if path else ""
        raise ConfigError("; ".join(_explain(e) for e in error.errors()) + where) from None


def fingerprint(config: BaseModel) -> str:
    """SHA-256 of the config in canonical JSON."""
    text = json.dumps(config.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def flatten(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested settings as ``{"camera.gamma": ...}``."""
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = value
    return flat


def _read(path: Path) -> dict[str, Any]:
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(f"Expected a YAML config at {path}, found no such file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"Expected a YAML config at {path}, found: {error}.") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"Expected YAML in {path}; the parser says: {error}") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"Expected 'key: value' lines in {path}, found {type(values).__name__}.")
    return values


def _parse(key: str, text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(f"Expected a YAML value for {key}, found {text!r}.") from None


def _assign(values: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        section = values.get(key)
        values[key] = dict(section) if isinstance(section, dict) else {}
        values = values[key]
    values[keys[-1]] = value


def _explain(error: Any) -> str:
    """One pydantic error as expected, found, what to do."""
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        message = error["msg"].removeprefix("Value error, ")
        if not name:
            return f"Config: {message}"
        return f"Config key {name}: {message}, found {error['input']!r}"
    known = {key.rpartition(".")[2]: key for key, _ in _meanings(TrackletConfig)}
    near = difflib.get_close_matches(name.rpartition(".")[2], list(known), 1)
    advice = f"did you mean {known[near[0]]}?" if near else "`vidsynth settings` lists all keys"
    return f"Unknown config key {name}: {advice}"


def describe_settings() -> Iterator[str]:
    """Every key with its default and its meaning, a line each."""
    defaults = flatten(TrackletConfig().model_dump(mode="json"))
    for key, meaning in _meanings(TrackletConfig):
        default = json.dumps(defaults[key]).replace('"', "").replace(", ", ",")
        yield f"{key}={default}  {meaning}"


def _meanings(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _meanings(field.annotation, f"{prefix}{name}.")
        else:
            yield prefix + name, field.description or ""
