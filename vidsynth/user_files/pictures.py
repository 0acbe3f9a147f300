"""Reads every picture that users give: cloth, assets, backgrounds, cut-outs.

What is rendered and what the labels say come from the same pixels: 8 bits, sRGB, upright. Blender
and Pillow disagree about 16 bits, CMYK, palettes and EXIF orientation; so Blender is given the file
itself only where there is nothing to disagree about, and else a PNG that this module has written.
Both make up what is missing of a damaged PNG or JPEG, so such files are looked through first.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from strict_reading import jpeg, png, shorten
from vidsynth.errors import PictureError

_ALIKE = {"PNG": ("L", "RGB", "RGBA"), "JPEG": ("L", "RGB")}
"""Formats and modes, at 8 bits, that Blender decodes to the same colours."""

_SIXTEEN = ("I;16", "I;16L", "I;16B", "I;16N")
_DARK = 16
"""Of 255: a picture with no brighter value is black, or has fewer bits than its file says."""
_WHITE = (255, 255, 255, 255)


def read_rgb(path: Path, over_white: bool = False, near: int | None = None) -> Image.Image:
    """The picture as RGB, 8 bits, upright.

    Args:
        over_white: lay it on white where it is transparent; else its alpha is left away.
        near: pixels a side; a JPEG may be decoded at a smaller size of at least that.

    Raises PictureError naming the file and what is wrong with it.
    """
    picture = _decoded(path, near)
    if over_white and _has_alpha(picture):
        layered = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, _WHITE), layered).convert(
            "RGB"
        )
    return picture.convert("RGB")


def read_rgba(path: Path) -> Image.Image:
    """The picture as RGBA, 8 bits, upright. Raises PictureError."""
    return _decoded(path).convert("RGBA")


def check_picture(path: Path, smallest: int = 1, alpha: bool = False, lights: bool = False) -> None:
    """Raises PictureError unless the picture can be decoded, has so many pixels a side and, where
    ``alpha`` is asked for, an alpha channel that leaves something to be seen; where it ``lights`` a
    scene, it must not be as good as black."""
    picture = _decoded(path)
    if min(picture.size) < smallest:
        raise PictureError(f"{picture.width}x{picture.height} pixels is too small")
    if alpha and not _has_alpha(picture):
        raise PictureError("has no alpha channel, so it is no cut-out")
    if alpha and picture.convert("RGBA").getchannel("A").getbbox() is None:
        raise PictureError("is transparent all over, so it hides nothing")
    if lights and _brightest(picture.convert("L")) <= _DARK:
        raise PictureError("is black, or as good as that, so nobody in front of it has light")


@lru_cache(maxsize=512)
def for_blender(path: Path) -> Path:
    """A file from which Blender reads the pixels that `read_rgba` gives: the picture's own where
    that is so by itself, else a PNG that lasts as long as this process. Raises PictureError."""
    try:
        _require_whole(path)
        with _opened(path) as picture:
            alike = picture.mode in _ALIKE.get(picture.format or "", ()) and not (
                _deep(picture) or _turned(picture) or "transparency" in picture.info
            )
    except PictureError:
        raise
    except Exception as error:
        raise PictureError(_why(path, error)) from None
    if alike:
        return path.resolve()
    plain = Path(_scratch().name) / f"{for_blender.cache_info().misses}-{path.stem[:40]}.png"
    picture = _decoded(path)
    picture.convert("RGBA" if _has_alpha(picture) else "RGB").save(plain)
    return plain


@lru_cache(maxsize=1)
def _scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="vidsynth-pictures-")


def _opened(path: Path) -> Image.Image:
    _require_file(path)
    return Image.open(path)


def _require_file(path: Path) -> None:
    if path.exists() and not path.is_file():
        raise PictureError("no regular file")


def _require_whole(path: Path) -> None:
    """ValueError: a PNG or JPEG of which a part is missing, or stands as zeros."""
    _require_file(path)
    data = path.read_bytes()
    if data.startswith(png.START):
        png.require_whole(data)
    elif data.startswith(jpeg.START):
        jpeg.decode(data, at_least=(1, 1))


def _decoded(path: Path, near: int | None = None) -> Image.Image:
    """8 bits a channel, upright, in whatever mode that leaves."""
    try:
        _require_whole(path)
        with _opened(path) as picture:
            if near is not None:
                picture.draft("RGB", (near, near))
            deep = _deep(picture)
            picture.load()
            found = ImageOps.exif_transpose(_eight_bits(picture))
        if deep and 0 < _brightest(found.convert("RGB")) <= _DARK:
            raise PictureError(
                "has no pixel above 1/16 of white though it has 16 bits a channel, as of a camera "
                "with 12: scale it and save 8 or 16 bits"
            )
        return found
    except PictureError:
        raise
    except Exception as error:  # a decoder may raise anything on a damaged file
        raise PictureError(_why(path, error)) from None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits scaled, not clipped as Pillow's own conversion does (Pillow #3011)."""
    if picture.mode in _SIXTEEN or (picture.mode == "I" and picture.format == "PNG"):
        deep = np.asarray(picture).astype(np.int64)
        grey = Image.fromarray(np.clip((deep + 128) // 257, 0, 255).astype(np.uint8))
        grey.info = {key: value for key, value in picture.info.items() if key != "transparency"}
        return grey
    if picture.mode in ("I", "F"):
        raise PictureError(
            f"pixels of {'32 bits' if picture.mode == 'I' else 'floating point'}, whose white is "
            "not known: save it with 8 or 16 bits"
        )
    return picture


def _has_alpha(picture: Image.Image) -> bool:
    return "A" in picture.getbands() or "a" in picture.getbands() or "transparency" in picture.info


def _deep(picture: Image.Image) -> bool:
    """Whether the file has more than 8 bits a channel, whatever mode Pillow gives it."""
    return any(";16" in str(entry[3]) for entry in getattr(picture, "tile", ()))


def _brightest(picture: Image.Image) -> int:
    """The highest value of any channel."""
    return int(np.asarray(picture).max(initial=0))


def _turned(picture: Image.Image) -> bool:
    return picture.getexif().get(0x0112, 1) not in (0, 1)


def _why(path: Path, error: Exception) -> str:
    try:
        with path.open("rb") as file:
            if file.read(20).startswith(b"version https://git"):
                return "it is a Git LFS pointer: fetch the picture with git lfs pull"
    except (OSError, ValueError):
        pass
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return shorten(f"{error}") or type(error).__name__
