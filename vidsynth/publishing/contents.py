"""Which files are a data set's own, and whether they are what vidsynth rendered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from hub_publishing import Parcel
from vidsynth.errors import OutputError
from vidsynth.formats import FORMATS
from vidsynth.publishing.card import data_card
from vidsynth.publishing.facts import MATERIAL, Facts, read
from vidsynth.run.markers import PARTIAL, marker_path, read_finished
from vidsynth.run.production import RENDERER, Production, restore
from vidsynth.settings import fingerprint, identity, older_fingerprint

DESCRIPTION = "dataset.json"
TABLES = (DESCRIPTION, "cameras.json", "persons.parquet", "tracklets.parquet")


def pack(
    root: Path,
    name: str,
    rights: str | None = None,
    on_shot: Callable[[int, int], None] = lambda done, total: None,
) -> Parcel:
    """The parcel of a finished set: what its shots' markers name, its tables and lists, a card.

    Every file of a shot is compared with the hash that was taken when it was rendered, so that no
    other picture can be sent in its place. dataset.json is sent without the places of this
    machine's files.

    Args:
        root: the set.
        name: what people call it.
        rights: see `data_card`; needed where other people's files are in pictures.
        on_shot: is told how many of all shots were looked at.

    Raises:
        OutputError: vidsynth did not render the set, or not to its end; files are missing, were
            changed, or are nobody's; files of others are in it and nothing is said of them.
    """
    facts = read(root)
    production = _production(root, facts.description)
    files = _rendered(root, production, on_shot)
    lists = FORMATS[str(facts.description["layout"])].lists
    for list_name in (*TABLES, *lists):
        if (root / list_name).is_file():
            files[list_name] = (root / list_name).stat().st_size
    material = facts.given(MATERIAL)
    if material and not rights:
        said = ", ".join(f"{count} {what}" for what, count in material)
        raise OutputError(
            f"{root} was rendered with files of others ({said}), whose licences and people "
            "vidsynth does not know. Say what they are, which licence allows publishing them, and "
            "that nobody in them objects: --rights 'TEXT'. The card quotes it."
        )
    card, notes = data_card(name, facts, rights), _notes(root, files, facts)
    instead = {DESCRIPTION: _without_places(facts.description, type(production.config))}
    return Parcel("dataset", card, root, files, notes, instead)


def _production(root: Path, description: dict[str, Any]) -> Production:
    """Of a set that this generator has rendered. Raises OutputError."""
    if description["renderer"] != RENDERER or "translation" in description:
        found = "`uda translate`" if "translation" in description else description["renderer"]
        raise OutputError(
            f"Expected pictures that vidsynth rendered in {root}, found those of {found}. Only "
            "rendered people are published: this set stays here."
        )
    if (root / PARTIAL).exists():
        raise OutputError(
            f"{root} is being rendered, or its rendering was interrupted ({PARTIAL} is there). "
            "Give the command that renders it again, and push it when it is finished."
        )
    try:
        return restore(description["kind"], description["config"])
    except ValidationError as error:
        raise OutputError(
            f"Expected the settings of this version in {root / 'dataset.json'}, found others "
            f"({str(error).splitlines()[1]}). Push it with the version that rendered it: "
            f"{description['software'].get('vidsynth-uda')}."
        ) from None


def _rendered(
    root: Path, production: Production, on_shot: Callable[[int, int], None]
) -> dict[str, int]:
    """Bytes of every file that belongs to a shot, markers too. Raises OutputError."""
    marks = (fingerprint(production.config), older_fingerprint(production.config))
    files: dict[str, int] = {}
    missing: list[int] = []
    changed: list[int] = []
    for index in range(production.shots):
        marker, place = read_finished(root, index, marks, hashes=True), marker_path(root, index)
        if marker is None:
            (changed if place.exists() else missing).append(index)
        else:
            files[place.relative_to(root).as_posix()] = place.stat().st_size
            files |= {name: int(facts["bytes"]) for name, facts in marker["files"].items()}
        on_shot(index + 1, production.shots)
    for shots, what in (
        (missing, "unfinished"),
        (changed, "changed since they were rendered, or of other settings"),
    ):
        if shots:
            raise OutputError(
                f"Expected all {production.shots} shots of {root} as they were rendered, found "
                f"{len(shots)} {what}: {', '.join(map(str, shots[:10]))}. Nothing was sent: give "
                "the command that rendered the set again, which renders them anew."
            )
    return files


def _without_places(description: Mapping[str, Any], kind: type[BaseModel]) -> bytes:
    """dataset.json with files and folders that settings name by their own names alone. Whoever
    renders with it says where theirs are; the shots are still of these settings."""
    config = description["config"]
    kept = {**description, "config": _own_names(config, identity(config, kind))}
    return (json.dumps(kept, indent=1) + "\n").encode()


def _own_names(values: Mapping[str, Any], same: Mapping[str, Any]) -> dict[str, Any]:
    """Settings whose `identity` is ``same``, where a path is "given" wherever it is."""
    kept = dict(values)
    for name, value in values.items():
        known = same.get(name)
        if isinstance(value, Mapping) and isinstance(known, Mapping):
            kept[name] = _own_names(value, known)
        elif known == "given" and isinstance(value, str):
            kept[name] = Path(value).name
    return kept


def _notes(root: Path, files: dict[str, int], facts: Facts) -> list[str]:
    """What stays here, and what is told of a target."""
    tops = {name.partition("/")[0] for name in files}
    left = sorted(p.name for p in root.iterdir() if p.name not in tops and p.name[0] != ".")
    notes = [f"not sent of the folder: {', '.join(left)}"] if left else []
    if facts.fitted:
        notes.append(
            f"settings were fitted to a target ({', '.join(facts.fitted)}): dataset.json, "
            "cameras.json and labels tell what its cameras see, and hold no picture of it"
        )
    return notes
