"""Automatic exposure: what a camera makes of how bright people, place and air are.

A camera that looks after people sets itself for the light that falls on them, not for ground, snow
or sky, as surveillance cameras with back-light compensation do; it takes most of the haze before
them for black.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vidsynth.colour import luminance
from vidsynth.places.sky.air import Air
from vidsynth.places.sky.light import Rgb

MIDDLE_GREY = 0.22

_USUAL = 0.85
"""Brightness of stand-ins over that of the place by day without snow: there people change nothing.
"""
_FLOOR = 0.28
"""Light of half of a room after exposure, at most: lamps shine on floors, and those are not to be
blown out for people."""
_CLEARED = 0.95
"""Share of the haze before people, in its own colour, that a camera takes for black."""


@dataclass(frozen=True)
class Exposure:
    """What a camera's automatic exposure does: ``gain`` on the light of the scene, ``air`` on the
    own light of what is in the air, and ``black``, linear RGB after these that it takes for
    none."""

    gain: float = 1.0
    air: float = 1.0
    black: Rgb = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Reading:
    """What a camera sees on a clear day: luminance (N,) and distance (N,), m, of the place, and
    (M,) of stand-ins, if any are in view."""

    place: np.ndarray
    place_away: np.ndarray
    people: np.ndarray
    people_away: np.ndarray

    def people_over_place(self) -> float:
        """How much brighter people are than the place, 0.85 where nobody knows."""
        if not len(self.people):
            return _USUAL
        return float(self.people.mean() / max(_brightness(self.place), 1e-6))


AS_IT_IS = Exposure()
"""Of a picture that is exposed already, such as a photograph."""


def exposure(
    reading: Reading, people: float, air: Air, level: float, *, indoor: bool = False
) -> Exposure:
    """The exposure for a reading where people are ``people`` times as bright as the place."""
    place = _brightness(reading.place)
    clear = level * _gain(place)
    haze = np.zeros(3)
    if air.fog:
        # The air's own light is given for a camera that sees none of it, nor people.
        colour = np.array(air.glow) / clear
        glow = float(luminance(colour))
        through = np.exp(-air.fog * np.clip(reading.place_away, 0.0, 1e4))
        there = reading.people_away if len(reading.people) else reading.place_away
        kept = float(np.exp(-air.fog * np.median(there)))
        haze = _CLEARED * colour * (1.0 - kept)
        black = float(luminance(haze))
        of_people = people * place * kept + glow * (1.0 - kept) - black
        hazed = reading.place * through + glow * (1.0 - through) - black
        place = _brightness(np.maximum(hazed, 0.0))
        people = of_people / max(place, 1e-6)
    gain = level * _gain(place * people / _USUAL)
    if indoor and len(reading.place):
        gain = min(gain, _FLOOR / max(float(np.median(reading.place)), 1e-6))
    red, green, blue = (float(gain * value) for value in haze)
    return Exposure(gain, gain / clear, (red, green, blue))


def _brightness(luminances: np.ndarray) -> float:
    """The mean (N,) in which lamps and sky do not decide, as with any camera that weighs the
    ground."""
    if not len(luminances):
        return MIDDLE_GREY
    return float(np.minimum(luminances, 2.5 * np.median(luminances)).mean())


def _gain(brightness: float) -> float:
    """The factor that brings a brightness almost to middle grey: dusk stays darker than noon."""
    return float(np.clip(MIDDLE_GREY / max(brightness, 1e-4), 0.2, 12.0) ** 0.85)
