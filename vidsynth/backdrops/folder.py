"""A folder of pictures: listed, checked as a whole, and known by their hashes."""

from __future__ import annotations

import hashlib
from pathlib import Path

from PIL import Image

from vidsynth.errors import PictureError

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
SMALLEST = 64
"""Pixels a side must have."""

_SHOWN = 5


def pictures(
    directory: Path, setting: str, suffixes: tuple[str, ...] = SUFFIXES
) -> tuple[str, ...]:
    """Names of the folder's pictures, sorted; those in folders below it do not count.

    ``setting`` is what errors call it. Raises PictureError.
    """
    try:
        names = [entry.name for entry in directory.iterdir() if entry.is_file()]
    except OSError as error:
        raise PictureError(
            f"Expected a folder of pictures at {setting}={directory}, found: {error.strerror}."
        ) from None
    found = tuple(sorted(name for name in names if name.lower().endswith(suffixes)))
    if not found:
        raise PictureError(
            f"Expected pictures ({', '.join(suffixes)}) in {setting}={directory}, found none "
            f"among {len(names)} files."
        )
    return found


def check_pictures(
    directory: Path, setting: str, suffixes: tuple[str, ...] = SUFFIXES, alpha: bool = False
) -> None:
    """Decodes every picture. Raises PictureError about those that cannot be used."""
    broken = []
    names = pictures(directory, setting, suffixes)
    for name in names:
        try:
            with Image.open(directory / name) as picture:
                picture.load()
                if min(picture.size) < SMALLEST:
                    broken.append(f"{name}: {picture.width}x{picture.height} pixels is too small.")
                elif alpha and "A" not in picture.getbands():
                    broken.append(f"{name}: has no alpha channel, so it is no cut-out.")
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            broken.append(f"{name}: {error}.")
    if broken:
        more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        raise PictureError(
            f"{len(broken)} of {len(names)} pictures cannot be used; repair them or take them out "
            f"of {setting}. {' '.join(broken[:_SHOWN])}{more}"
        )


def digests(directory: Path, setting: str, suffixes: tuple[str, ...] = SUFFIXES) -> dict[str, str]:
    """SHA-256 of each picture, by name."""
    return {
        name: hashlib.sha256((directory / name).read_bytes()).hexdigest()
        for name in pictures(directory, setting, suffixes)
    }
