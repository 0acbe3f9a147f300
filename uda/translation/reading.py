"""From a recipe and `section.key=value` to the settings of a style transfer."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from uda.errors import ConfigError
from uda.recipes.listing import explain, sections
from uda.recipes.overrides import set_dotted, split_override
from uda.recipes.published import LAPTOP, locate
from uda.recipes.reading import read_recipe
from uda.translation.settings import METHODS, Method, Settings, settings_of

DEFAULT = "spgan"
"""The method where nothing names one."""


def load(
    recipe: str | Path | None = None,
    overrides: Iterable[str] = (),
    *,
    method: str | None = None,
    gpu: bool = True,
) -> Settings:
    """Settings by recipe, option, then overrides; the later ones win.

    Args:
        recipe: a YAML file or the name of a shipped one. None: the method's own, or the laptop's
            where there is no ``gpu``.
        overrides: ``section.key=value``.
        method: a name of `METHODS`; the recipe's own where it is None.
        gpu: whether the machine has one.

    Raises:
        ConfigError: an unreadable recipe, an unknown method or key, a bad value.
    """
    given = [split_override(text) for text in overrides]
    raw: dict[str, Any] = {}
    if recipe is not None:
        raw = read_recipe(locate(recipe, "translate"), switch=_shared)
    own = _of_method(raw)
    named = [value for key, value in given if key == "method.name"]
    name = str(named[-1]) if named else method or own.get("name") or DEFAULT
    if name not in METHODS:
        near = difflib.get_close_matches(name, METHODS, 1)
        hint = f"Did you mean {near[0]}?" if near else "Choose one of these."
        raise ConfigError(f"Expected a method among {', '.join(METHODS)}, found {name!r}. {hint}")
    if recipe is None:
        raw = read_recipe(locate(name if gpu else LAPTOP, "translate"), switch=_shared)
        own = _of_method(raw)
    raw["method"] = _shared(own, name) | {"name": name}
    for key, value in given:
        set_dotted(raw, key, value)
    try:
        return settings_of(name).model_validate(raw)
    except ValidationError as error:
        raise ConfigError(explain(error, sections(Settings, METHODS[name]))) from None


def _of_method(raw: dict[str, Any]) -> dict[str, Any]:
    found = raw.get("method", {})
    if not isinstance(found, dict):
        raise ConfigError(f"Expected settings under `method:` in the recipe, found {found!r}.")
    return dict(found)


def _shared(section: dict[str, Any], name: str) -> dict[str, Any]:
    """A method's settings as another's: those that all methods have. What two happen to call the
    same is set for one of them: the identity's weight is 0 in CycleGAN's recipe, and SPGAN's 5."""
    if section.get("name", name) == name or name not in METHODS:
        return section
    return {key: value for key, value in section.items() if key in Method.model_fields}
