"""Recipes that ship with the toolkit: in a wheel beside the package, in a checkout in configs/."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import uda
from uda.errors import ConfigError

LAPTOP = "laptop"
"""What trains where there is no GPU and no recipe is named."""


Kind = Literal["uda", "translate"]
"""Of recipes: of trainings, and of style transfer."""


def folder(kind: Kind = "uda") -> Path:
    """Where the shipped recipes lie."""
    package = Path(uda.__file__).parent
    inside = package / "configs" / kind
    return inside if inside.is_dir() else package.parent / "configs" / kind


def names(kind: Kind = "uda") -> list[str]:
    """Names of all shipped recipes, such as ``laptop`` and ``synthetic_to_real/full``."""
    place = folder(kind)
    return sorted(p.relative_to(place).with_suffix("").as_posix() for p in place.rglob("*.yaml"))


def locate(recipe: str | Path, kind: Kind = "uda") -> Path:
    """The file of a shipped recipe's name, or the path itself.

    Raises:
        ConfigError: there is neither a file nor a shipped recipe of that name.
    """
    path = Path(recipe)
    if path.is_file():
        return path
    shipped = str(recipe).removesuffix(".yaml").removeprefix(f"configs/{kind}/")
    if shipped in names(kind):
        return folder(kind) / f"{shipped}.yaml"
    raise ConfigError(
        f"There is no recipe {recipe}: expected a YAML file, or one of {', '.join(names(kind))}."
    )
