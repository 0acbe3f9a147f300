"""HDRI panoramas that light a place and stand behind it as its sky."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

from strict_reading import shorten
from vidsynth.errors import ConfigError
from vidsynth.user_files.folders import files_in, hashes

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
    names = files_in(folder, SUFFIXES, "sky.hdri_directory", "HDRIs", ConfigError)
    return tuple(folder / name for name in names)


def is_room(path: Path) -> bool:
    """Whether it is one of Blender's own that show a room."""
    return path.stem in _ROOMS and path.parent == _own_folder()


def check_panoramas(folder: Path) -> None:
    """Raises ConfigError unless every HDRI of the folder begins as one and, where Blender is there,
    is a panorama with light in it."""
    broken = {}
    for path in panoramas(folder, "noon"):
        with path.open("rb") as file:
            head = file.read(16)
        if path.stat().st_size < 256 or not head.startswith(_HEADS[path.suffix.lower()]):
            broken[path.name] = f"{path.stat().st_size} bytes, no HDRI"
    if not broken and _own_folder() is not None:
        broken = _unusable(panoramas(folder, "noon"))
    if broken:
        shown = [f"{name} ({why})" for name, why in list(broken.items())[:5]]
        raise ConfigError(
            f"{len(broken)} files of sky.hdri_directory={folder} are no panoramas that light a "
            f"scene: {', '.join(shown)}. Repair them or take them out."
        )


def wrong_shape(width: int, height: int) -> str:
    """What is wrong with a panorama of this size in pixels; empty where nothing is.

    An equirectangular picture is twice as wide as high, to the percent that tools round.
    """
    if abs(width - 2 * height) <= 0.02 * height:
        return ""
    return "not twice as wide as high, as an equirectangular panorama is, so it would be stretched"


def _unusable(paths: tuple[Path, ...]) -> dict[str, str]:
    """Files that light no scene, and why, by a process of its own that imports Blender."""
    command = [sys.executable, "-m", "vidsynth.blender.hdris", *map(str, paths)]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)
    if asked.returncode:
        said = shorten(asked.stderr.strip().rpartition("\n")[2])
        raise ConfigError(f"Blender does not start to read HDRIs: {said}")
    found = json.loads(asked.stdout.splitlines()[-1])
    return {
        Path(name).name: f"{Path(name).stat().st_size} bytes, {why}" for name, why in found.items()
    }


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of each HDRI, by name: a set is not continued with other skies."""
    return hashes(folder, tuple(path.name for path in panoramas(folder, "noon")))


@cache
def _own_folder() -> Path | None:
    found = importlib.util.find_spec("bpy")
    if found is None or found.origin is None:
        return None
    worlds = sorted(Path(found.origin).parent.glob("*/datafiles/studiolights/world"))
    return worlds[-1] if worlds else None
