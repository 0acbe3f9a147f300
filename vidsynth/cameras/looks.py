"""Draws what a camera does to light."""

from __future__ import annotations

import numpy as np

from vidsynth.cameras.camera import Photometry
from vidsynth.drawing.draws import Draws

STORED_QUALITY = 95
"""JPEG quality of frames decoded from a video stream, which has done its damage already."""


def draw_photometry(draw: Draws, codec: str) -> Photometry:
    """A look out of the settings ``camera.*``; gains keep green at 1."""
    video = codec == "h264"
    red, blue = (round(float(np.exp(draw(f"camera.{name}_bias"))), 4) for name in ("red", "blue"))
    numbers = {
        name: draw(f"camera.{name}")
        for name in (
            "exposure_ev", "gamma", "contrast", "saturation", "vignetting", "noise", "read_noise",
            "shutter", "blur", "defocus", "resolution",
        )
    }  # fmt: skip
    return Photometry(
        white_balance=(red, 1.0, blue),
        jpeg_quality=STORED_QUALITY if video else round(draw("camera.jpeg_quality")),
        codec=codec,
        crf=round(draw("camera.crf")) if video else 0,
        temperature=round(draw("camera.temperature")),
        **numbers,
    )
