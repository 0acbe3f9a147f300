"""dataset.json: what a data set is, and whether a folder's is the one that is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strict_reading import Unreadable, named, parse_json, read_text, shown
from vidsynth.errors import OutputError
from vidsynth.labels.tables import SCHEMA_VERSION
from vidsynth.run.build import build
from vidsynth.run.executors.slices import WHOLE, Slice
from vidsynth.run.production import Config, Production
from vidsynth.settings import flatten, identity
from vidsynth.user_files.folders import is_hidden

LICENCE = "CC0-1.0"
_INPUTS = {
    "motion file": "motions", "background picture": "backgrounds", "occluder": "occluders",
    "asset file": "assets", "cloth picture": "textures", "HDRI": "skies", "content of": "networks",
    "rows of": "tables", "joints of": "joint_maps",
}  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """What a folder is about to hold: ``description`` for dataset.json; ``changed`` how the build
    that began it differs from this one, empty if it does not; ``finished`` shots are there."""

    description: dict[str, Any]
    changed: str
    finished: int


def agree(
    root: Path, production: Production, renderer: str, finished: int = 0, part: Slice = WHOLE
) -> Opening:
    """Whether a slice of this very data set can be begun or continued in ``root``; nothing is
    written.

    ``finished`` of the slice's shots are there already. Raises OutputError where ``root`` holds
    something else, or a set that another build of the generator has begun and not finished.
    """
    description = describe(production, renderer)
    refuse_other(root, description, type(production.config))
    changed = ""
    if (root / "dataset.json").exists():
        changed = changed_build(read_description(root)["software"], build())
    shots = len(part.shots(production.shots))
    # Of other slices' shots some may be on their way: a slice never begins a folder anew.
    if changed and finished < shots and (finished or not part.whole):
        raise OutputError(
            f"{root} was begun with another build of the generator ({changed}): further shots "
            f"would not match the {finished} of {shots} that are finished. Nothing was "
            "touched: finish it with that build, choose another --output, or delete the folder."
        )
    return Opening(description, changed, finished)


def describe(production: Production, renderer: str) -> dict[str, Any]:
    """What dataset.json says; counts are the plan's, before any crop is filtered out."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": production.kind,
        "layout": production.layout,
        "licence": LICENCE,
        "renderer": renderer,
        "seed": production.config.seed,
        "software": build(),
        "counts": production.counts(),
        **production.inputs(),
        "config": production.config.model_dump(mode="json"),
    }


def refuse_other(root: Path, description: dict[str, Any], kind: type[Config]) -> None:
    """Raises OutputError unless ``root`` is free, or holds the beginning of this very data set,
    whose config is of class ``kind``."""
    if not root.exists():
        return
    if not (root / "dataset.json").exists():
        strangers = sorted(
            p.name for p in root.iterdir() if not is_hidden(Path(p.name)) and p.name != "logs"
        )
        if strangers:
            raise OutputError(
                f"Expected {root} to be empty or to hold a rendered data set, found "
                f"no dataset.json but {', '.join(strangers[:5])}: choose another --output."
            )
        return
    changed = changed_settings(read_description(root), description, kind)
    if changed:
        raise OutputError(
            f"{root} holds a data set rendered with another config: {changed}. "
            "Nothing was touched: use the same settings to continue it, or another --output."
        )


def changed_settings(found: dict[str, Any], asked: dict[str, Any], kind: type[Config]) -> str:
    """How the data set that one description is of differs from another's, in words; empty if it
    does not. Their configs are of class ``kind``."""
    there, now = _identity(found, kind), _identity(asked, kind)
    return "; ".join(
        f"{key} is {shown(there.get(key))} there and {shown(now.get(key))} now"
        for key in sorted(now.keys() | there.keys())
        if now.get(key) != there.get(key)
    )


def read_description(root: Path) -> dict[str, Any]:
    """What dataset.json of a data set says. Raises OutputError where it is damaged or something
    else."""
    require_utf_8(root)
    try:
        found = parse_json(read_text(root / "dataset.json"))
    except Unreadable as error:
        said = str(error)
    else:
        wrong = [
            key
            for key, kinds in _DESCRIPTION.items()
            if not isinstance(found, dict) or not isinstance(found.get(key), kinds)
        ]
        if not wrong:
            return dict(found)
        said = f"no {', '.join(wrong)} in it" if isinstance(found, dict) else shown(found)
    raise OutputError(
        f"Expected {root / 'dataset.json'} to describe a data set, found: {said}. Choose another "
        "--output, or put the file back that the run wrote."
    )


def require_utf_8(root: Path) -> None:
    """Raises OutputError for a path that the library of tables cannot open."""
    try:
        str(root).encode()
    except UnicodeEncodeError:
        raise OutputError(
            f"Expected the path of a data set in UTF-8, found {named(root)}: its tables cannot be "
            "read or written there. Rename the folder, or name it by a link."
        ) from None


_DESCRIPTION: dict[str, type | tuple[type, ...]] = {
    "schema_version": int, "kind": str, "layout": str, "licence": str, "renderer": str,
    "software": dict, "config": dict,
}  # fmt: skip
"""What a description must have for a set to be continued or shown."""


def changed_build(found: dict[str, Any], now: dict[str, Any]) -> str:
    """How one build differs from another, in words; empty if it does not."""
    return "; ".join(
        f"{name} was {found.get(name)} and is {here}"
        for name, here in now.items()
        if found.get(name) != here
    )


def _identity(description: dict[str, Any], kind: type[Config]) -> dict[str, Any]:
    """What makes two data sets the same, by name."""
    files = {
        f"{what} {name}": mark
        for what, key in _INPUTS.items()
        for name, mark in _mapping(description.get(key)).items()
    }
    return (
        flatten(identity(description["config"], kind))
        | {key: description[key] for key in ("renderer", "schema_version")}
        | files
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
