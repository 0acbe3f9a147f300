"""The data set's folder: made ready for a run, or refused with the reason."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from strict_reading import Unreadable, parse_json, read_text, shown
from vidsynth.errors import OutputError
from vidsynth.files import full_disk, sync, write_whole
from vidsynth.labels.tables import SCHEMA_VERSION, write_table
from vidsynth.run.build import build
from vidsynth.run.production import Config, Production
from vidsynth.settings import flatten, identity
from vidsynth.user_files.folders import is_hidden

LICENCE = "CC0-1.0"
PARTIAL = ".partial"
_INPUTS = {
    "motion file": "motions", "background picture": "backgrounds", "occluder": "occluders",
    "asset file": "assets", "cloth picture": "textures", "HDRI": "skies", "content of": "networks",
}  # fmt: skip


@dataclass(frozen=True)
class Opening:
    """What a folder is about to hold: ``description`` for dataset.json; ``changed`` how the build
    that began it differs from this one, empty if it does not; ``finished`` shots are there."""

    description: dict[str, Any]
    changed: str
    finished: int


def agree(root: Path, production: Production, renderer: str, finished: int = 0) -> Opening:
    """Whether this very data set can be begun or continued in ``root``; nothing is written.

    ``finished`` of the shots are there already. Raises OutputError where ``root`` holds something
    else, or a set that another build of the generator has begun and not finished.
    """
    description = describe(production, renderer)
    refuse_other(root, description, type(production.config))
    changed = _changed_build(root)
    if changed and 0 < finished < production.shots:
        raise OutputError(
            f"{root} was begun with another build of the generator ({changed}): further shots "
            f"would not match the {finished} of {production.shots} that are finished. Nothing was "
            "touched: finish it with that build, choose another --output, or delete the folder."
        )
    return Opening(description, changed, finished)


def open_output(root: Path, production: Production, opening: Opening) -> None:
    """Writes dataset.json, cameras.json and persons.parquet into ``root``, the same at every call.

    Where all shots are there, what another build wrote stays.
    """
    shutil.rmtree(root / PARTIAL, ignore_errors=True)
    (root / PARTIAL).mkdir()
    if opening.changed and opening.finished:
        return
    if opening.changed or not (root / "dataset.json").exists():
        write_whole(root / "dataset.json", _json(opening.description))
    write_whole(root / "cameras.json", _json(production.cameras()))
    people = root / PARTIAL / "persons.parquet"
    write_table(people, production.people())
    sync(people)
    people.replace(root / "persons.parquet")


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
    found_settings = _identity(read_description(root), kind)
    asked = _identity(description, kind)
    changed = [
        f"{key} is {shown(found_settings.get(key))} there and {shown(asked.get(key))} now"
        for key in sorted(asked.keys() | found_settings.keys())
        if asked.get(key) != found_settings.get(key)
    ]
    if changed:
        raise OutputError(
            f"{root} holds a data set rendered with another config: {'; '.join(changed)}. "
            "Nothing was touched: use the same settings to continue it, or another --output."
        )


def read_description(root: Path) -> dict[str, Any]:
    """What dataset.json of a data set says. Raises OutputError where it is damaged or something
    else."""
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


_DESCRIPTION: dict[str, type | tuple[type, ...]] = {
    "schema_version": int, "kind": str, "layout": str, "licence": str, "renderer": str,
    "software": dict, "config": dict,
}  # fmt: skip
"""What a description must have for a set to be continued or shown."""


def _changed_build(root: Path) -> str:
    """How the build that wrote ``root`` differs from this one, in words; empty if it does not."""
    if not (root / "dataset.json").exists():
        return ""
    found = read_description(root)["software"]
    return "; ".join(
        f"{name} was {found.get(name)} and is {here}"
        for name, here in build().items()
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


def check_place(root: Path) -> None:
    """Raises OutputError where a folder cannot be made at ``root``; makes none."""
    above = root
    try:
        while not above.exists():
            above = above.parent
    except OSError as error:
        raise _no_folder(root, error.strerror or "") from None
    if not above.is_dir():
        raise _no_folder(root, "File exists" if above == root else f"{above} is a file")
    if not os.access(above, os.W_OK | os.X_OK):
        raise _no_folder(root, f"{above} cannot be written to")


def _no_folder(root: Path, said: str) -> OutputError:
    return OutputError(
        f"Expected a folder to write at {root}, found: {said}. Choose another --output."
    )


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Makes ``root`` and holds it for this process. Raises OutputError while another run does."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if full_disk(error):
            raise
        raise _no_folder(root, error.strerror or "") from None
    try:
        import fcntl
    except ImportError:  # Windows: two runs at once go unnoticed
        yield
        return
    handle = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise OutputError(
            f"Another run is writing to {root}: wait for it, stop it, or choose another --output."
        ) from None
    finally:
        os.close(handle)


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1) + "\n").encode()
