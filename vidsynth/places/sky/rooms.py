"""How rooms are lit: which lamps are on, in what colour, and what windows let in.

Weather cannot act there, so this is what changes indoors from hour to hour.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from vidsynth.colour import black_body
from vidsynth.places.sites.site import Lamp, Site, Window
from vidsynth.places.sky.light import HOURS, INDOORS, Daylight, Rgb
from vidsynth.seeds import Purpose, stream

SCHEMES = {"all": 0.4, "alternate": 0.2, "one-side": 0.2, "windows": 0.2}
"""Which lamps are on, and how often that is so: all; every other one; those along one side; few, so
that most light comes from one side through windows or shop fronts."""

_TEMPERATURES = (2800.0, 6800.0)
_DAYLIGHT = 6500.0
_SHOPS = 3800.0
_ADAPTED = 0.8
"""Share of a lamp's colour cast that cameras' own white balance takes away."""
_UNLIT = {"all": 1.0, "alternate": 0.75, "one-side": 0.7, "windows": 0.5}
"""Share of the light from everywhere, which lamps make by way of walls, that is left."""


@dataclass(frozen=True)
class RoomLight:
    """The light of a room: one of SCHEMES, kelvin of its lamps, W/m2 and kelvin of what comes
    through windows. ``side`` 0 or 1 says which lamps are on where not all are."""

    scheme: str = "all"
    temperature: float = 4500.0
    window: float = 0.0
    window_temperature: float = _DAYLIGHT
    side: int = 0

    @property
    def ambient(self) -> Daylight:
        """The light from everywhere, which comes by way of walls."""
        colour = seen_colour(self.temperature)
        r, g, b = (_UNLIT[self.scheme] * x * c for x, c in zip(INDOORS.zenith, colour, strict=True))
        return replace(INDOORS, horizon=(r, g, b), zenith=(r, g, b))


def draw_room_light(seed: int, hour: str, site: Site) -> RoomLight:
    """The light of an indoor site at an hour; ``seed`` is the sky's, which changes from outing to
    outing."""
    rng = stream(seed, Purpose.ROOM)
    chance, kelvin, strength = rng.random(), rng.uniform(*_TEMPERATURES), rng.uniform(0.7, 1.4)
    side = int(rng.integers(2))
    names = [name for name in SCHEMES if name != "windows" or site.windows]
    shares = np.cumsum([SCHEMES[name] for name in names])
    scheme = names[int(np.searchsorted(shares, chance * shares[-1], side="right"))]
    # Shop fronts are lit at any hour, and behind glass it is as bright as the sky.
    day = min(1.0, sum(HOURS[hour].clear.horizon) / 2.0)
    window = strength * (12.0 if scheme == "windows" else 4.0) * max(day, 0.5)
    return RoomLight(
        scheme,
        round(float(kelvin)),
        round(float(window), 3) if site.windows else 0.0,
        _DAYLIGHT if day > 0.2 else _SHOPS,
        side,
    )


def lit(site: Site, room: RoomLight) -> tuple[Lamp, ...]:
    """The site's lamps as they are in that light; those that are off have no power."""
    colour = seen_colour(room.temperature)
    return tuple(
        replace(lamp, power=lamp.power * _share(site, lamp, number, room), colour=colour)
        for number, lamp in enumerate(site.lamps)
    )


def seen_colour(kelvin: float) -> Rgb:
    """Linear RGB, 1 at most, of light of that temperature for cameras that have got used to it."""
    mired = (1.0 - _ADAPTED) * 1e6 / kelvin + _ADAPTED * 1e6 / _DAYLIGHT
    gains = black_body(1e6 / mired) / black_body(_DAYLIGHT)
    r, g, b = (float(value) for value in gains / gains.max())
    return r, g, b


def shining(window: Window, room: RoomLight) -> float:
    """Watts that come in through a window."""
    return room.window * window.width * window.height


def _share(site: Site, lamp: Lamp, number: int, room: RoomLight) -> float:
    if room.scheme == "alternate":
        # Lamps come in rows across the room: every other row.
        rows = sorted({other.at[0] for other in site.lamps})
        return float(rows.index(lamp.at[0]) % 2 == room.side)
    if room.scheme == "one-side":
        middle = np.median([other.at[1] for other in site.lamps])
        beyond = lamp.at[1] - middle if room.side else middle - lamp.at[1]
        return 1.0 if beyond >= 0 else 0.05
    return 0.12 if room.scheme == "windows" else 1.0
