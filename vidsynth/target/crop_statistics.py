"""Statistics of a crop's pixels that tell its photometry: spectra, DCT bands, noise, periods.

Unlike the quantities of a statistics file they mean little one by one; a regression reads them
together. All are of crops of 128 x 256 pixels.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.fft import dct, rfft, rfft2
from scipy.ndimage import uniform_filter

_QUANTILES = (1, 5, 10, 25, 50, 75, 90, 95, 99)
_BANDS = 16
_PATCH = 8
_LEAST = 1e-3
_DCT = dct(np.eye(8), axis=0, norm="ortho").astype(np.float32)
_TO_YCC = np.array(
    [[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]], np.float32
)


def describe_pixels(pixels: np.ndarray) -> np.ndarray:
    """Statistics float32 (E,) of a crop uint8 (256, 128, 3)."""
    ycc = np.ascontiguousarray((pixels.astype(np.float32) @ _TO_YCC.T).transpose(2, 0, 1))
    luma = ycc[0]
    parts = [
        _tones(pixels, luma),
        _spectrum(luma),
        _blocks(luma),
        *(_local_noise(channel) for channel in ycc),
        _noise_by_tone(luma),
        _periods(luma),
    ]
    return np.concatenate(parts).astype(np.float32)


def _tones(pixels: np.ndarray, luma: np.ndarray) -> np.ndarray:
    """Quantiles of luma and their logarithms, of channels against green, and of saturation."""
    rgb = pixels[::2, 1::2].reshape(-1, 3).astype(np.float32)
    quantiles = np.percentile(luma[::2, 1::2], _QUANTILES)
    channels = np.percentile(rgb, (5, 25, 50, 75, 95), axis=0)
    against = np.log(channels[:, [0, 2]] + 4) - np.log(channels[:, [1]] + 4)
    cube = (rgb / 255) * (rgb / 255) * (rgb / 255)
    sixth = np.log((cube * cube).mean(0) ** (1 / 6) + 0.01)
    spread = rgb.max(1) - rgb.min(1)
    relative = np.percentile(spread / (rgb.max(1) + 8), (10, 25, 50, 75, 90))
    # Rows tell the person's middle from the ground under them and what is above.
    rows = luma.reshape(8, 32, 4, 32).mean((1, 3)).ravel()
    clipped = [(luma < 5).mean(), (luma > 250).mean(), luma.std()]
    return np.concatenate(
        [quantiles, np.log(quantiles + 4), against.ravel(), sixth, sixth[[0, 2]] - sixth[1],
         relative, rows, clipped]
    )  # fmt: skip


def _spectrum(luma: np.ndarray) -> np.ndarray:
    """Log power by frequency, across, down and all around: sharpness, resolution, resizing."""
    window, bands = _bands(luma.shape)
    power = np.abs(rfft2((luma - luma.mean()) * window)).ravel() ** 2
    found = []
    for band, count in bands:
        total = np.bincount(band, power, _BANDS + 1)[:_BANDS] / count
        found.append(np.log(total + _LEAST))
    # The overall level is contrast; differences from it are sharpness.
    return np.concatenate([*found, *(part - part[:3].mean() for part in found)])


@cache
def _bands(shape: tuple[int, int]) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """A window, and for power all around, down and across: each frequency's band and how many
    frequencies a band has; a band more is for those left out."""
    window = (np.hanning(shape[0])[:, None] * np.hanning(shape[1])).astype(np.float32)
    down = np.abs(np.fft.fftfreq(shape[0]))[:, None]
    across = np.fft.rfftfreq(shape[1])[None]
    down, across = np.broadcast_arrays(down, across)
    narrow, found = 0.06, []
    for distance, kept in (
        (np.hypot(down, across), np.ones(down.shape, bool)),
        (down, across < narrow),
        (across, down < narrow),
    ):
        band = np.minimum((distance * 2 * _BANDS).astype(int), _BANDS - 1)
        band = np.where(kept, band, _BANDS).ravel()
        found.append((band, np.maximum(np.bincount(band, minlength=_BANDS + 1)[:_BANDS], 1)))
    return window, found


def _blocks(luma: np.ndarray) -> np.ndarray:
    """Log mean magnitude of each DCT coefficient over 8 x 8 blocks, and how many are nearly 0."""
    blocks = luma.reshape(luma.shape[0] // 8, 8, luma.shape[1] // 8, 8).swapaxes(1, 2)
    magnitude = np.abs(_DCT @ blocks @ _DCT.T).reshape(-1, 64)[:, 1:]
    return np.concatenate([np.log(magnitude.mean(0) + 0.05), (magnitude < 1.0).mean(0)])


def _local_noise(channel: np.ndarray) -> np.ndarray:
    """Quantiles of noise over patches, fine and coarser: the least are where nothing else is."""
    found = []
    for scale in (1, 2, 4):
        height, width = channel.shape[0] // scale, channel.shape[1] // scale
        small = channel.reshape(height, scale, width, scale).mean((1, 3))
        diagonal = (small[:-1, :-1] + small[1:, 1:] - small[:-1, 1:] - small[1:, :-1]) / 2
        side = _PATCH if scale < 4 else 4
        rows, columns = diagonal.shape[0] // side, diagonal.shape[1] // side
        patches = diagonal[: rows * side, : columns * side].reshape(rows, side, columns, side)
        level = np.sqrt((patches**2).mean((1, 3)))
        found.append(np.log(np.percentile(level, (5, 15, 30, 50, 75, 95)) + 0.05))
    return np.concatenate(found)


def _noise_by_tone(luma: np.ndarray) -> np.ndarray:
    """Log of the lowest quarter of local deviations among dark, middle and bright pixels."""
    mean = uniform_filter(luma, 5)
    deviation = np.sqrt(np.maximum(uniform_filter(luma**2, 5) - mean**2, 0))[2::4, 2::4]
    tone, found = mean[2::4, 2::4], []
    for low, high in ((8, 50), (50, 100), (100, 160), (160, 245)):
        there = deviation[(tone >= low) & (tone < high)]
        enough = len(there) >= 20
        found += [np.log(np.percentile(there, 20) + 0.1) if enough else 0.0, float(enough)]
    return np.array(found)


def _periods(luma: np.ndarray) -> np.ndarray:
    """Spectra of edges summed along rows and columns: blocks of an earlier coding, enlarged or
    reduced with the crop, come once in so many pixels."""
    found = []
    for axis, count in ((0, 56), (1, 28)):
        curvature = np.abs(np.diff(luma, 2, axis=axis))
        profile = np.minimum(curvature, 30).mean(1 - axis)
        profile = profile / (profile.mean() + 0.1)
        spectrum = np.abs(rfft((profile - profile.mean()) * np.hanning(len(profile))))[1:]
        levels = spectrum[: count * 2].reshape(count, 2).max(1)
        found += [np.log(levels + 0.02), [np.argmax(levels[3:]) / count, levels[3:].max()]]
    return np.concatenate(found)
