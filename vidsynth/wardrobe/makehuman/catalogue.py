"""A folder of assets: found, checked as a whole, hashed."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from strict_reading import named
from vidsynth.errors import AssetError
from vidsynth.user_files.folders import file_hash, is_hidden, require_characters
from vidsynth.wardrobe.makehuman.asset import Asset, load

_SHOWN = 5


def names(directory: Path) -> tuple[str, ...]:
    """Paths of the ``.mhclo`` files in the folder and those below, without the ending, sorted.

    Raises AssetError."""
    try:
        there = directory.is_dir()
        found = sorted(
            below.with_suffix("").as_posix()
            for path in directory.rglob("*.mhclo")
            if path.is_file() and not is_hidden(below := path.relative_to(directory))
        )
    except (OSError, ValueError):  # no permission; a name with a NUL in it
        there = False
    if not there:
        raise AssetError(
            "Expected a folder of MakeHuman assets at makehuman.directory="
            f"{named(directory)}, found no such folder."
        )
    if not found:
        raise AssetError(
            f"Expected *.mhclo files in makehuman.directory={directory} or below, found none."
        )
    require_characters(found, f"makehuman.directory={directory}", AssetError)
    return tuple(found)


@lru_cache(maxsize=4)
def catalogue(directory: Path) -> tuple[Asset, ...]:
    """Every asset that can be worn, sorted by name. Raises AssetError about those that are
    broken."""
    assets, broken = [], []
    for name in (everything := names(directory)):
        try:
            asset = load(directory, name)
        except AssetError as error:
            broken.append(str(error))
            continue
        if asset is not None:
            assets.append(asset)
    if broken:
        more = f"; and {len(broken) - _SHOWN} more" if len(broken) > _SHOWN else ""
        raise AssetError(
            f"{len(broken)} of {len(everything)} MakeHuman assets cannot be worn; repair or take "
            f"them out of makehuman.directory. {' '.join(broken[:_SHOWN])}{more}"
        )
    if not assets:
        raise AssetError(
            f"Expected clothes, shoes, hair or hats in makehuman.directory={directory}, found "
            f"{len(everything)} assets of other kinds: {', '.join(everything[:_SHOWN])}."
        )
    return tuple(assets)


def digests(directory: Path) -> dict[str, str]:
    """SHA-256 of each file that the assets consist of, by its path from the folder."""
    files = {
        file
        for asset in catalogue(directory)
        for file in (
            asset.clothing.path, asset.clothing.mesh, asset.clothing.material, asset.paint.texture
        )
        if file is not None
    }  # fmt: skip
    named = {Path(os.path.relpath(file, directory)).as_posix(): file for file in files}
    return {name: file_hash(named[name]) for name in sorted(named)}
