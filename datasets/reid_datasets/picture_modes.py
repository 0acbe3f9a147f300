"""Pictures of any of Pillow's modes to RGB of 8 bits, or a refusal that says what was found.

Grey values of 16 bits are divided by 257, floats from 0 to 1 multiplied by 255; other ranges are
refused, because a guess would make a data set white or black. What is transparent shows the mean
colour of ImageNet, which is zero to a model, as erased rectangles do.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

BACKGROUND = (124, 116, 104)
"""Seen through transparent pixels; `transforms.MEAN_COLOUR`."""
_DARKEST = 1 / 16
"""Of full scale. A picture with no brighter pixel has fewer bits than its file says."""
_BITS_PER_SAMPLE, _PHOTOMETRIC, _WHITE_IS_ZERO = 258, 262, 0


class Unsuitable(Exception):
    """A picture that is whole but cannot be used; the text says what was found and what to do."""


def to_rgb(image: Image.Image) -> Image.Image:
    """``image`` in the mode RGB. Raises Unsuitable."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith(("I", "F")):
        return Image.fromarray(_eight_bits(image)).convert("RGB")
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "La", "RGBa"):
        return _over_background(image)
    try:
        return image.convert("RGB")
    except ValueError as error:
        raise Unsuitable(
            f"pixels of the mode {image.mode}, which do not convert to RGB. Save them as RGB."
        ) from error


def _over_background(image: Image.Image) -> Image.Image:
    if image.mode in ("La", "RGBa"):  # premultiplied
        image = image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    seen = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, (*BACKGROUND, 255)), seen).convert(
        "RGB"
    )


def _eight_bits(image: Image.Image) -> np.ndarray:
    """Grey of 12, 16 or 32 bits or of floats, uint8 ``(H, W)``. Raises Unsuitable."""
    values = np.array(image).astype(np.float64)
    tags = getattr(image, "tag_v2", {})
    bits = int(np.ravel(tags.get(_BITS_PER_SAMPLE, 16))[0])
    whole = image.mode.startswith("I")
    top = float(2 ** (bits if bits < 16 else 16) - 1) if whole else 1.0
    wanted = f"0 to {top:.0f}" if whole else "0 to 1"
    finite = bool(np.isfinite(values).all())
    low, high = (values.min(), values.max()) if finite else (np.nan, np.nan)
    if not finite or low < 0 or high > top or 0 < high < _DARKEST * top:
        found = f"{low:g} to {high:g}" if finite else "NaN or infinity to others"
        raise Unsuitable(
            f"grey values ({image.mode}) from {found}, where {wanted} could be scaled"
            f"{', with some above 1/16 of that' if finite and 0 <= low <= high <= top else ''}. "
            "Scale them and save 8 or 16 bits: any guess here would be too bright or too dark."
        )
    if whole and tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        values = top - values  # Pillow inverts only what has 8 bits or fewer
    return np.rint(values * (255 / top)).astype(np.uint8)
