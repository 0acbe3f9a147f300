"""Draws what a camera does to light."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.camera import Photometry
from vidsynth.config import CameraConfig

STORED_QUALITY = 95
"""JPEG quality of frames decoded from a video stream, which has done its damage already."""


def draw_photometry(
    rng: np.random.Generator, lens: np.random.Generator, config: CameraConfig
) -> Photometry:
    """A look drawn uniformly from the config's ranges; gains keep green at 1.

    ``rng`` draws tone and colour, ``lens`` what came later: blur, sampling and codec.
    """
    red, blue = np.exp(rng.normal(0.0, config.colour_bias, 2))
    video = config.codec == "h264"
    tone = {
        name: draw_from(rng, getattr(config, name))
        for name in (
            "exposure_ev", "gamma", "contrast", "saturation", "vignetting", "noise", "blur",
        )
    }  # fmt: skip
    quality = round(draw_from(rng, config.jpeg_quality))
    crf = round(draw_from(lens, config.crf))
    return Photometry(
        white_balance=(round(float(red), 4), 1.0, round(float(blue), 4)),
        jpeg_quality=STORED_QUALITY if video else quality,
        codec=config.codec,
        crf=crf if video else 0,
        temperature=round(draw_from(lens, config.temperature)),
        read_noise=draw_from(lens, config.read_noise),
        shutter=draw_from(lens, config.shutter),
        defocus=draw_from(lens, config.defocus),
        resolution=draw_from(lens, config.resolution),
        **tone,
    )


def draw_from(rng: np.random.Generator, span: tuple[float, float]) -> float:
    """Uniform over a range, to four decimals."""
    return round(float(rng.uniform(*span)), 4)
