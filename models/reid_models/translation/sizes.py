"""How small pictures may be."""

from __future__ import annotations

SIAMESE_SIDE = 32
"""Pixels that a picture's shorter side must have at least for the siamese network."""


def smallest_side(halvings: int) -> int:
    """Pixels that it must have for a discriminator with so many layers of stride 2."""
    return 3 * 2**halvings
