"""What a folder holds: pictures, and what systems and download managers leave beside them.

The one place where directories are listed. System files are passed over. A copy that a download
manager made of a picture that is there is left out aloud: with it the counts would be wrong. A
picture that would be left out with nothing in its place is an error: without it they would be.
"""

from __future__ import annotations

import logging
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from reid_datasets.errors import DatasetError, printable

log = logging.getLogger(__name__)

IMAGES = (".jpg", ".jpeg", ".png", ".bmp")
"""What the images of benchmarks are."""

_SYSTEM = frozenset(
    {"@eadir", "@tmp", "@recycle", "@recently-snapshot", "@sharebin"}  # Synology, QNAP
    | {"#recycle", "#snapshot", "~snapshot", "lost+found", "network trash folder"}
    | {"__macosx", "icon\r", "temporary items"}  # macOS
    | {"$recycle.bin", "recycler", "recycled", "system volume information"}  # Windows
    | {"thumbs.db", "thumbs.db:encryptable", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini"}
)
_UNREAD = re.compile(
    r"\.(?:avif|dng|gif|hei[cf]|j2[ck]|jfif|jif|jp[2efx]|jpeg2000|jpg2|jxl|pbm|pgm|ppm|raw|svg|tga"
    r"|tiff?|webp)",
    re.IGNORECASE,
)
"""Suffixes of pictures, all but `IMAGES`."""
_SPOILT = re.compile(r"(.+\.(?:jpe?g|png|bmp|webp|tiff?))(?:[~_.! (-].*)", re.IGNORECASE)
"""``0001.jpg~``, ``0001.jpg_``, ``0001.jpg.1``: the name of a picture with something after it."""
_COPY = re.compile(
    r"(.+?)(?: ?\(\d+\)| copy(?: \d+)?| - (?:copy|kopie|copie|copia|cópia)(?: ?\(\d+\))?"
    r"| \(.*conflicted copy.*\))",
    re.IGNORECASE,
)
"""``0001 (1)``, ``0001 copy``, ``0001 - Copy (2)``, without the suffix."""


def is_system(name: str) -> bool:
    """Whether a NAS, macOS, Windows or a tool made it, not a person: hidden names among them."""
    return name.startswith(".") or name.lower() in _SYSTEM


def names_in(folder: Path) -> list[str]:
    """What a folder holds, system files aside. DatasetError: it is not there."""
    try:
        return [name for name in os.listdir(folder) if not is_system(name)]
    except OSError as error:
        raise DatasetError(
            f"Expected a folder at {folder}, but it cannot be read ({error.strerror}). Copy the "
            "data set again, or correct the list that names it."
        ) from error


def folders_in(folder: Path) -> list[str]:
    """Names of the folders in a folder, sorted. DatasetError: it is not there."""
    return sorted(name for name in names_in(folder) if (folder / name).is_dir())


def pictures_in(folder: Path) -> list[str]:
    """Names of the images of a benchmark in a folder, sorted; there may be none.

    Raises DatasetError for pictures that would be missed, for a copy whose original is gone, and
    for names that are the same to some file systems.
    """
    names = names_in(folder)
    images = {name for name in names if name.lower().endswith(IMAGES)}
    copies = {name for name in images if (original := copied(name)) and original in images}
    images -= copies
    stems = {os.path.splitext(name)[0] for name in images}
    spoilt = []
    for name in set(names) - images - copies:
        match = _SPOILT.fullmatch(name)
        stem, suffix = os.path.splitext(name)
        if (match and match[1] in images) or (_UNREAD.fullmatch(suffix) and stem in stems):
            copies.add(name)
        elif match or _UNREAD.fullmatch(suffix):
            spoilt.append(name)
    alone = [name for name in images if copied(name)]
    if spoilt or alone:
        raise DatasetError(
            f"Expected images ({', '.join(IMAGES)}) under their own names in {folder}, found "
            f"{len(spoilt + alone)} that a program seems to have renamed or stored in another "
            f"form, such as {min(spoilt + alone)}. Give them their names back, convert them, or "
            "move them away."
        )
    require_distinct(folder, images)
    if copies:
        log.warning(
            "left out %d copies of images that are there, e.g. %s",
            len(copies),
            printable(folder / min(copies)),
        )
    return sorted(images)


def in_order(names: Sequence[str]) -> list[str]:
    """By name, numbers in it by their value: frame 10 comes after frame 9."""
    return sorted(names, key=lambda name: (_numbers(name), name))


def _numbers(name: str) -> list[str | int]:
    return [int(p) if i % 2 else p for i, p in enumerate(re.split("([0-9]+)", name))]


def copied(name: str) -> str | None:
    """What ``name`` seems to be a copy of: ``0001.jpg`` for ``0001 (1).jpg``."""
    if " " not in name and "(" not in name:
        return None
    stem, suffix = os.path.splitext(name)
    match = _COPY.fullmatch(stem)
    return match[1] + suffix if match else None


def one_name(name: str) -> str:
    """A name as one sequence of characters: macOS and Linux write accents in different ways."""
    return unicodedata.normalize("NFC", name)


def require_distinct(folder: Path, names: Iterable[str]) -> None:
    """DatasetError for two names that differ only in capitals or in how accents are written."""
    names = list(names)
    keys = [one_name(name).casefold() for name in names]
    if len(set(keys)) == len(names):
        return
    same = Counter(keys)
    twice = next(key for key, count in same.items() if count > 1)
    pair = sorted(name for name in names if one_name(name).casefold() == twice)[:2]
    raise DatasetError(
        f"Expected names that every file system tells apart in {folder}, found "
        f"{' and '.join(map(ascii, pair))}: they differ only in capitals or in how accents are "
        "written. Remove one, or rename it."
    )


def on_disk(root: Path, parts: Sequence[str]) -> Path:
    """The path below ``root``, with accents written as they are on the disk.

    A part that is not there, or only there with other accents twice, stays as it is.
    """
    path = root
    for part in parts:
        if not part.isascii() and not (path / part).exists() and path.is_dir():
            alike = [name for name in os.listdir(path) if one_name(name) == one_name(part)]
            part = alike[0] if len(alike) == 1 else part
        path = path / part
    return path
