"""From a recipe and `section.key=value` to a configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from strict_reading import Unreadable, named, parse_yaml, read_text, shown
from uda.config import Config, of_method
from uda.errors import ConfigError
from uda.methods.contract import Method
from uda.methods.parts.source_losses import SourceLosses
from uda.methods.registry import METHODS, find
from uda.recipes.listing import explain, sections
from uda.recipes.overrides import set_dotted, split_override
from uda.recipes.published import LAPTOP, locate

DEFAULT = "pseudo_label"
SUPERVISED = "source_only"
"""The method where nothing names one, and where the target is the source."""


def load(
    recipe: str | Path | None = None,
    overrides: Iterable[str] = (),
    *,
    method: str | None = None,
    pretrained: str | None = None,
    gpu: bool = True,
    supervised: bool = False,
) -> Config:
    """The configuration of a run: recipe, options, then overrides; the later ones win.

    Args:
        recipe: a YAML file or the name of a shipped recipe. None: the recipe that the method
            publishes, or the laptop's with the method's own losses where there is no ``gpu``.
        overrides: ``section.key=value``.
        method: a name of `uda.methods.registry`; the recipe's own where it is None.
        pretrained: ``model.pretrained``.
        gpu: whether the machine has one.
        supervised: whether source and target are the same, so that `SUPERVISED` is the method
            where nothing names one.

    Raises:
        ConfigError: an unreadable recipe, an unknown key (the nearest one is named), a bad value.
    """
    given = [split_override(text) for text in overrides]
    raw = read_recipe(locate(recipe)) if recipe is not None else {}
    chosen = [value for key, value in given if key == "method.name"]
    name = str(chosen[-1]) if chosen else method or _section(raw, "method").get("name")
    name = name or (SUPERVISED if supervised else DEFAULT)
    owner = find(name)
    if recipe is None:
        raw = _without_recipe(owner, gpu)
    section = as_method(_section(raw, "method"), name, owner)
    raw["method"] = section | {"name": name}
    if pretrained is not None:
        set_dotted(raw, "model.pretrained", pretrained)
    for key, value in given:
        set_dotted(raw, key, value)
    return validate(raw, name)


def validate(raw: dict[str, Any], name: str) -> Config:
    """Sections as a configuration whose method is ``name``. ConfigError: they are none."""
    owner = find(name)
    try:
        settings = of_method(owner.Settings, name).model_validate(raw)
    except ValidationError as error:
        raise ConfigError(explain(error, sections(Config, owner.Settings))) from None
    if settings.model.norm == "dsbn" and not owner.trains_on_target:
        raise ConfigError(
            f"model.norm=dsbn has norms of the target's own, which {name} never trains: "
            "use model.norm=bn or adabn, or a method with losses on the target."
        )
    if settings.data.instances < 2 and owner.compares_people:
        raise ConfigError(
            f"data.instances={settings.data.instances} has no two clips of a person in a batch, "
            f"which {name} compares: use 2 or more. Method attributes alone does without."
        )
    return settings


def _without_recipe(owner: type[Method], gpu: bool) -> dict[str, Any]:
    if not gpu:
        return read_recipe(locate(LAPTOP))
    return read_recipe(locate(owner.recipe)) if owner.recipe is not None else {}


def _section(raw: dict[str, Any], name: str) -> dict[str, Any]:
    found = raw.get(name, {})
    if not isinstance(found, dict):
        raise ConfigError(f"Expected settings under `{name}:` in the recipe, found {found!r}.")
    return dict(found)


Switch = Callable[[dict[str, Any], str], dict[str, Any]]
"""From a method's settings and another's name to what the other takes over of them."""


def read_recipe(
    path: Path, above: tuple[Path, ...] = (), *, switch: Switch | None = None
) -> dict[str, Any]:
    """A recipe's sections. With `base: OTHER.yaml` they are changes to that recipe, whose path is
    relative to this one's. ConfigError: unreadable, no recipe, or its own base."""
    try:
        place = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, a NUL
        said = getattr(error, "strerror", None) or error
        raise ConfigError(f"Cannot read the recipe {named(path)}: {said}.") from None
    if place in above:
        raise ConfigError(f"The recipe {path} is its own base. Remove one `base:` of the circle.")
    try:
        text = read_text(path)
    except Unreadable as error:
        raise ConfigError(f"Cannot read the recipe {path}: {error}.") from None
    try:
        raw = parse_yaml(text)
    except Unreadable as error:
        raise ConfigError(f"The recipe {path} is not valid YAML: {error}.") from None
    if raw is not None and not isinstance(raw, dict):
        raise ConfigError(f"The recipe {path} must hold sections such as `training:`.")
    found: dict[str, Any] = raw or {}
    name = _section(found, "method").get("name", "") if found.get("method") else ""
    if not isinstance(name, str):
        raise ConfigError(
            f"Expected the name of a method as method.name in the recipe {path}, found "
            f"{shown(name)}."
        )
    base = found.pop("base", None)
    if base is None:
        return found
    if not isinstance(base, str):
        raise ConfigError(f"base in the recipe {path} must be another recipe's path.")
    below = read_recipe(path.parent / base, (*above, place), switch=switch)
    return merge(below, found, switch or _source_losses_alone)


def merge(base: dict[str, Any], changes: dict[str, Any], switch: Switch) -> dict[str, Any]:
    """``base`` with ``changes``, sections key by key."""
    merged = dict(base)
    for name, value in changes.items():
        before = merged.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            if name == "method" and "name" in value:
                before = switch(before, value["name"])
            value = before | value
        merged[name] = value
    return merged


def _source_losses_alone(section: dict[str, Any], name: str) -> dict[str, Any]:
    return as_method(section, name, find(name))


def as_method(section: dict[str, Any], name: str, owner: type[Method]) -> dict[str, Any]:
    """A method's settings as another's: all of them where both have the same settings, else those
    of the source losses, where the other has them too."""
    before = section.get("name", name)
    if before == name or (before in METHODS and METHODS[before].Settings is owner.Settings):
        return section
    shared = SourceLosses.model_fields.keys() & owner.Settings.model_fields.keys()
    return {key: value for key, value in section.items() if key in shared}
