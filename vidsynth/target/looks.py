"""Looks of a pool's images: what `render-images` stored, and others developed from its light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.cameras.camera import Photometry
from vidsynth.colour import to_display, to_linear
from vidsynth.config.images import ImageConfig
from vidsynth.drawing.distributions import Distribution

Side = tuple[float, float, float, float]
"""Shares of a crop cut off at its left, top, right and lower side."""

WHOLE: Side = (0.0, 0.0, 0.0, 0.0)
DARKEST, BRIGHTEST = 0.07, 0.9
"""Mean display value of crops in which something can be seen."""
_TRIES = 12
_TRIMMED = 0.06
_CUT = 0.35
"""Share of the looks whose person is cut off at a side."""


@dataclass(frozen=True, slots=True)
class Look:
    """``photometry`` None is the stored file's. ``flipped`` left to right after developing;
    ``trimmed`` are shares of the crop that are cut off its sides before that; ``seed`` is the
    sensor noise's."""

    photometry: Photometry | None
    trimmed: Side = WHOLE
    flipped: bool = False
    seed: int = 0


def draw_looks(
    config: ImageConfig,
    rendered: Photometry,
    brightness: float,
    box: np.ndarray,
    body_box: np.ndarray,
    looks: int,
    rng: np.random.Generator,
) -> list[Look]:
    """``looks`` looks of an image, the first as it is stored.

    The others are drawn as ``config`` says, again where nothing could be seen in them; every second
    is flipped. ``brightness`` is the mean display value, 0 to 1, as ``rendered``. A third has the
    body cut off at a side, the others a little of the crop's margin; ``box`` and ``body_box`` are
    (4,), x0, y0, x1, y1.
    """
    found = [Look(None)]
    for number in range(1, looks):
        photometry = _draw(config, rng)
        for _ in range(_TRIES):
            if DARKEST < _brightness_as(photometry, rendered, brightness) < BRIGHTEST:
                break
            photometry = _draw(config, rng)
        trimmed = _trim(box, body_box, rng)
        found.append(Look(photometry, trimmed, number % 2 == 1, int(rng.integers(2**31))))
    return found


def trim(pixels: np.ndarray, sides: Side) -> np.ndarray:
    """A crop (H, W, ...) without these shares of its sides; 4 pixels are left at least."""
    height, width = pixels.shape[:2]
    left, right = _kept(sides[0], sides[2], width)
    top, bottom = _kept(sides[1], sides[3], height)
    return pixels[top:bottom, left:right]


def truncated(box: np.ndarray, body_box: np.ndarray, sides: Side) -> float:
    """Share of the body's box that is outside of a crop trimmed so."""
    x0, y0, x1, y1 = box
    wide, high = x1 - x0, y1 - y0
    inner = (x0 + sides[0] * wide, y0 + sides[1] * high, x1 - sides[2] * wide, y1 - sides[3] * high)
    across = min(inner[2], body_box[2]) - max(inner[0], body_box[0])
    down = min(inner[3], body_box[3]) - max(inner[1], body_box[1])
    area = (body_box[2] - body_box[0]) * (body_box[3] - body_box[1])
    return float(np.clip(1 - max(across, 0.0) * max(down, 0.0) / max(area, 1e-9), 0, 1))


def _draw(config: ImageConfig, rng: np.random.Generator) -> Photometry:
    look = config.look

    def draw(option: Distribution) -> float:
        return float(option.draw(rng))

    red, blue = np.exp(draw(look.red_bias)), np.exp(draw(look.blue_bias))
    return Photometry(
        exposure_ev=draw(look.exposure_ev),
        white_balance=(float(red), 1.0, float(blue)),
        gamma=draw(look.gamma),
        contrast=draw(look.contrast),
        saturation=draw(look.saturation),
        noise=draw(look.noise),
        blur=draw(look.blur),
        jpeg_quality=round(draw(look.jpeg_quality)),
    )


def _brightness_as(look: Photometry, rendered: Photometry, brightness: float) -> float:
    """About how bright a crop is under a look, of which the brightness is known as rendered."""
    middle = 0.46
    shown = np.clip(middle + (brightness - middle) / rendered.contrast, 0.01, 0.99)
    light = to_linear(np.array(shown ** (1 / rendered.gamma))) * 2.0 ** (
        look.exposure_ev - rendered.exposure_ev
    )
    shown = to_display(np.minimum(light, 1.0)) ** look.gamma
    return float(middle + look.contrast * (shown - middle))


def _trim(box: np.ndarray, body_box: np.ndarray, rng: np.random.Generator) -> Side:
    wide, high = box[2] - box[0], box[3] - box[1]
    # Half of the sides stay where they are, and with them the grid of the JPEG blocks.
    sides = np.where(rng.random(4) < 0.5, rng.uniform(0, _TRIMMED, 4), 0.0)
    cut, side, share = rng.random() < _CUT, rng.random(), rng.random()
    body_wide, body_high = body_box[2] - body_box[0], body_box[3] - body_box[1]
    if cut and side < 0.6:  # the feet, behind the frame's lower edge
        sides[3] = (box[3] - body_box[3] + (0.05 + 0.45 * share) * body_high) / high
    elif cut and side < 0.75:
        sides[1] = (body_box[1] - box[1] + (0.03 + 0.22 * share) * body_high) / high
    elif cut and side < 0.875:
        sides[0] = (body_box[0] - box[0] + (0.1 + 0.4 * share) * body_wide) / wide
    elif cut:
        sides[2] = (box[2] - body_box[2] + (0.1 + 0.4 * share) * body_wide) / wide
    left, top, right, bottom = np.clip(sides, 0.0, 0.7)
    return float(left), float(top), float(right), float(bottom)


def _kept(before: float, after: float, length: int) -> tuple[int, int]:
    first, last = round(before * length), length - round(after * length)
    if last - first < 4:
        first = max(0, min(first, length - 4))
        last = first + 4
    return first, last
