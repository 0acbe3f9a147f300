"""What is in the air and on the ground of a shot: fog, rain, snow; wet or white surfaces."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vidsynth.places.sky.light import Daylight, Rgb, daylight
from vidsynth.seeds import Purpose, stream

# Extinction per metre. Visibility, as weather services report it, is 3 over it: a twentieth of the
# contrast is left there (meteorological optical range, WMO). It is a quarter of a mile or less in a
# blizzard (National Weather Service): 0.0075 or more.
_EXTINCTION = {
    "foggy": (0.012, 0.040), "blizzard": (0.0075, 0.015), "rain": (0.002, 0.008),
    "snowlight": (0.002, 0.008), "overcast": (0.0, 0.002),
}  # fmt: skip
_RAIN = (4.0, 30.0)
"""Millimetres an hour."""
_FLAKES = {"blizzard": (30.0, 65.0), "snowlight": (8.0, 20.0)}
"""Snow flakes per cubic metre."""
_WIND = {"blizzard": (3.0, 8.0), "rain": (0.0, 4.0), "snowlight": (0.0, 1.2)}
"""Metres a second, sideways."""
_LAMPS = 0.35
"""Light that falls on people when all lamps of a site are on, as radiance of white ground (grey
cards under them read 0.2 to 0.5): at dawn and dusk more than the sky's."""
_UNDER_LAMPS = (0.175, 0.155, 0.135)
"""Glow of air that lamps alone light: they shine on the ground from above, and air scatters little
of that sideways to the camera."""


@dataclass(frozen=True)
class Air:
    """What is in the air and on the ground.

    fog: extinction per metre, into the linear light ``glow``, of a scene exposed so that a grey
        card reflects 0.18.
    rain: mm/h.
    snow: flakes per cubic metre.
    wind: (x, y) m/s.
    wetness, whiteness: of the ground, 0 to 1.
    """

    fog: float = 0.0
    glow: Rgb = (0.45, 0.47, 0.50)
    rain: float = 0.0
    snow: float = 0.0
    wind: tuple[float, float] = (0.0, 0.0)
    wetness: float = 0.0
    whiteness: float = 0.0


def draw_air(seed: int, hour: str, weather: str, indoor: bool) -> Air:
    """The air under a sky with that seed; clear indoors."""
    if indoor:
        return Air()
    rng = stream(seed, Purpose.FOG)
    light = daylight(hour, weather, indoor)
    fog = rng.uniform(*_EXTINCTION.get(weather, (0.0, 0.0)))
    rain = rng.uniform(*_RAIN) if weather == "rain" else 0.0
    snow = rng.uniform(*_FLAKES[weather]) if weather in _FLAKES else 0.0
    speed = rng.uniform(*_WIND.get(weather, (0.0, 0.0)))
    angle = rng.uniform(-0.6, 0.6) + (0.0 if rng.random() < 0.5 else math.pi)
    wind = (float(speed * math.cos(angle)), float(speed * math.sin(angle)))
    return Air(
        fog=round(float(fog), 4),
        glow=glow(light),
        rain=round(float(rain), 2),
        snow=round(float(snow), 1),
        wind=(round(wind[0], 3), round(wind[1], 3)),
        wetness={"rain": 1.0, "foggy": 0.2}.get(weather, 0.0),
        whiteness={"blizzard": 0.85, "snowlight": 0.95}.get(weather, 0.0),
    )


def glow(light: Daylight) -> Rgb:
    """Light that fog scatters towards the camera, where a grey card reflects 0.18.

    Sky and lamps count by how much of each falls on the ground; by night lamps are all there is.
    """
    sky = [(a + b) / 2 for a, b in zip(light.horizon, light.zenith, strict=True)]
    sun = light.sun * math.sin(math.radians(light.elevation)) / math.pi
    reflected = sum(sky) / 3 + sun
    lamps = _LAMPS * light.lamps
    share = 1.0 if max(sky) < 0.05 else lamps / (reflected + lamps)
    by_day = (0.55 * light.exposure * c / reflected for c in light.horizon)
    by_lamps = (light.exposure * c for c in _UNDER_LAMPS)
    red, green, blue = (
        (1.0 - share) * a + share * b for a, b in zip(by_day, by_lamps, strict=True)
    )
    return red, green, blue
