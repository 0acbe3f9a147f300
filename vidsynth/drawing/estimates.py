"""TAGPerson's lists of per-image estimates as rows of a table.

Its release samples one entry for each image to render, with replacement, and takes the fields that
its configuration lists (tagperson-blender, attribute_manager.py). Such a list holds a row about
every single image of the target; `vidsynth target measure` writes distributions instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from strict_reading import Unreadable, parse_json, read_text, shown

Entry = Mapping[str, Any]


def _number(field: str) -> Callable[[Entry], float]:
    def value(entry: Entry) -> float:
        found = entry[field]
        if isinstance(found, bool) or not isinstance(found, int | float):
            raise ValueError(f"expected a number as {field}, found {shown(found)}")
        return float(found)

    return value


def _aspect(entry: Entry) -> float:
    """Of the image alone: its height follows from the width that is drawn."""
    width, height = _number("img_width")(entry), _number("img_height")(entry)
    if not (width > 0 and height > 0):
        raise ValueError(f"expected an image's size, found {width:g} x {height:g}")
    return width / height


def _half_turn(entry: Entry) -> float:
    """Degrees from the camera's azimuth, -180 to 180."""
    return (_number("light_azim")(entry) + 180) % 360 - 180


FIELDS: dict[str, tuple[tuple[str, ...], Callable[[Entry], float]]] = {
    "view.depression": (("camera_elev",), _number("camera_elev")),
    "look.gamma": (("gamma_value",), _number("gamma_value")),
    "light.elevation": (("light_elev",), _number("light_elev")),
    "light.azimuth": (("light_azim",), _half_turn),
    "view.aspect": (("img_width", "img_height"), _aspect),
}
"""Settings: which fields of an entry say them, and how."""


def read(path: Path) -> dict[str, list[float | str]]:
    """The settings that all entries of a list say, one value an entry. Raises ValueError."""
    try:
        entries = parse_json(read_text(path))
    except Unreadable as error:
        raise ValueError(f"expected a list of estimates in {path}, found: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise ValueError(
            f'expected a list of estimates in {path}, such as [{{"camera_elev": 17.3, '
            f'"gamma_value": 1.2}}], found {shown(entries)}'
        )
    found: dict[str, list[float | str]] = {}
    for setting, (fields, value) in FIELDS.items():
        there = [all(field in entry for field in fields) for entry in entries]
        if not any(there):
            continue
        if not all(there):
            raise ValueError(
                f"expected {' and '.join(fields)} in every entry of {path} or in none, found none "
                f"in entry {there.index(False) + 1}"
            )
        found[setting] = []
        for number, entry in enumerate(entries, 1):
            try:
                found[setting].append(value(entry))
            except ValueError as error:
                raise ValueError(f"{error} in entry {number} of {path}") from None
    if not found:
        known = ", ".join(" with ".join(fields) for fields, _ in FIELDS.values())
        raise ValueError(f"expected entries with {known} in {path}, found none")
    return found
