"""What a camera does to scene light, in the order a camera does it: lens, sensor, display curve."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, laplace

from vidsynth.cameras.camera import Camera, Photometry
from vidsynth.cameras.distances import metres_per_depth
from vidsynth.colour import add_contrast, luminance, to_display
from vidsynth.develop.falling import fall
from vidsynth.develop.optics import blur_motion, defocus, temperature_gains
from vidsynth.develop.picture import Box, RenderedPerson, RenderedPicture
from vidsynth.places.sky.air import Air
from vidsynth.seeds import Purpose, stream

CLEAR = Air()
WHOLE_FRAME = 10_000
"""Stands for a walker's number where random numbers are those of a whole frame."""
_KNEE = 0.8


def develop(
    picture: RenderedPicture,
    rng: np.random.Generator,
    air: Air = CLEAR,
    seed: int = 0,
    time: float = 0.0,
) -> np.ndarray:
    """The crop or whole frame (H, W, 3) uint8 sRGB as its camera records it.

    ``picture.light`` is expected exposed for the scene: a mid-grey surface near 0.18. ``air`` is
    between camera and scene, ``time`` seconds into the shot with that ``seed``. Noise alone draws
    from ``rng``.
    """
    camera, look = picture.camera, picture.camera.photometry
    light = _expose(incoming(picture, air, seed, time), look)
    light = light * _lens_falloff(camera, picture.box)[..., None]
    for person in picture.people:
        _smear(light, picture, person, look.shutter)
    return _record(defocus(light, look.defocus), look, rng)


def incoming(
    picture: RenderedPicture, air: Air = CLEAR, seed: int = 0, time: float = 0.0
) -> np.ndarray:
    """Light (H, W, 3) float32 that reaches the camera, the same whatever its look: the scene's, and
    what the ``air`` adds to it and keeps from it."""
    light = np.maximum(picture.light.astype(np.float32), 0.0)
    if air.fog or air.rain or air.snow:
        r, g, b = (picture.exposure.air * value for value in air.glow)
        air = replace(air, glow=(r, g, b))
    if air.fog:
        away = picture.depth * metres_per_depth(picture.camera, picture.box)
        light = _veil(light, away, air)
    if air.rain or air.snow:
        light = fall(light, picture.depth, picture.box, picture.camera, air, seed, time)
    return np.maximum(light - np.array(picture.exposure.black, np.float32), 0.0)


def develop_still(light: np.ndarray, look: Photometry, rng: np.random.Generator) -> np.ndarray:
    """What `develop` makes of `incoming` light under another look, in the frame's middle: without
    the lens's falloff and motion while the shutter is open."""
    return _record(defocus(_expose(light, look), look.defocus), look, rng)


def noise_stream(seed: int, camera_id: int, walker: int, frame: int) -> np.random.Generator:
    """A picture's own random numbers: the same in whatever order pictures are developed.

    ``walker`` is whom a crop is of, WHOLE_FRAME of a whole frame.
    """
    return stream(seed, Purpose.DEVELOP, camera_id, walker, frame)


def encode_jpeg(pixels: np.ndarray, quality: int, subsampling: int = 2) -> bytes:
    """JPEG of pixels (H, W, 3) uint8; ``subsampling`` 2 is 4:2:0, 0 keeps the whole colour."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return buffer.getvalue()


def sharpness(pixels: np.ndarray) -> float:
    """Variance of the Laplacian of the grey image, of pixels (H, W, 3) uint8: low is blurred."""
    return float(laplace(luminance(pixels)).var())


def _expose(light: np.ndarray, look: Photometry) -> np.ndarray:
    """Light after exposure, white balance and saturation."""
    gains = np.asarray(look.white_balance) * temperature_gains(look.temperature)
    light = light * (2.0**look.exposure_ev * gains).astype(np.float32)
    grey = luminance(light)[..., None]
    return np.maximum(grey + look.saturation * (light - grey), 0.0)


def _record(light: np.ndarray, look: Photometry, rng: np.random.Generator) -> np.ndarray:
    """Pixels (H, W, 3) uint8 of light behind the lens: display curve, blur, sensor and noise."""
    shown = to_display(_shoulder(light)) ** look.gamma
    shown = add_contrast(shown, look.contrast)
    if look.blur:
        shown = gaussian_filter(shown, (look.blur, look.blur, 0), mode="nearest")
    height, width = shown.shape[:2]
    if look.resolution < 1:
        low, narrow = (max(4, round(look.resolution * side)) for side in (height, width))
        shown = _resize(shown, low, narrow, Image.Resampling.BOX)
    # The variance of shot noise grows with the light, that of read noise is there in the dark.
    variance = look.read_noise + (1 - look.read_noise) * 2 * shown
    sigma = look.noise / 255 * np.sqrt(variance).astype(np.float32)
    shown = shown + sigma * rng.standard_normal(shown.shape, dtype=np.float32)
    if look.resolution < 1:
        shown = _resize(shown, height, width, Image.Resampling.BICUBIC)
    return np.rint(np.clip(shown, 0.0, 1.0) * 255).astype(np.uint8)


def _smear(
    light: np.ndarray, picture: RenderedPicture, person: RenderedPerson, shutter: float
) -> None:
    """Blurs, in place, what a person moves over while the shutter is open."""
    moved = (shutter * person.velocity[0], shutter * person.velocity[1])
    reach = int(np.ceil(max(map(abs, moved)))) + 2
    x0, y0, x1, y1 = person.box
    left, top = x0 - picture.box[0], y0 - picture.box[1]
    part = (
        slice(max(0, top - reach), top + y1 - y0 + reach),
        slice(max(0, left - reach), left + x1 - x0 + reach),
    )
    light[part] = blur_motion(light[part], picture.index[part] == person.walker + 1, moved)


def _shoulder(light: np.ndarray) -> np.ndarray:
    """Rolls highlights off below 1 instead of clipping them."""
    rest = 1.0 - _KNEE
    over = np.maximum(light - _KNEE, 0.0)
    return np.where(light < _KNEE, light, _KNEE + rest * (1.0 - np.exp(-over / rest)))


def _resize(image: np.ndarray, height: int, width: int, kernel: Image.Resampling) -> np.ndarray:
    channels = [Image.fromarray(image[..., k]).resize((width, height), kernel) for k in range(3)]
    return np.stack([np.asarray(channel) for channel in channels], -1)


def _veil(light: np.ndarray, away: np.ndarray, air: Air) -> np.ndarray:
    """Koschmieder: light fades into the fog's own with exp(-fog * distance), ``away`` (H, W) m."""
    through = np.exp(-air.fog * np.clip(away, 0.0, 1e4)).astype(np.float32)[..., None]
    return light * through + np.asarray(air.glow, dtype=np.float32) * (1.0 - through)


def _lens_falloff(camera: Camera, box: Box) -> np.ndarray:
    """Share of light (H, W) the lens passes at the crop's place in the frame; 1 on the axis."""
    x = np.arange(box[0], box[2]) + 0.5 - camera.principal[0]
    y = np.arange(box[1], box[3]) + 0.5 - camera.principal[1]
    corner = (camera.width**2 + camera.height**2) / 4
    falloff = 1.0 - camera.photometry.vignetting * (x[None] ** 2 + y[:, None] ** 2) / corner
    return np.maximum(falloff, 0.0).astype(np.float32)
