"""The sun and the sky of an hour and a weather."""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class Daylight:
    """Sun, sky and lamps of an hour and a weather.

    elevation: degrees of the sun.
    sun, sun_colour: its strength, W/m2, and linear colour.
    sun_angle: degrees across its disc.
    horizon, zenith: linear radiance, between which the sky runs.
    clouds: share of the sky that they cover.
    lamps: share of the street lamps' power that is on.
    exposure: what is left of the brightness that automatic exposure would reach.
    """

    elevation: float
    sun: float
    sun_colour: Rgb
    sun_angle: float
    horizon: Rgb
    zenith: Rgb
    clouds: float = 0.0
    lamps: float = 0.0
    exposure: float = 1.0


@dataclass(frozen=True)
class Hour:
    """A clear sky at that hour, and how bright, in what colour, clouds would be."""

    clear: Daylight
    cloud: float
    cloud_colour: Rgb


# Elevations are a mid-latitude spring day's. The sun of midnight and night is the moon.
HOURS: dict[str, Hour] = {
    "midnight": Hour(
        Daylight(48, 0.008, (0.72, 0.82, 1.0), 0.6, (0.006, 0.007, 0.011), (0.002, 0.003, 0.006),
                 lamps=0.8, exposure=0.45),
        0.008, (1.0, 0.86, 0.72),
    ),
    "dawn": Hour(
        Daylight(5, 0.9, (1.0, 0.62, 0.42), 1.0, (0.46, 0.34, 0.30), (0.13, 0.17, 0.30),
                 lamps=0.5, exposure=0.9),
        0.20, (0.92, 0.95, 1.08),
    ),
    "forenoon": Hour(
        Daylight(26, 3.3, (1.0, 0.82, 0.62), 1.0, (0.76, 0.74, 0.72), (0.26, 0.40, 0.69)),
        0.52, (0.97, 0.99, 1.03),
    ),
    "noon": Hour(
        Daylight(58, 4.4, (1.0, 0.96, 0.90), 1.0, (0.80, 0.86, 0.96), (0.28, 0.45, 0.80)),
        0.72, (0.97, 0.99, 1.03),
    ),
    "afternoon": Hour(
        Daylight(38, 3.9, (1.0, 0.90, 0.76), 1.0, (0.80, 0.82, 0.84), (0.28, 0.43, 0.75)),
        0.62, (0.97, 0.99, 1.03),
    ),
    "dusk": Hour(
        Daylight(6, 1.5, (1.0, 0.50, 0.24), 1.0, (0.52, 0.36, 0.30), (0.15, 0.18, 0.32),
                 lamps=0.6, exposure=0.9),
        0.22, (1.0, 0.93, 0.92),
    ),
    "night": Hour(
        Daylight(30, 0.006, (0.72, 0.82, 1.0), 0.6, (0.020, 0.024, 0.040), (0.006, 0.009, 0.020),
                 lamps=1.0, exposure=0.85),
        0.022, (1.0, 0.84, 0.68),
    ),
}  # fmt: skip

# Of a clear sun and of a covered sky, and the sun's apparent width, degrees, behind what covers it.
_SUN = {
    "sunny": (1.0, 0.0, 1.0), "clouds": (0.72, 0.45, 3.0), "neutral": (0.36, 0.75, 14.0),
    "overcast": (0.08, 1.0, 45.0), "foggy": (0.06, 1.0, 60.0), "rain": (0.04, 1.0, 60.0),
    "blizzard": (0.03, 1.0, 70.0), "snowlight": (0.14, 0.95, 30.0),
}  # fmt: skip
_DIM = {"rain": 0.7, "blizzard": 0.8, "snowlight": 1.15, "foggy": 0.95}

INDOORS = Daylight(0, 0, (1, 1, 1), 1.0, (0.14, 0.14, 0.14), (0.14, 0.14, 0.14), lamps=1.0)


def daylight(hour: str, weather: str, indoor: bool) -> Daylight:
    """Sun and sky of an hour under a weather. KeyError: there is none of that name."""
    if indoor:
        return INDOORS
    at, (share, covered, angle) = HOURS[hour], _SUN[weather]
    clear, dim = at.clear, _DIM.get(weather, 1.0)
    cloud = tuple(at.cloud * dim * c for c in at.cloud_colour)
    lamps = clear.lamps
    if weather in ("foggy", "rain", "blizzard") and hour in ("dawn", "dusk"):
        lamps = 1.0
    return Daylight(
        elevation=max(clear.elevation, 40.0 if covered == 1.0 else 0.0),
        sun=clear.sun * share,
        sun_colour=_mix(clear.sun_colour, (1.0, 1.0, 1.0), covered),
        sun_angle=angle if weather != "sunny" else clear.sun_angle,
        horizon=_mix(clear.horizon, cloud, covered),
        zenith=_mix(clear.zenith, tuple(1.15 * c for c in cloud), covered),
        clouds={"clouds": 0.5, "neutral": 0.75}.get(weather, 0.0),
        lamps=lamps,
        exposure=clear.exposure,
    )


def _mix(first: tuple[float, ...], second: tuple[float, ...], share: float) -> Rgb:
    a, b, c = (x + share * (y - x) for x, y in zip(first, second, strict=True))
    return (a, b, c)
