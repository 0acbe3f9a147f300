"""Masks as text: COCO's compressed run lengths, by pycocotools."""

from __future__ import annotations

import numpy as np
from pycocotools import mask as coco


def encode_mask(mask: np.ndarray) -> str:
    """COCO ``counts`` of a mask (H, W) bool: runs down the columns, background first."""
    return str(coco.encode(np.asfortranarray(mask, np.uint8))["counts"].decode("ascii"))


def decode_mask(counts: str, height: int, width: int) -> np.ndarray:
    """The mask (height, width) bool. Raises ValueError where counts do not fill it."""
    refused = f"mask counts do not describe {height} x {width} pixels"
    try:
        mask = coco.decode({"size": [height, width], "counts": counts.encode("ascii")})
    except ValueError:
        raise ValueError(refused) from None
    # Of counts that end early pycocotools leaves the rest of the pixels as memory was.
    if encode_mask(mask) != counts:
        raise ValueError(refused)
    return mask.astype(bool)
