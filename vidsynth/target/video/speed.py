"""Walking speed from how often people step: a distribution, not a measurement of anybody.

Step length over cadence, the walk ratio, is about constant in a person and much the same in all of
a stature (Sekiya et al., J. Human Movement Studies 30, 1996), so v = 60 W f^2 with f steps a
second.
"""

from __future__ import annotations

import numpy as np

WALK_RATIO = 0.0060
"""Metres per (steps a minute) of people 1.67 m tall, 0.0062 at 1.72 m; 0.0005 is the standard
deviation over people."""

RUNNING = 2.4
"""Steps a second, about 140 a minute, from which on people run."""


def speed_of(frequency: np.ndarray | float) -> np.ndarray:
    """Metres a second of people of average stature who take ``frequency`` steps a second."""
    found: np.ndarray = 60 * WALK_RATIO * np.square(np.asarray(frequency, float))
    return found
