"""What arms do, as plain data; `motion.postures` and `body.hands` carry it out."""

from __future__ import annotations

from dataclasses import dataclass

ARMS = ("swing", "aside", "carry", "look", "call", "umbrella", "strap", "pocket")
"""As by the motion; a little away from a bag at the hip; hanging straight with a bag in the hand;
the forearm raised to look at a phone; the hand at the ear; an umbrella held upright; the hand on
the strap of a backpack; in the pocket."""


@dataclass(frozen=True)
class Posture:
    """What each arm does while the legs walk: one of ARMS."""

    left: str = "swing"
    right: str = "swing"
