"""What sites are put together from: houses, trees, benches, lamps, parked cars."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vidsynth.places.sites.site import Block, Lamp, Surface

Rgb = tuple[float, float, float]

WALLS: tuple[Rgb, ...] = (
    (0.62, 0.50, 0.40), (0.55, 0.30, 0.24), (0.70, 0.66, 0.58), (0.45, 0.45, 0.47),
    (0.76, 0.70, 0.56), (0.38, 0.30, 0.26), (0.60, 0.62, 0.64),
)  # fmt: skip
_FRONT_LIGHT = Surface("plain", (0.84, 0.84, 0.80), roughness=0.3)
_REAR_LIGHT = Surface("plain", (0.50, 0.04, 0.04), roughness=0.3)
METAL = Surface("plain", (0.20, 0.21, 0.22), roughness=0.4)
WOOD = Surface("wood", (0.38, 0.25, 0.15), (0.28, 0.18, 0.11))
CAR_PAINT: tuple[Rgb, ...] = (
    (0.05, 0.05, 0.06), (0.70, 0.71, 0.72), (0.40, 0.42, 0.44), (0.10, 0.14, 0.30),
    (0.45, 0.06, 0.06), (0.85, 0.85, 0.84),
)  # fmt: skip


def choose(rng: np.random.Generator, options: tuple[Rgb, ...]) -> Rgb:
    """One colour of a palette."""
    return options[int(rng.integers(len(options)))]


def house(
    rng: np.random.Generator, at: tuple[float, float], width: float, depth: float, turn: float = 0.0
) -> list[Block]:
    """A town house: a ground floor of shops or brick, windows above, centred at ``at``."""
    wall = choose(rng, WALLS)
    glass = (0.10, 0.12, 0.15)
    height = float(rng.uniform(8, 16))
    x, y = at
    ground = (
        Surface("shop", (0.14, 0.16, 0.19), wall, float(rng.uniform(0.8, 1.2)), 0.3)
        if rng.random() < 0.55
        else Surface("brick", wall, (0.60, 0.58, 0.54))
    )
    upper = Surface("windows", glass, wall, float(rng.uniform(0.85, 1.25)), 0.5)
    ledge = Surface("plain", tuple(0.8 * c for c in wall))  # type: ignore[arg-type]
    return [
        Block((x, y, 0.0), (width, depth, 3.4), ground, turn),
        Block((x, y, 3.4), (width + 0.3, depth + 0.3, 0.3), ledge, turn),
        Block((x, y, 3.7), (width, depth, height), upper, turn),
    ]


def tree(rng: np.random.Generator, at: tuple[float, float]) -> list[Block]:
    """A trunk and a crown of a few leafy balls."""
    x, y = at
    height = float(rng.uniform(2.3, 3.2))
    trunk = Surface("wood", (0.24, 0.18, 0.13), (0.17, 0.13, 0.10))
    green = float(rng.uniform(0.8, 1.2))
    leaf = Surface("leaves", (0.16 * green, 0.27 * green, 0.09), (0.07, 0.14 * green, 0.05))
    blocks = [Block((x, y, 0), (0.3, 0.3, height + 0.6), trunk, shape="cylinder")]
    for _ in range(4):
        dx, dy = rng.uniform(-0.9, 0.9, 2)
        size = float(rng.uniform(1.8, 3.0))
        at_crown = (x + float(dx), y + float(dy), height + float(rng.uniform(-0.2, 0.9)))
        blocks.append(Block(at_crown, (size, size, 0.85 * size), leaf, shape="sphere"))
    return blocks


def bench(at: tuple[float, float], turn: float) -> list[Block]:
    """A wooden seat on metal feet, with a back; who sits on it looks where ``turn`` makes of +y."""
    x, y = at
    c, s = np.cos(turn), np.sin(turn)
    back = (x + 0.22 * s, y - 0.22 * c)
    return [
        Block((x, y, 0.40), (1.7, 0.45, 0.06), WOOD, turn),
        Block((*back, 0.50), (1.7, 0.05, 0.42), WOOD, turn),
        *(Block((x + k * c, y + k * s, 0.0), (0.06, 0.40, 0.40), METAL, turn) for k in (-0.7, 0.7)),
    ]


LAMP_HEIGHT = 4.6
"""Metres of a lamp post."""


def street_lamp(at: tuple[float, float], height: float = LAMP_HEIGHT) -> list[Block]:
    """A lamp post, ``height`` metres tall."""
    x, y = at
    head = Surface("plain", (0.80, 0.78, 0.70))
    return [
        Block((x, y, 0.0), (0.13, 0.13, height), METAL, shape="cylinder"),
        Block((x, y, height), (0.42, 0.42, 0.3), head, shape="sphere"),
    ]


def street_light(
    at: tuple[float, float], warmth: float, height: float = LAMP_HEIGHT, power: float = 320.0
) -> Lamp:
    """What a lamp post gives in the dark: ``warmth`` 0 white to 1 sodium yellow, as cameras see it
    whose white balance has got used to it, as `seen_colour` has it of rooms."""
    colour = (1.0, 0.97 - 0.11 * warmth, 0.92 - 0.27 * warmth)
    return Lamp((*at, height - 0.05), power, 0.5, colour, outdoor=True)


def car(rng: np.random.Generator, at: tuple[float, float], turn: float) -> list[Block]:
    """A parked car: body, cabin, four wheels, lights and number plates."""
    x, y = at
    paint = Surface("plain", choose(rng, CAR_PAINT), roughness=0.25)
    glass = Surface("plain", (0.05, 0.06, 0.07), roughness=0.1)
    tyre = Surface("plain", (0.03, 0.03, 0.03))
    c, s = np.cos(turn), np.sin(turn)
    wheels = [
        Block((x + a * c - b * s, y + a * s + b * c, 0.0), (0.64, 0.2, 0.64), tyre, turn, "disc")
        for a in (-1.35, 1.35)
        for b in (-0.80, 0.80)
    ]
    hubs = [
        replace(w, at=(*w.at[:2], 0.13), size=(0.38, 0.22, 0.38), surface=METAL) for w in wheels
    ]
    lights = [
        Block((x + a * c - b * s, y + a * s + b * c, z), (0.06, wide, 0.13), surface, turn)
        for a, surface in ((2.09, _FRONT_LIGHT), (-2.09, _REAR_LIGHT))
        for b, z, wide in ((-0.62, 0.6, 0.36), (0.62, 0.6, 0.36))
    ]
    plates = [
        Block((x + a * c, y + a * s, 0.42), (0.05, 0.5, 0.11), _FRONT_LIGHT, turn)
        for a in (-2.1, 2.1)
    ]
    return [
        Block((x, y, 0.26), (4.2, 1.72, 0.56), paint, turn),
        Block((x - 0.25 * c, y - 0.25 * s, 0.82), (2.9, 1.58, 0.56), glass, turn, "taper"),
        Block((x - 0.25 * c, y - 0.25 * s, 1.37), (2.1, 1.34, 0.06), paint, turn),
        Block((x - 0.25 * c, y - 0.25 * s, 0.82), (0.14, 1.6, 0.56), paint, turn, "taper"),
        *wheels,
        *hubs,
        *lights,
        *plates,
    ]


def planter(rng: np.random.Generator, at: tuple[float, float], size: float) -> list[Block]:
    """A stone trough with a hedge."""
    x, y = at
    stone = Surface("concrete", (0.55, 0.54, 0.52), (0.42, 0.41, 0.40))
    green = float(rng.uniform(0.9, 1.2))
    hedge = Surface("leaves", (0.14, 0.25 * green, 0.08), (0.06, 0.12, 0.04), 0.6)
    return [
        Block((x, y, 0), (size, size, 0.5), stone),
        Block((x, y, 0.45), (0.9 * size, 0.9 * size, 0.55), hedge),
    ]


def fir(rng: np.random.Generator, at: tuple[float, float]) -> list[Block]:
    """A conifer of three cones."""
    x, y = at
    tall = float(rng.uniform(4.0, 9.0))
    green = float(rng.uniform(0.75, 1.15))
    needle = Surface("leaves", (0.09 * green, 0.18 * green, 0.09), (0.04, 0.09 * green, 0.05))
    trunk = Surface("wood", (0.24, 0.18, 0.13), (0.17, 0.13, 0.10))
    blocks = [Block((x, y, 0), (0.3, 0.3, 0.3 * tall), trunk, shape="cylinder")]
    for low, width in ((0.12, 0.46), (0.38, 0.36), (0.62, 0.25)):
        size = width * tall
        blocks.append(Block((x, y, low * tall), (size, size, 0.40 * tall), needle, shape="cone"))
    return blocks


def fence(
    start: tuple[float, float], end: tuple[float, float], height: float = 2.2, wood: bool = False
) -> list[Block]:
    """Posts every 2.5 m and rails between them; of wood, or of metal."""
    (x0, y0), (x1, y1) = start, end
    length = float(np.hypot(x1 - x0, y1 - y0))
    turn = float(np.arctan2(y1 - y0, x1 - x0))
    surface, middle = WOOD if wood else METAL, ((x0 + x1) / 2, (y0 + y1) / 2)
    blocks = [
        Block((*middle, share * height), (length, 0.05, 0.07 if wood else 0.04), surface, turn)
        for share in ((0.5, 0.92) if wood else (0.05, 0.35, 0.65, 0.97))
    ]
    for share in np.linspace(0, 1, int(length / 2.5) + 1):
        at = (x0 + share * (x1 - x0), y0 + share * (y1 - y0))
        blocks.append(Block((*at, 0.0), (0.08, 0.08, height), surface, shape="cylinder"))
    return blocks
