"""What is read from a crop's file and computed from its pixels, without a net."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image
from scipy.ndimage import laplace

from vidsynth.target.crops import Crop
from vidsynth.target.jpeg_tables import nearest_quality
from vidsynth.target.quantities import LUMA_QUANTILES

SHARED_SIZE = (128, 256)
"""Width and height at which detail is compared."""

_LEVELS = 4
"""Levels of luma per level of 255, for its quantiles."""
_ORDER = 6
"""Of shades of grey (Finlayson and Trezzi, Shades of gray and colour constancy, 2004)."""
_POWERS = (np.arange(256) / 255.0) ** _ORDER
_FINE, _COARSE = (0.18, 0.25), (0.06, 0.12)
"""Bands in cycles per pixel."""
_PATCH = 16
_FLATTEST = 0.2
"""Share of patches that noise is looked for in."""
_REGIONS = {"upper": (0.18, 0.45), "lower": (0.50, 0.85)}
"""Rows of what is worn, as shares of the crop's height."""
_MIDDLE = (0.3, 0.7)
"""Columns of the person."""


def measure_pixels(crop: Crop) -> dict[str, float]:
    """Every quantity of `QUANTITIES` that is read or computed of a single crop, by name.

    A quantity that the crop says nothing about (the quality of a PNG file) is NaN.
    """
    luma = luma_of(crop.pixels)
    small = np.asarray(
        Image.fromarray(luma).resize(SHARED_SIZE, Image.Resampling.BILINEAR), np.float32
    )
    width, height = crop.size
    red, blue = cast(grey_powers(crop.pixels))
    half = max(1, luma.shape[1] // 2)
    return {
        "log_file_height": float(np.log(height)),
        "aspect": width / height,
        **_of_table(crop.tables),
        **_light(luma),
        "luma_left_right": float(luma[:, :half].mean() - luma[:, -half:].mean()) / 255,
        "cast_red": red,
        "cast_blue": blue,
        "colourfulness": float(_chroma(crop.pixels).mean()) / 255,
        "sharpness": float(np.log(max(laplace(small).var(), 1e-3))),
        "fine_detail": _fine_detail(small),
        "blockiness": _blockiness(luma),
        "haar_noise": _haar_noise(luma),
    }


def luma_of(pixels: np.ndarray) -> np.ndarray:
    """Rec. 601's luma, float32 ``(H, W)`` of 255, of pixels ``(H, W, 3)`` uint8."""
    return pixels.astype(np.float32) @ np.array((0.299, 0.587, 0.114), np.float32)


def grey_powers(pixels: np.ndarray) -> np.ndarray:
    """Means of the sixth power of red, green and blue, float64 ``(3,)``: they average over crops
    before `cast` is taken of them."""
    count = pixels.shape[0] * pixels.shape[1]
    histograms = [np.bincount(pixels[..., k].ravel(), minlength=256) for k in range(3)]
    return np.array(histograms) @ _POWERS / count


def cast(powers: np.ndarray) -> tuple[float, float]:
    """Natural logarithms of red over green and blue over green by shades of grey; NaN in the
    dark."""
    if min(powers) <= 0:
        return float("nan"), float("nan")
    red, green, blue = np.log(powers) / _ORDER
    return float(red - green), float(blue - green)


def clothes_colours(pixels: np.ndarray) -> np.ndarray:
    """Median colours of what is worn above and below, sRGB 0 to 1, float64 ``(2, 3)``."""
    height, width = pixels.shape[:2]
    left, right = (round(share * width) for share in _MIDDLE)
    found = []
    for low, high in _REGIONS.values():
        rows = slice(round(low * height), max(round(low * height) + 1, round(high * height)))
        found.append(np.median(pixels[rows, left : max(left + 1, right)], axis=(0, 1)))
    return np.array(found) / 255


def is_grey(pixels: np.ndarray) -> bool:
    """Whether red, green and blue are the same everywhere, up to rounding."""
    return int(_chroma(pixels).max()) <= 2


def _chroma(pixels: np.ndarray) -> np.ndarray:
    """The largest channel minus the least, uint8 ``(H, W)``."""
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    low = np.minimum(np.minimum(red, green), blue)
    return np.maximum(np.maximum(red, green), blue) - low


def _of_table(table: np.ndarray | None) -> dict[str, float]:
    quality, foreign = (float("nan"),) * 2 if table is None else nearest_quality(table)
    return {"file_jpeg_quality": quality, "foreign_table": foreign}


def _light(luma: np.ndarray) -> dict[str, float]:
    levels = np.bincount((luma * _LEVELS + 0.5).astype(np.int64).ravel(), minlength=1)
    share = np.cumsum(levels) / luma.size
    scale = 255 * _LEVELS
    quantiles = np.searchsorted(share, np.array(LUMA_QUANTILES) / 100 - 1e-9) / scale
    found = {f"luma_q{q:02d}": float(v) for q, v in zip(LUMA_QUANTILES, quantiles, strict=True)}
    bright = round(0.98 * scale)
    return found | {
        "clipped_dark": float(levels[: round(0.02 * scale)].sum()) / luma.size,
        "clipped_bright": float(levels[bright + 1 :].sum()) / luma.size,
    }


@cache
def _bands() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A window, and masks of the fine and the coarse band, for a picture of `SHARED_SIZE`."""
    width, height = SHARED_SIZE
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None])
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    fine, coarse = ((low <= radius) & (radius < high) for low, high in (_FINE, _COARSE))
    return window, fine, coarse


def _fine_detail(small: np.ndarray) -> float:
    window, fine, coarse = _bands()
    power = np.abs(np.fft.rfft2((small - small.mean()) * window)) ** 2
    below = power[coarse].mean()
    return float(np.log(max(power[fine].mean() / below, 1e-6))) if below > 0 else float("nan")


def _blockiness(luma: np.ndarray) -> float:
    """Steps across an 8 x 8 grid over those elsewhere, minus 1, at the grid's likeliest place."""
    found = []
    for axis in (0, 1):
        steps = np.abs(np.diff(luma, axis=axis)).mean(axis=1 - axis)
        if len(steps) < 16:
            return float("nan")
        count = np.bincount(np.arange(len(steps)) % 8)
        across = np.bincount(np.arange(len(steps)) % 8, steps)
        elsewhere = (across.sum() - across) / (count.sum() - count)
        found.append(((across / count + 1e-3) / (elsewhere + 1e-3)).max() - 1)
    return float(np.mean(found))


def _haar_noise(luma: np.ndarray) -> float:
    """Standard deviation of noise out of the finest diagonal band, where the coarse one is flat."""
    rows, columns = (size // _PATCH * _PATCH for size in luma.shape)
    if not rows or not columns:
        return float("nan")
    a, b = luma[:rows:2, :columns:2], luma[:rows:2, 1:columns:2]
    c, d = luma[1:rows:2, :columns:2], luma[1:rows:2, 1:columns:2]
    own = _PATCH // 2
    shape = (rows // _PATCH, own, columns // _PATCH, own)
    diagonal = np.abs(a - b - c + d).reshape(shape).swapaxes(1, 2) / 2
    coarse = (a + b + c + d).reshape(shape).swapaxes(1, 2)
    spread = coarse.std(axis=(2, 3)).ravel()
    chosen = np.argsort(spread)[: max(1, round(_FLATTEST * len(spread)))]
    return float(np.median(diagonal.reshape(len(spread), -1)[chosen]) / 0.6745)
