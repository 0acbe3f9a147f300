"""JPEG files to pixels by libjpeg-turbo: strict about damage, upright as EXIF says."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import simplejpeg
from PIL import Image

START = b"\xff\xd8\xff"
ORIENTATION = 0x0112
"""The EXIF tag; 1 to 8, 1 is upright."""
SIDEWAYS = (5, 6, 7, 8)
"""Orientations whose upright picture has height and width exchanged."""

_HARMLESS = ("JFIF revision", "Adobe color transform", "SOS parameters")
"""Parts of what libjpeg-turbo says of headers that other programs accept."""
_UNUSUAL = ("Unsupported color conversion", "precision", "Could not determine subsampling")
"""Parts of what it says of intact files that it does not decode, or not for simplejpeg."""
_DHT, _SOS, _APP0, _APP1, _APP14 = 0xC4, 0xDA, 0xE0, 0xE1, 0xEE
_ALONE = {0x01, *range(0xD0, 0xD9)}
"""Markers without content."""


def decode(data: bytes, at_least: tuple[int, int] | None) -> np.ndarray | None:
    """Upright RGB pixels ``(H, W, 3)``, or None for a kind that only Pillow may know.

    ``at_least`` is (height, width) of the upright picture, which may come out at half its size or
    less. Raises ValueError for a damaged file: libjpeg-turbo's warnings are errors here, Pillow
    suppresses them.
    """
    orientation = _orientation(data)
    if at_least is not None and orientation in SIDEWAYS:
        at_least = at_least[1], at_least[0]
    try:
        try:
            pixels = _strict(data, at_least)
        except ValueError as error:
            if not any(part in str(error) for part in _HARMLESS):
                raise
            pixels = _strict(_ordinary_header(data), at_least)
    except ValueError as error:
        if any(part in str(error) for part in _UNUSUAL):
            return None
        raise
    return pixels if orientation == 1 else upright(pixels, orientation)


def upright(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """Pixels ``(H, W, 3)`` as stored to how they are to be seen; ``orientation`` as in EXIF."""
    if orientation in SIDEWAYS:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _strict(data: bytes, at_least: tuple[int, int] | None) -> np.ndarray:
    if at_least is None:
        return simplejpeg.decode_jpeg(data)
    height, width = at_least
    found = simplejpeg.decode_jpeg_header(data)
    if found[0] < 2 * height or found[1] < 2 * width:
        return simplejpeg.decode_jpeg(data)  # factors under 2 take longer than none
    return simplejpeg.decode_jpeg(data, min_height=height, min_width=width)


def _orientation(data: bytes) -> int:
    """Looked for only where there is a segment that may hold it."""
    if not _has_metadata(data):
        return 1
    try:
        with Image.open(io.BytesIO(data)) as image:
            found = image.getexif().get(ORIENTATION, 1)
    except Exception:  # damaged metadata of a picture that may be whole
        return 1
    return found if found in range(1, 9) else 1


def _has_metadata(data: bytes) -> bool:
    """Whether there is an APP1 segment before the frame header; written for speed."""
    place, end = 2, len(data) - 4
    while place <= end and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == _APP1:
            return True
        if (0xC0 <= marker <= 0xCF and marker != _DHT) or marker == _SOS:
            return False
        place += 2 + (data[place + 2] << 8) + data[place + 3] if marker != 0xFF else 1
    return False


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of the content of each segment before the pixels."""
    place, end = 2, len(data)
    while place + 4 <= end and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        after = place + 2 + (data[place + 2] << 8 | data[place + 3])
        yield marker, place + 4, after
        if marker == _SOS:
            return
        place = after


def _ordinary_header(data: bytes) -> bytes:
    """The file with a known JFIF revision, Adobe transform and, where the pixels are in one scan,
    its usual parameters: libjpeg reads it so anyway, with a warning."""
    changed = bytearray(data)
    for marker, start, end in _segments(data):
        if marker == _APP0 and data[start : start + 5] == b"JFIF\0":
            changed[start + 5 : start + 7] = b"\1\1"
        elif marker == _APP14 and data[start : start + 5] == b"Adobe" and end - start >= 12:
            if data[start + 11] > 2:
                changed[start + 11] = 1
        elif marker == _SOS:
            changed[end - 3 : end] = b"\x00\x3f\x00"
    return bytes(changed)
