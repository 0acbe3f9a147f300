"""Skies out of pictures: HDRIs that light a place and stand behind it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from vidsynth.errors import ConfigError

SUFFIXES = (".hdr", ".exr")

WEATHERS = ("sunny", "clouds", "neutral")
"""Under others, rain, fog and snow come from the procedural sky."""

# Greg Zaal's, CC0, inside Blender's module.
_BUNDLED = {
    "dawn": ("sunrise",), "forenoon": ("city", "courtyard", "forest"),
    "noon": ("city", "courtyard", "forest"), "afternoon": ("city", "courtyard", "forest"),
    "dusk": ("sunset",), "night": ("night",), "midnight": ("night",),
}  # fmt: skip

_ROOMS = ("interior", "studio")
"""Of them, those that are light without weather: they are not seen behind a street."""

_HEADS = {".hdr": (b"#?RADIANCE", b"#?RGBE"), ".exr": (b"\x76\x2f\x31\x01",)}


@cache
def panoramas(folder: Path | None, hour: str, weather: str = "sunny") -> tuple[Path, ...]:
    """HDRIs for an hour and a weather: all of ``folder``'s, or Blender's own that suit. Raises
    ConfigError."""
    if folder is None:
        own, names = _own_folder(), _BUNDLED[hour]
        if weather == "neutral" and len(names) > 1:
            names += _ROOMS
        return tuple(own / f"{name}.exr" for name in names) if own else ()
    if not folder.is_dir():
        raise ConfigError(f"Expected a folder of HDRIs at sky.hdri_directory={folder}, found none.")
    found = tuple(sorted(p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES))
    if not found:
        raise ConfigError(
            f"Expected .hdr or .exr files in sky.hdri_directory={folder}, found none."
        )
    return found


def is_room(path: Path) -> bool:
    """Whether it is one of Blender's own that show a room."""
    return path.stem in _ROOMS and path.parent == _own_folder()


def check_panoramas(folder: Path) -> None:
    """Raises ConfigError unless every HDRI of the folder begins as one and, where Blender is there,
    can be read to its end."""
    broken = []
    for path in panoramas(folder, "noon"):
        with path.open("rb") as file:
            head = file.read(16)
        if path.stat().st_size < 256 or not head.startswith(_HEADS[path.suffix.lower()]):
            broken.append(f"{path.name} ({path.stat().st_size} bytes)")
    if not broken and _own_folder() is not None:
        broken = _unreadable(panoramas(folder, "noon"))
    if broken:
        raise ConfigError(
            f"{len(broken)} files of sky.hdri_directory={folder} are no whole HDRIs: "
            f"{', '.join(broken[:5])}. Repair them or take them out."
        )


def _unreadable(paths: tuple[Path, ...]) -> list[str]:
    """Blender is asked in a process of its own: it stays in memory for good."""
    command = [sys.executable, "-m", "vidsynth.blender.hdris", *map(str, paths)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode:
        raise ConfigError(f"Blender does not start to read HDRIs: {asked.stderr.strip()[-300:]}")
    names = map(Path, json.loads(asked.stdout.splitlines()[-1]))
    return [f"{path.name} ({path.stat().st_size} bytes, cut short or damaged)" for path in names]


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each HDRI, by name: a set is not continued with other skies."""
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in panoramas(folder, "noon")}


@cache
def _own_folder() -> Path | None:
    found = importlib.util.find_spec("bpy")
    if found is None or found.origin is None:
        return None
    worlds = sorted(Path(found.origin).parent.glob("*/datafiles/studiolights/world"))
    return worlds[-1] if worlds else None
