"""Colours of skin and hair by name: sRGB, as they look."""

from __future__ import annotations

from vidsynth.colour import Colour

SKIN: dict[str, Colour] = {
    "very-light-rosy": (0.886, 0.707, 0.636),
    "very-light-golden": (0.848, 0.722, 0.635),
    "light-rosy": (0.833, 0.632, 0.551),
    "light-golden": (0.790, 0.649, 0.550),
    "intermediate-rosy": (0.765, 0.555, 0.471),
    "intermediate-golden": (0.721, 0.574, 0.469),
    "tan-rosy": (0.697, 0.488, 0.404),
    "tan-golden": (0.653, 0.507, 0.402),
    "brown-rosy": (0.555, 0.368, 0.292),
    "brown-golden": (0.516, 0.386, 0.291),
    "dark-rosy": (0.438, 0.287, 0.226),
    "dark-golden": (0.406, 0.301, 0.224),
    "very-dark-rosy": (0.269, 0.176, 0.139),
    "very-dark-golden": (0.249, 0.185, 0.138),
}
"""Named by the individual typology angle atan((L* - 50) / b*) of the colour, in the classes of
Chardon et al., International Journal of Cosmetic Science 13, 1991: very light above 55 degrees,
light above 41, intermediate above 28, tan above 10, brown above -30, below that dark, and here
very dark below -50; and by its hue in CIELAB: rosy below 55 degrees, golden above."""
HAIR: dict[str, Colour] = {
    "black": (0.035, 0.032, 0.032),
    "dark-brown": (0.11, 0.075, 0.055),
    "brown": (0.22, 0.14, 0.09),
    "light-brown": (0.36, 0.25, 0.16),
    "blond": (0.62, 0.48, 0.29),
    "red": (0.42, 0.17, 0.08),
    "grey": (0.48, 0.47, 0.46),
    "white": (0.80, 0.79, 0.77),
}
