"""Panoramas, HDRIs and pictures, that light a place and stand behind it as its sky."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np

from strict_reading import shorten
from vidsynth.colour import to_linear
from vidsynth.errors import ConfigError, PictureError
from vidsynth.user_files.folders import files_in, hashes
from vidsynth.user_files.pictures import read_rgb

PICTURES = (".jpg", ".jpeg", ".png")
"""Panoramas of 8 bits, whose light ends where they are white."""

SUFFIXES = (".hdr", ".exr", *PICTURES)

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
DIMMEST = 1e-4
"""Mean radiance of the upper half that can still be brought to a day's."""

_SEAM = (0.06, 4.0)
"""By how much, of white, a panorama's first and last column may differ, and by how many times what
columns beside each other do; more of both is no full turn."""


@cache
def panoramas(folder: Path | None, hour: str, weather: str = "sunny") -> tuple[Path, ...]:
    """Panoramas for an hour and a weather: all of ``folder``'s, or Blender's own that suit. Raises
    ConfigError."""
    if folder is None:
        own, names = _own_folder(), _BUNDLED[hour]
        if weather == "neutral" and len(names) > 1:
            names += _ROOMS
        return tuple(own / f"{name}.exr" for name in names) if own else ()
    names = files_in(folder, SUFFIXES, "sky.hdri_directory", "panoramas", ConfigError)
    return tuple(folder / name for name in names)


def is_room(path: Path) -> bool:
    """Whether it is one of Blender's own that show a room."""
    return path.stem in _ROOMS and path.parent == _own_folder()


def check_panoramas(folder: Path) -> None:
    """Raises ConfigError unless every picture of the folder is a panorama with light in it, and
    every HDRI begins as one and, where Blender is there, is one too."""
    broken, hdris = {}, []
    for path in panoramas(folder, "noon"):
        if path.suffix.lower() in PICTURES:
            try:
                picture_light(path)
            except PictureError as error:
                broken[path.name] = str(error)
            continue
        hdris.append(path)
        with path.open("rb") as file:
            head = file.read(16)
        if path.stat().st_size < 256 or not head.startswith(_HEADS[path.suffix.lower()]):
            broken[path.name] = f"{path.stat().st_size} bytes, no HDRI"
    if not broken and hdris and _own_folder() is not None:
        broken = _unusable(tuple(hdris))
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


def radiance(light: np.ndarray) -> float:
    """Mean of the upper half of a panorama (H, W, 3), rows from below, less the sun: its few
    pixels do not decide, as it is what casts the shadows."""
    upper = light[len(light) // 2 :]
    return float(np.minimum(upper, 20 * np.median(upper) + 1e-4).mean())


def picture_light(path: Path) -> np.ndarray:
    """Linear light (H, W, 3) float32 of a JPEG or PNG panorama, rows from below.

    Raises PictureError: it cannot be decoded, is not twice as wide as high, its ends do not meet,
    or it is as good as black."""
    shown = np.asarray(read_rgb(path), np.float32) / 255
    height, width = shown.shape[:2]
    wrong = wrong_shape(width, height)
    if wrong:
        raise PictureError(f"{width}x{height} pixels, {wrong}")
    seam = float(np.abs(shown[:, 0] - shown[:, -1]).mean())
    beside = float(np.abs(np.diff(shown, axis=1)).mean())
    if seam > _SEAM[0] and seam > _SEAM[1] * beside:
        raise PictureError(
            f"its left and right edges differ by {255 * seam:.0f} of 255, where those of a full "
            "turn meet: it is a photograph of a part of the view"
        )
    light = to_linear(shown[::-1]).astype(np.float32)
    if radiance(light) <= DIMMEST:
        raise PictureError("its upper half is black, or as good as that")
    return light


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
