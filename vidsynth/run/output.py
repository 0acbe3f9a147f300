"""The data set's folder: made ready for a run, or refused with the reason."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vidsynth.errors import OutputError
from vidsynth.labels import SCHEMA_VERSION, write_table
from vidsynth.run.build import build
from vidsynth.run.files import sync, write_whole
from vidsynth.run.production import Production
from vidsynth.settings import flatten

LICENCE = "CC0-1.0"
PARTIAL = ".partial"
_INPUTS = {
    "motion file": "motions", "background picture": "backgrounds", "occluder": "occluders",
    "asset file": "assets", "cloth picture": "textures", "HDRI": "skies", "content of": "networks",
}  # fmt: skip


def open_output(root: Path, production: Production, renderer: str, finished: int = 0) -> None:
    """Writes dataset.json, cameras.json and persons.parquet into ``root``, the same at every call.

    ``finished`` of the shots are there already: all of them, and what another build wrote stays.

    Raises OutputError where ``root`` holds something else, or a set that another build of the
    generator has begun and not finished; nothing is then written.
    """
    description = describe(production, renderer)
    refuse_other(root, description)
    changed = _changed_build(root)
    if changed and 0 < finished < production.shots:
        raise OutputError(
            f"{root} was begun with another build of the generator ({changed}): further shots "
            f"would not match the {finished} of {production.shots} that are finished. Nothing was "
            "touched: finish it with that build, choose another --output, or delete the folder."
        )
    shutil.rmtree(root / PARTIAL, ignore_errors=True)
    (root / PARTIAL).mkdir()
    if changed and finished:
        return
    if changed or not (root / "dataset.json").exists():
        write_whole(root / "dataset.json", _json(description))
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


def refuse_other(root: Path, description: dict[str, Any]) -> None:
    """Raises OutputError unless ``root`` is free, or holds the beginning of this very data set."""
    if not root.exists():
        return
    try:
        found = json.loads((root / "dataset.json").read_text(encoding="utf-8"))
        found_settings = _identity(found)
    except FileNotFoundError:
        strangers = sorted(p.name for p in root.iterdir() if not p.name.startswith("."))
        if strangers:
            raise OutputError(
                f"Expected {root} to be empty or to hold a rendered data set, found "
                f"no dataset.json but {', '.join(strangers[:5])}: choose another --output."
            ) from None
        return
    except (ValueError, KeyError, TypeError):
        raise OutputError(
            f"Expected {root / 'dataset.json'} to describe a data set, found something else: "
            "choose another --output."
        ) from None
    asked = _identity(description)
    changed = [
        f"{key} is {found_settings.get(key)!r} there and {asked.get(key)!r} now"
        for key in sorted(asked.keys() | found_settings.keys())
        if asked.get(key) != found_settings.get(key)
    ]
    if changed:
        raise OutputError(
            f"{root} holds a data set rendered with another config: {'; '.join(changed)}. "
            "Nothing was touched: use the same settings to continue it, or another --output."
        )


def _changed_build(root: Path) -> str:
    """How the build that wrote ``root`` differs from this one, in words; empty if it does not."""
    try:
        found = json.loads((root / "dataset.json").read_text(encoding="utf-8")).get("software", {})
    except FileNotFoundError:
        return ""
    return "; ".join(
        f"{name} was {found.get(name)} and is {here}"
        for name, here in build().items()
        if found.get(name) != here
    )


def _identity(description: dict[str, Any]) -> dict[str, Any]:
    """What makes two data sets the same, by name."""
    files = {
        f"{what} {name}": mark
        for what, key in _INPUTS.items()
        for name, mark in description.get(key, {}).items()
    }
    return (
        flatten(description["config"])
        | {key: description[key] for key in ("renderer", "schema_version")}
        | files
    )


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Makes ``root`` and holds it for this process. Raises OutputError while another run does."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"Expected a folder to write at {root}, found: {error.strerror}. "
            "Choose another --output."
        ) from None
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
