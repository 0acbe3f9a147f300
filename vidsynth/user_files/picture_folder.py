"""Folders of pictures that users give: listed, checked as a whole, hashed."""

from __future__ import annotations

from pathlib import Path

from vidsynth.errors import PictureError
from vidsynth.user_files.folders import files_in, hashes
from vidsynth.user_files.pictures import check_picture

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
SMALLEST = 64
"""Pixels a side must have."""

_SHOWN = 5


def picture_names(
    directory: Path, setting: str, suffixes: tuple[str, ...] = SUFFIXES
) -> tuple[str, ...]:
    """Names of the folder's pictures, sorted; those in folders below it do not count.

    ``setting`` is what errors call it. Raises PictureError.
    """
    return files_in(directory, suffixes, setting, "pictures", PictureError)


def check_pictures(
    directory: Path,
    setting: str,
    suffixes: tuple[str, ...] = SUFFIXES,
    alpha: bool = False,
    lights: bool = False,
) -> None:
    """Decodes every picture. Raises PictureError about those that cannot be used, see
    `check_picture`."""
    broken = []
    names = picture_names(directory, setting, suffixes)
    for name in names:
        try:
            check_picture(directory / name, SMALLEST, alpha, lights)
        except PictureError as error:
            broken.append(f"{name}: {error}.")
    if broken:
        more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        raise PictureError(
            f"{len(broken)} of {len(names)} pictures cannot be used; repair them or take them out "
            f"of {setting}. {' '.join(broken[:_SHOWN])}{more}"
        )


def digests(directory: Path, setting: str, suffixes: tuple[str, ...] = SUFFIXES) -> dict[str, str]:
    """SHA-256 of each picture, by name."""
    return hashes(directory, picture_names(directory, setting, suffixes))
