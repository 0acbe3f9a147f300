"""From a YAML file and ``key=value`` words to a checked config; from bad ones to plain words."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from strict_reading import Unreadable, parse_setting, parse_yaml, read_text, shown
from vidsynth.config import TrackletConfig
from vidsynth.config.images import ImageConfig
from vidsynth.config.layers import over
from vidsynth.config.output import RenderConfig
from vidsynth.config.sections import Section
from vidsynth.drawing.tables import Table
from vidsynth.errors import ConfigError

CONFIGS: dict[str, type[Section]] = {
    "render-tracklets": TrackletConfig,
    "render-images": ImageConfig,
}
"""What each command is set by."""

C = TypeVar("C", bound=Section)


def load_config(
    path: Path | None = None, overrides: Iterable[str] = (), **settings: Any
) -> TrackletConfig:
    """The config from ``path`` (YAML), then ``settings``, then ``key=value`` words; later wins.

    Settings that are None count as not given. Raises ConfigError.
    """
    return _load(TrackletConfig, path, overrides, settings)


def load_image_config(
    path: Path | None = None, overrides: Iterable[str] = (), **settings: Any
) -> ImageConfig:
    """The same for a set of still images."""
    return _load(ImageConfig, path, overrides, settings)


def _load(
    model: type[C], path: Path | None, overrides: Iterable[str], settings: dict[str, Any]
) -> C:
    values = _read(path, model) if path else {}
    values |= {name: value for name, value in settings.items() if value is not None}
    for word in overrides:
        try:
            key, value = parse_setting(word)
        except Unreadable as error:
            raise ConfigError(str(error)) from None
        _assign(values, key.split("."), value)
    try:
        return model.model_validate(values)
    except (RecursionError, OverflowError) as error:
        raise ConfigError(f"Expected settings that can be, found: {error}.") from None
    except ValidationError as error:
        where = f" (in {path})" if path else ""
        said = _of_another(error, model) or "; ".join(_explain(e, model) for e in error.errors())
        raise ConfigError(said + where) from None


def identity(values: Mapping[str, Any], kind: type[BaseModel]) -> dict[str, Any]:
    """Of a config as JSON, what makes two data sets different: not the device that renders, whether
    light is kept beside images, nor how a path is spelt, as what files hold is compared by hashes.
    ``kind`` is the config's class."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        field = kind.model_fields.get(name)
        inner = None if field is None else field.annotation
        if isinstance(value, Mapping) and isinstance(inner, type) and issubclass(inner, Section):
            kept[name] = identity(value, inner)
        elif inner == dict[str, Table]:
            kept[name] = {table: identity(rows, Table) for table, rows in value.items()}
        elif "Path" in str(inner) and isinstance(value, str):
            kept[name] = "given"
        elif isinstance(value, Mapping):
            kept[name] = _written(value)  # a distribution is one value
        elif not (issubclass(kind, RenderConfig) and name in ("device", "light")):
            kept[name] = value
    return kept


def fingerprint(config: BaseModel) -> str:
    """SHA-256 of the config's identity in canonical JSON."""
    return _hash(identity(config.model_dump(mode="json"), type(config)))


def older_fingerprint(config: BaseModel) -> str:
    """The same as builds of 2026 and before wrote it: of the whole config, device and paths too."""
    return _hash(config.model_dump(mode="json"))


def _hash(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
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


def _read(path: Path, model: type[Section], above: tuple[Path, ...] = ()) -> dict[str, Any]:
    """A file's settings for a command, over those of the file that it names as ``base``."""
    values = _own(_whole(path), model, path)
    base = values.pop("base", None)
    if base is None:
        return values
    if not isinstance(base, str):
        raise ConfigError(f"Expected another config's path as base in {path}, found {shown(base)}.")
    below = path.parent / base
    try:
        known, here = below.resolve(), path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL
        said = getattr(error, "strerror", None) or error
        raise ConfigError(
            f"Expected another config's path as base in {path}, found {shown(base)}: {said}."
        ) from None
    if known in (*above, here):
        raise ConfigError(f"The config {path} is its own base. Remove one `base:` of the circle.")
    return over(_read(below, model, (*above, here)), values, model)


def _whole(path: Path) -> dict[str, Any]:
    try:
        text = read_text(path)
    except Unreadable as error:
        raise ConfigError(f"Expected a YAML config at {path}, found: {error}.") from None
    try:
        values = parse_yaml(text)
    except Unreadable as error:
        raise ConfigError(f"Expected YAML in {path}, found: {error}.") from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise ConfigError(f"Expected 'key: value' lines in {path}, found {type(values).__name__}.")
    return values


def _own(values: dict[str, Any], model: type[Section], path: Path) -> dict[str, Any]:
    """Of a file that serves both commands, what is common, and on top of it what stands under the
    command's name."""
    common = {key: value for key, value in values.items() if key not in CONFIGS}
    own = values.get(_command(model)) or {}
    if not isinstance(own, dict):
        raise ConfigError(
            f"Expected 'key: value' lines under {_command(model)} in {path}, found {shown(own)}."
        )
    return over(common, own, model)


def _assign(values: dict[str, Any], keys: list[str], value: Any) -> None:
    for key in keys[:-1]:
        section = values.get(key)
        values[key] = dict(section) if isinstance(section, dict) else {}
        values = values[key]
    values[keys[-1]] = value


def _of_another(error: ValidationError, model: type[Section]) -> str:
    """What to say where keys are another command's; nothing where they are not."""
    unknown = {str(e["loc"][0]) for e in error.errors() if e["type"] == "extra_forbidden"}
    for command, other in CONFIGS.items():
        theirs = unknown & (other.model_fields.keys() - model.model_fields.keys())
        if theirs:
            return (
                f"These settings are for vidsynth {command}: {', '.join(sorted(theirs))}. This "
                f"command takes those of {_command(model)}"
            )
    return ""


def _explain(error: Any, model: type[Section]) -> str:
    """One pydantic error as expected, found, what to do."""
    name = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        message = error["msg"].removeprefix("Value error, ")
        if not name:
            return f"Config: {message}"
        return f"Config key {name}: {message}, found {shown(error['input'])}"
    keys = [key for key, _, _ in _entries(model())]
    tails = {key.rpartition(".")[2]: key for key in reversed(keys)}
    near = difflib.get_close_matches(name, keys, 1, 0.8) or [
        tails[tail] for tail in difflib.get_close_matches(name.rpartition(".")[2], list(tails), 1)
    ]
    everything = f"`vidsynth settings {_command(model)}` lists all keys"
    advice = f"did you mean {near[0]}?" if near else everything
    return f"Unknown config key {name}: {advice}"


def describe_settings(command: str = "render-tracklets") -> Iterator[str]:
    """Every key of a command with its default and its meaning, a line each."""
    for key, default, meaning in _entries(CONFIGS[command]()):
        yield f"{key}={_written(default).replace(', ', ',')}  {meaning}"


def _written(value: Any) -> str:
    """A value about as people write it."""
    return json.dumps(value).replace('"', "")


def _entries(section: Section, prefix: str = "") -> Iterator[tuple[str, Any, str]]:
    defaults = section.model_dump(mode="json")
    for name, field in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _entries(value, f"{prefix}{name}.")
        else:
            yield prefix + name, defaults[name], field.description or ""


def _command(model: type[Section]) -> str:
    return next(name for name, known in CONFIGS.items() if known is model)
