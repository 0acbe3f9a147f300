"""What is known of a target's crops: each quantity with its unit, range, bins and ground truth.

A quantity is *read* from files, *computed* from pixels, boxes and lists, or *regressed* by a net
that was trained on rendered labels. Ranges are fixed and published: bins that followed the data
would tell its extremes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

How = Literal["read", "computed", "regressed"]
Per = Literal["image", "camera", "tracklet"]
"""What has one value: each crop; a camera, with scatter about it; or a tracklet."""

BINS = 16


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that has a number for each crop or tracklet.

    ``low`` and ``high`` bound `BINS` equal bins; values beyond belong to the bins at the ends, and
    those of a ``circular`` quantity wrap around. ``label`` names the columns of the tables of
    `vidsynth/labels` that hold or make its truth, in the order that ``meaning`` tells; none where
    there is no truth. ``drives`` are the settings of `render-images` that it is rendered back by.
    """

    name: str
    unit: str
    how: How
    low: float
    high: float
    meaning: str
    per: Per = "image"
    circular: bool = False
    label: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()

    @property
    def edges(self) -> np.ndarray:
        """Edges of the bins, float64 ``(BINS + 1,)``."""
        return np.linspace(self.low, self.high, BINS + 1)

    @property
    def centres(self) -> np.ndarray:
        """Middles of the bins, float64 ``(BINS,)``."""
        edges = self.edges
        return (edges[1:] + edges[:-1]) / 2

    def bins(self, values: np.ndarray) -> np.ndarray:
        """The bin, 0 to BINS - 1, of each finite value; any shape."""
        span = self.high - self.low
        place = (np.asarray(values, float) - self.low) / span
        if self.circular:
            place = place % 1.0
        return np.clip((place * BINS).astype(np.int64), 0, BINS - 1)


def _regressed() -> tuple[Quantity, ...]:
    def of(name: str, unit: str, low: float, high: float, meaning: str, **more: object) -> Quantity:
        return Quantity(name, unit, "regressed", low, high, meaning, **more)  # type: ignore[arg-type]

    return (
        of("depression", "degrees", -10, 70, "below the horizon at which the camera looks",
           per="camera", label=("depression",), drives=("view.depression",)),
        of("azimuth", "degrees", 0, 360, "from where the person is seen: 0 the face, 90 their left",
           circular=True, label=("azimuth",), drives=("view.azimuth",)),
        of("log_height", "ln px", 3.2, 6.4, "ln of the person's height as the camera resolved it",
           label=("person_height",), drives=("view.height",)),
        of("gamma", "", 0.3, 2.3, "exponent on the display value",
           per="camera", label=("gamma",), drives=("look.gamma",)),
        of("exposure", "stops", -2, 2, "on top of the automatic exposure",
           label=("exposure_ev",), drives=("look.exposure_ev",)),
        of("contrast", "", 0.4, 2, "slope about middle grey",
           per="camera", label=("contrast",), drives=("look.contrast",)),
        of("saturation", "", 0.2, 1.8, "0 grey, 1 unchanged",
           per="camera", label=("saturation",), drives=("look.saturation",)),
        of("red_gain", "ln", -0.8, 0.8, "ln of the gain of red, first of colour_bias, over green",
           per="camera", label=("colour_bias",), drives=("look.red_bias",)),
        of("blue_gain", "ln", -0.8, 0.8, "ln of the gain of blue, last of colour_bias, over green",
           per="camera", label=("colour_bias",), drives=("look.blue_bias",)),
        of("blur", "px", 0, 3.2, "sigma of the lens's Gaussian",
           per="camera", label=("blur",), drives=("look.blur",)),
        of("noise", "of 255", 0, 16, "standard deviation at mid-grey",
           per="camera", label=("noise",), drives=("look.noise",)),
        of("jpeg_quality", "", 20, 100, "of the camera's coding, whatever came after it",
           per="camera", label=("jpeg_quality",), drives=("look.jpeg_quality",)),
        of("light_azimuth", "degrees", -180, 180, "of the direct light, right of the camera's view",
           circular=True, label=("light_azimuth",), drives=("light.azimuth",)),
        of("light_elevation", "degrees", 0, 90, "of the direct light above the ground",
           label=("light_elevation",), drives=("light.elevation",)),
        of("light_intensity", "factor", 0, 2.4, "on the direct light's usual strength",
           label=("light_intensity",), drives=("light.intensity",)),
        of("truncation", "share", 0, 0.8, "of the person's box outside the frame",
           label=("truncation",), drives=("boxes.max_truncation",)),
        of("occlusion", "share", 0, 1, "of the person's points unseen: 1 - visibility",
           label=("visibility",), drives=("occluders.probability", "occluders.cover")),
        of("occluder", "probability", 0, 1, "that something stands before the person",
           label=("occluder",), drives=("occluders.probability",)),
        of("companion", "probability", 0, 1, "that somebody else is in the picture",
           label=("companion_id",), drives=("companion.probability",)),
        of("indoor", "probability", 0, 1, "that the place has a roof",
           label=("indoor",), drives=("sites",)),
    )  # fmt: skip


def _read() -> tuple[Quantity, ...]:
    def of(name: str, unit: str, low: float, high: float, meaning: str) -> Quantity:
        return Quantity(name, unit, "read", low, high, meaning)

    return (
        of("log_file_height", "ln px", 3.2, 6.4, "ln of the height of the file's picture"),
        of("aspect", "", 0.1, 0.9, "width per height of the file's picture"),
        of("file_jpeg_quality", "", 20, 100, "of the file, by its table of quantisation"),
        of("foreign_table", "share", 0, 0.32, "by which the table differs from the IJG's nearest"),
    )


LUMA_QUANTILES = (1, 5, 25, 50, 75, 95, 99)
"""Percent."""


def _computed() -> tuple[Quantity, ...]:
    def of(name: str, unit: str, low: float, high: float, meaning: str, **more: object) -> Quantity:
        return Quantity(name, unit, "computed", low, high, meaning, **more)  # type: ignore[arg-type]

    luma = (
        of(f"luma_q{q:02d}", "0-1", 0, 1, f"{q} % of pixels are darker than this luma")
        for q in LUMA_QUANTILES
    )
    return (
        *luma,
        of("clipped_dark", "share", 0, 0.32, "of pixels with luma under 0.02"),
        of("clipped_bright", "share", 0, 0.32, "of pixels with luma over 0.98"),
        of("luma_left_right", "0-1", -0.32, 0.32, "mean luma of the left half minus the right"),
        of("cast_red", "ln", -0.48, 0.48, "red against green, shades of grey of order 6",
           per="camera"),
        of("cast_blue", "ln", -0.48, 0.48, "blue against green, shades of grey of order 6",
           per="camera"),
        of("colourfulness", "0-1", 0, 0.64, "mean of a pixel's largest channel minus its least"),
        of("sharpness", "ln", 0, 8, "ln of the variance of luma's Laplacian at 128 x 256"),
        of("fine_detail", "ln", -8, 0, "ln of power at 0.18 to 0.25 cycles/px over 0.06 to 0.12"),
        of("blockiness", "share", -0.2, 1.4, "steps across the 8 x 8 grid against others, minus 1"),
        of("haar_noise", "of 255", 0, 8, "noise in flat parts, of files never resized"),
    )  # fmt: skip


def _of_video() -> tuple[Quantity, ...]:
    def of(name: str, unit: str, low: float, high: float, meaning: str, **more: object) -> Quantity:
        return Quantity(
            name, unit, "computed", low, high, meaning, "tracklet", **more  # type: ignore[arg-type]
        )  # fmt: skip

    return (
        of("log_frames", "ln", 0, 8, "ln of the tracklet's number of frames", drives=("frames",)),
        of("fps", "1/s", 0, 64, "frames per second", drives=("fps",)),
        of("gait_found", "share", 0, 1, "1 for a tracklet whose steps can be counted"),
        of("gait_frequency", "1/s", 1.2, 3.2, "steps per second", label=("phase",),
           drives=("motion.run_share",)),
        of("speed", "m/s", 0, 4, "over the ground, by steps a second; 0 for who stands",
           label=("speed",), drives=("motion.speed",)),
        of("phase_coverage", "share", 0, 1, "of the stride's eighths that frames show",
           label=("phase",), drives=("frames",)),
        of("standing", "share", 0, 1, "1 for a tracklet whose legs do not move",
           label=("motion",), drives=("motion.stand_share",)),
        of("approach_rate", "1/s", -0.8, 0.8, "change of ln of the person's height",
           label=("distance",)),
        of("across_rate", "1/s", -2, 2, "heights of the person to the right of the picture"),
        of("down_rate", "1/s", -1, 1, "heights of the person downward in the picture"),
        of("heading", "degrees", 0, 360, "azimuth over the tracklet, circular median",
           circular=True, label=("azimuth",), drives=("motion.azimuth",)),
        of("truncated_run", "ln", 0, 8, "ln of mean consecutive frames cut by the frame's border",
           label=("truncation",)),
        of("occluded_run", "ln", 0, 8, "ln of mean consecutive frames with something in front",
           label=("visibility",)),
        of("truncated_share", "share", 0, 1, "of frames cut by the frame's border",
           label=("truncation",), drives=("boxes.max_truncation",)),
        of("occluded_share", "share", 0, 1, "of frames with something in front",
           label=("visibility",), drives=("crowd.occlusion",)),
        of("box_jitter", "share", 0, 0.4, "by which each side of a box moves out at most",
           drives=("boxes.jitter",)),
        of("codec_period", "frames", 0, 64, "of blockiness over time, 0 for none: H.264's groups",
           drives=("camera.codec",)),
    )  # fmt: skip


QUANTITIES: dict[str, Quantity] = {
    quantity.name: quantity for quantity in (*_read(), *_computed(), *_regressed(), *_of_video())
}
"""By name, in the order of files and pages."""


def named(how: How) -> tuple[str, ...]:
    """Names of the quantities that are known in this way."""
    return tuple(name for name, quantity in QUANTITIES.items() if quantity.how == how)
