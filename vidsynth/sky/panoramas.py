"""Skies out of pictures: HDRIs that light a place and stand behind it."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

from vidsynth.errors import ConfigError

SUFFIXES = (".hdr", ".exr")

WEATHERS = ("sunny", "clouds", "neutral")
"""Under others, rain, fog and snow come from the procedural sky."""

# Greg Zaal's, CC0, inside Blender's module. Those of rooms light no street.
_BUNDLED = {
    "dawn": ("sunrise",), "forenoon": ("city", "courtyard", "forest"),
    "noon": ("city", "courtyard", "forest"), "afternoon": ("city", "courtyard", "forest"),
    "dusk": ("sunset",), "night": ("night",), "midnight": ("night",),
}  # fmt: skip

_HEADS = {".hdr": (b"#?RADIANCE", b"#?RGBE"), ".exr": (b"\x76\x2f\x31\x01",)}


@cache
def panoramas(folder: Path | None, hour: str) -> tuple[Path, ...]:
    """HDRIs for an hour: all of ``folder``'s, or Blender's own that suit. Raises ConfigError."""
    if folder is None:
        own = _own_folder()
        return tuple(own / f"{name}.exr" for name in _BUNDLED[hour]) if own else ()
    if not folder.is_dir():
        raise ConfigError(f"Expected a folder of HDRIs at sky.hdri_directory={folder}, found none.")
    found = tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES))
    if not found:
        raise ConfigError(
            f"Expected .hdr or .exr files in sky.hdri_directory={folder}, found none."
        )
    return found


def check_panoramas(folder: Path) -> None:
    """Raises ConfigError unless every HDRI of the folder begins as one."""
    broken = []
    for path in panoramas(folder, "noon"):
        with path.open("rb") as file:
            head = file.read(16)
        if path.stat().st_size < 256 or not head.startswith(_HEADS[path.suffix.lower()]):
            broken.append(f"{path.name} ({path.stat().st_size} bytes)")
    if broken:
        raise ConfigError(
            f"{len(broken)} files of sky.hdri_directory={folder} are no HDRIs: "
            f"{', '.join(broken[:5])}. Repair them or take them out."
        )


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each HDRI, by name: a set is not continued with other skies."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in panoramas(folder, "noon")}


def _own_folder() -> Path | None:
    found = importlib.util.find_spec("bpy")
    if found is None or found.origin is None:
        return None
    worlds = sorted(Path(found.origin).parent.glob("*/datafiles/studiolights/world"))
    return worlds[-1] if worlds else None
