"""Every random draw of a data set, addressed by what it is for: no draw depends on another."""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream of random numbers decides. Values are part of the format: never renumber."""

    PERSON = 1
    CAMERA = 2
    ORDER = 3
    SHOT = 4
    PATHS = 5
    DEVELOP = 6
    BOX = 7
    FOG = 8
    SUN = 9
    SAMPLES = 10
    MOTION = 11
    LOOK_ALIKE = 20
    OUTFIT = 21
    MAKEHUMAN = 30
    ACCESSORIES = 31
    FALLING = 40
    SKY = 41
    MAP = 61
    CLOCK = 62
    WEATHER = 63
    HOUR = 64
    NETWORK = 65
    RETURN = 66
    IMAGE = 70
    SETTING = 71
    BACKDROP = 72
    MANNER = 80
    PARTY = 81
    BYSTANDER = 82
    VARIATION = 83
    BEARING = 84
    ROOM = 90


def stream(entropy: int, purpose: Purpose, *index: int) -> np.random.Generator:
    """The generator for ``purpose`` number ``index``; ``entropy`` is a seed, 0 included."""
    return np.random.default_rng(sequence(entropy, purpose, *index))


def sequence(entropy: int, purpose: Purpose, *index: int) -> np.random.SeedSequence:
    return np.random.SeedSequence(entropy=entropy, spawn_key=(int(purpose), *index))
