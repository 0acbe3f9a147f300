"""Attributes out of a CSV file of your own: rows of people, or of tracklets.

    id,gender,upper_colour                 tracklet,gender,hat
    0001,female,red                        0001/entrance/walk-1,female,yes
    0002,,black                            bounding_box_test/0002_c1s1_000451_03.jpg,male,

``id`` is what the data calls a person, ``tracklet`` a path within it: of a folder of frames, of an
image, or of a video, for `tracklets.csv` with the first frame behind it (``walk.mp4:120``), with
either slash. An empty cell is unknown.
"""

from __future__ import annotations

import csv
import logging
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from reid_datasets.attributes.table import AttributeTable, coded
from reid_datasets.errors import DatasetError, printable
from reid_datasets.frames import Frames, first_file
from reid_datasets.records import Tracklet, UnlabelledTracklet

log = logging.getLogger(__name__)

KEYS = ("id", "tracklet")
_OF_VIDEO = re.compile(r"(.+) frame ([0-9]+)", re.DOTALL)
"""What `VideoSpan` calls a frame. Pictures end in a suffix."""
_SHOWN = 3

Rows = dict[str, tuple[str | None, ...]]


def describe(
    file: Path,
    root: Path,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    people: Mapping[int, str],
) -> AttributeTable:
    """Attributes of tracklets under ``root`` by the table in ``file``.

    An attribute's classes are its values in the whole file, sorted. Tracklets without a row are
    unknown in everything; how many is logged.

    Args:
        file: CSV, UTF-8, with a header.
        root: where the data lies, which paths are relative to.
        tracklets: N of them; by ``id`` only those with an identity can be described.
        people: what the data calls its identities, where these are more than numbers.

    Raises DatasetError: the table is damaged or contradicts itself, or has nobody of ``tracklets``.
    """
    key, names, rows = _read(file)
    keys = [
        _person(tracklet, people) if key == "id" else _paths(tracklet.frames, root)
        for tracklet in tracklets
    ]
    if key == "id":
        for each in keys:
            _require_one(file, each, rows)
    found = [next((rows[name] for name in each if name in rows), None) for each in keys]
    missing = [each for each, row in zip(keys, found, strict=True) if row is None]
    if tracklets and len(missing) == len(tracklets):
        raise DatasetError(
            f"Expected rows of the tracklets of {root} in {file}, found none: its {key} are "
            f"{_some(list(rows))}, those of the data {_some([m[0] for m in missing if m])}."
        )
    if missing:
        log.warning(
            "%s has no row for %d of %d tracklets, which count as unknown: %s",
            file, len(missing), len(tracklets), printable(_some([m[0] for m in missing if m])),
        )  # fmt: skip
    values: dict[str, tuple[str, ...]] = {}
    labels = {}
    for place, name in enumerate(names):
        values[name] = tuple(sorted({row[place] or "" for row in rows.values()} - {""}))
        _require_different(file, name, values[name])
        labels[name] = coded((row[place] if row else None for row in found), values[name])
    return AttributeTable(values, labels)


def _require_one(file: Path, keys: Sequence[str], rows: Rows) -> None:
    """DatasetError: a person's names, such as 1 and 0001, have rows that contradict each other."""
    named = [key for key in dict.fromkeys(keys) if key in rows]
    if len({rows[key] for key in named}) > 1:
        raise DatasetError(
            f"Expected one description in {file} of what is called {' and '.join(named)}, found "
            "different ones. Leave one out."
        )


def _require_different(file: Path, name: str, values: Sequence[str]) -> None:
    """DatasetError: two values are one that was written in two ways, and would be two classes."""
    known: dict[str, str] = {}
    for value in values:
        other = known.setdefault(" ".join(value.casefold().replace("_", " ").split()), value)
        if other != value:
            raise DatasetError(
                f"Expected one spelling of each value of {name} in {file}, found {other!r} and "
                f"{value!r}. Write the same in both places."
            )


def _read(file: Path) -> tuple[str, tuple[str, ...], Rows]:
    """What rows are of, the names of attributes, and a row for each person or tracklet."""
    rows: Rows = {}
    lines: dict[str, int] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            table = csv.reader(opened, strict=True)
            header = [name.strip() for name in next(table, [])]
            key, names = _columns(file, header)
            for cells in table:
                if not cells:
                    continue
                who, row = _row(f"line {table.line_num} of {file}", cells, header.index(key), names)
                who = _as_path(who) if key == "tracklet" else who
                if rows.setdefault(who, row) != row:
                    raise DatasetError(
                        f"Expected one description of {who!r} in {file}, found others in lines "
                        f"{lines[who]} and {table.line_num}. Correct one, or empty the cells that "
                        "are not sure."
                    )
                lines.setdefault(who, table.line_num)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DatasetError(
            f"Expected a table (CSV, UTF-8) in {file}, but it cannot be read: {error}."
        ) from None
    if not rows:
        raise DatasetError(f"Expected rows in {file}, found none below its first line.")
    return key, names, rows


def _columns(file: Path, header: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    keys = [name for name in header if name in KEYS]
    names = tuple(name for name in header if name not in KEYS)
    odd = next((name for name in names if not name or set(name) & set(".:,=")), None)
    if len(keys) != 1 or not names or len(set(header)) < len(header) or odd is not None:
        found = f"the name {odd!r}" if odd is not None else ", ".join(header) or "an empty file"
        raise DatasetError(
            f"Expected a column `id` or `tracklet` and a column for each attribute in {file}, "
            f"with different names without . : , and =, found {found}. Correct its first line."
        )
    return keys[0], names


def _row(
    where: str, cells: Sequence[str], key: int, names: Sequence[str]
) -> tuple[str, tuple[str | None, ...]]:
    if len(cells) != len(names) + 1:
        raise DatasetError(
            f"Expected {len(names) + 1} values in {where}, found {len(cells)}. Quote values with "
            "commas."
        )
    plain = [cell.strip() for cell in cells]
    who = _as_one(plain.pop(key))
    if not who:
        raise DatasetError(f"Expected who or what is described in {where}, found an empty cell.")
    return who, tuple(cell or None for cell in plain)


def _person(tracklet: Tracklet | UnlabelledTracklet, people: Mapping[int, str]) -> list[str]:
    """What a person may be called in the table: by name, by number with any zeros before it where
    that is the name (spreadsheets make 1 of 0001)."""
    if not isinstance(tracklet, Tracklet):
        return []
    number = tracklet.person_id
    name = _as_one(people.get(number, str(number)))
    numbered = name.isdecimal() and int(name) == number
    return [name, *(str(number).zfill(width) for width in range(1, 9) if numbered)]


def _paths(frames: Frames, root: Path) -> list[str]:
    """What a tracklet may be called: its folder, its only file, its video, or a frame of that."""
    first = first_file(frames)
    video = _OF_VIDEO.fullmatch(first)
    path = Path(video[1] if video else first)
    inside = path.relative_to(root) if path.is_relative_to(root) else path
    place, folder = (_as_path(_as_one(part.as_posix())) for part in (inside, inside.parent))
    if video:
        return [f"{place}:{video[2]}", place]
    return [*([place] if len(frames) == 1 else []), folder]


def _as_path(name: str) -> str:
    """A path as it is written here: Windows separates folders by a backslash."""
    return str(PurePosixPath(name.replace("\\", "/")))


def _as_one(name: str) -> str:
    """Accents as one sequence of characters: systems write them in different ways."""
    return unicodedata.normalize("NFC", name)


def _some(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more if names else "none"
