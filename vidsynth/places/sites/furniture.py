"""What stands about in streets and halls at the height of people."""

from __future__ import annotations

import numpy as np

from vidsynth.places.sites.fronts import GOODS, SIGNS, Place, along, posters
from vidsynth.places.sites.pieces import METAL, WOOD, Rgb, choose
from vidsynth.places.sites.site import Block, Surface

_TYRE = Surface("plain", (0.04, 0.04, 0.04))
_STEEL = Surface("plain", (0.52, 0.53, 0.54), roughness=0.4)
_FRAMES: tuple[Rgb, ...] = (
    (0.55, 0.08, 0.08), (0.10, 0.24, 0.46), (0.10, 0.10, 0.11), (0.72, 0.72, 0.70),
    (0.12, 0.34, 0.26),
)  # fmt: skip


def bicycle(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """A parked bicycle, along x before it is turned: two wheels, a frame, saddle, handlebar."""
    paint = Surface("plain", choose(rng, _FRAMES), roughness=0.4)
    blocks = [
        Block((*along(at, turn, x, 0), 0.0), (0.66, 0.035, 0.66), _TYRE, turn, shape="disc")
        for x in (-0.52, 0.52)
    ]
    spokes = Surface("plain", (0.46, 0.46, 0.46))
    blocks += [
        Block((*along(at, turn, x, 0), 0.05), (0.56, 0.045, 0.56), spokes, turn, shape="disc")
        for x in (-0.52, 0.52)
    ]
    blocks += [
        Block((*at, 0.30), (0.9, 0.04, 0.05), paint, turn),
        Block((*at, 0.66), (0.74, 0.04, 0.05), paint, turn),
        Block((*along(at, turn, -0.22, 0), 0.30), (0.05, 0.04, 0.62), paint, turn),
        Block((*along(at, turn, 0.42, 0), 0.33), (0.05, 0.04, 0.68), paint, turn),
        Block((*along(at, turn, -0.24, 0), 0.92), (0.26, 0.13, 0.07), _TYRE, turn),
        Block((*along(at, turn, 0.38, 0), 1.0), (0.05, 0.55, 0.04), METAL, turn),
    ]
    return blocks


def bicycle_rack(rng: np.random.Generator, at: Place, turn: float, places: int) -> list[Block]:
    """Hoops side by side, along x before they are turned, most with a bicycle."""
    blocks = []
    for k in range(places):
        spot = along(at, turn, 0.75 * (k - (places - 1) / 2), 0)
        blocks.append(Block((*spot, 0.0), (0.05, 0.7, 0.8), _STEEL, turn))
        if rng.random() < 0.75:
            lean = float(rng.uniform(-0.08, 0.08)) + np.pi / 2 * float(rng.choice([-1, 1]))
            blocks += bicycle(
                rng, along(at, turn, 0.75 * (k - (places - 1) / 2) + 0.12, 0), turn + lean
            )
    return blocks


def litter_bin(at: Place) -> list[Block]:
    """A bin on the pavement."""
    green = Surface("plain", (0.10, 0.20, 0.15), roughness=0.5)
    return [
        Block((*at, 0.0), (0.42, 0.42, 0.85), green, shape="cylinder"),
        Block((*at, 0.85), (0.46, 0.46, 0.10), METAL, shape="cylinder"),
    ]


def bollards(start: Place, end: Place, spacing: float = 1.6) -> list[Block]:
    """Posts that keep cars off."""
    count = 1 + int(np.hypot(end[0] - start[0], end[1] - start[1]) / spacing)
    return [
        Block((start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]), 0.0),
              (0.14, 0.14, 0.95), METAL, shape="cylinder")
        for share in np.linspace(0, 1, count).tolist()
    ]  # fmt: skip


def advertising_column(rng: np.random.Generator, at: Place) -> list[Block]:
    """A round column with posters all around."""
    sheets = Surface("poster", choose(rng, SIGNS), (0.86, 0.84, 0.78), 1.3)
    foot = Surface("plain", (0.14, 0.22, 0.18), roughness=0.5)
    return [
        Block((*at, 0.0), (1.3, 1.3, 0.3), foot, shape="cylinder"),
        Block((*at, 0.3), (1.2, 1.2, 2.5), sheets, shape="cylinder"),
        Block((*at, 2.8), (1.45, 1.45, 0.5), foot, shape="cone"),
    ]


def kiosk(rng: np.random.Generator, at: Place, turn: float, glow: float = 0.15) -> list[Block]:
    """A stand that sells papers, drinks or flowers, open to the front."""
    paint = Surface("plain", choose(rng, SIGNS), roughness=0.6)
    goods = Surface("display", choose(rng, GOODS), (0.20, 0.17, 0.14), 0.8, glow=glow)
    cloth = Surface("lines", paint.colour, (0.84, 0.82, 0.76), 0.4)
    sign = Surface("poster", paint.colour, (0.86, 0.84, 0.78), 0.5, glow=glow)
    return [
        Block((*at, 0.0), (2.8, 1.8, 2.5), paint, turn),
        Block((*along(at, turn, 0, 0.92), 1.0), (2.4, 0.05, 1.2), goods, turn),
        Block((*along(at, turn, 0, 1.05), 0.0), (2.4, 0.35, 0.95), goods, turn),
        Block((*along(at, turn, 0, -0.92), 0.8), (2.2, 0.05, 1.3), sign, turn),
        *(
            Block((*along(at, turn, x, 0), 0.9), (0.05, 1.2, 1.2), sign, turn)
            for x in (-1.42, 1.42)
        ),
        Block((*along(at, turn, 0, 0.5), 2.5), (3.1, 2.9, 0.10), cloth, turn),
    ]


def market_stall(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """A table of goods under cloth on four posts."""
    goods = Surface("display", choose(rng, GOODS), (0.40, 0.30, 0.20), 0.45)
    cloth = Surface("lines", choose(rng, SIGNS), (0.84, 0.82, 0.76), 0.6)
    posts = [(x, out) for x in (-1.3, 1.3) for out in (-0.75, 0.75)]
    return [
        *(
            Block((*along(at, turn, x, out), 0.0), (0.06, 0.06, 2.2), METAL, turn)
            for x, out in posts
        ),
        Block((*along(at, turn, 0, 0.1), 0.0), (2.5, 1.0, 0.75), cloth, turn),
        Block((*along(at, turn, 0, 0.1), 0.75), (2.4, 0.95, 0.25), goods, turn),
        Block((*along(at, turn, 0, -0.7), 0.9), (2.5, 0.05, 1.1), goods, turn),
        Block((*at, 2.2), (2.9, 1.9, 0.35), cloth, turn, shape="taper"),
    ]


def cafe(rng: np.random.Generator, at: Place, turn: float, tables: int) -> list[Block]:
    """Tables in a row, along x before it is turned, with chairs and some sunshades."""
    seat = WOOD if rng.random() < 0.5 else Surface("plain", choose(rng, SIGNS), roughness=0.6)
    shade = Surface("plain", choose(rng, SIGNS))
    blocks = []
    for k in range(tables):
        spot = along(at, turn, 1.9 * (k - (tables - 1) / 2), 0)
        blocks += [
            Block((*spot, 0.70), (0.7, 0.7, 0.04), _STEEL, turn, shape="cylinder"),
            Block((*spot, 0.0), (0.08, 0.08, 0.70), METAL, turn, shape="cylinder"),
        ]
        for side in (-1.0, 1.0):
            blocks += _chair(along(spot, turn, 0.62 * side, 0), turn - side * np.pi / 2, seat)
        if rng.random() < 0.5:
            blocks += [
                Block((*spot, 0.7), (0.05, 0.05, 1.7), METAL, shape="cylinder"),
                Block((*spot, 2.15), (2.2, 2.2, 0.5), shade, shape="cone"),
            ]
    return blocks


def shelter(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """A bus shelter: posts, a roof, a bench, a lit poster at one end."""
    back = Surface("plain", (0.30, 0.36, 0.38), roughness=0.2)
    return [
        *(Block((*along(at, turn, x, -0.55), 0.0), (0.08, 0.08, 2.4), METAL, turn)
          for x in (-1.7, 0, 1.7)),
        Block((*along(at, turn, 0, -0.6), 0.9), (3.4, 0.03, 0.9), back, turn),
        Block((*at, 2.4), (3.8, 1.5, 0.10), METAL, turn),
        Block((*along(at, turn, 0, -0.3), 0.42), (2.2, 0.4, 0.06), WOOD, turn),
        *(Block((*along(at, turn, x, -0.3), 0.0), (0.06, 0.36, 0.42), METAL, turn)
          for x in (-0.9, 0.9)),
        *posters(rng, along(at, turn, -1.75, 0), turn - np.pi / 2, (0.0,), (1.1, 1.7), 0.5, 0.2),
        *posters(rng, along(at, turn, -1.83, 0), turn + np.pi / 2, (0.0,), (1.1, 1.7), 0.5, 0.2),
    ]  # fmt: skip


def machine(rng: np.random.Generator, at: Place, turn: float, glow: float = 0.35) -> list[Block]:
    """A machine that sells drinks or tickets, 1.9 m high."""
    paint = choose(rng, SIGNS)
    front = Surface("display", paint, (0.16, 0.16, 0.18), 0.6, glow=glow)
    return [
        Block((*at, 0.0), (0.95, 0.75, 1.9), Surface("plain", paint, roughness=0.4), turn),
        Block((*along(at, turn, -0.1, 0.39), 0.55), (0.62, 0.03, 1.2), front, turn),
        Block((*along(at, turn, 0.34, 0.39), 0.7), (0.16, 0.03, 0.6), METAL, turn),
    ]


def shelves(rng: np.random.Generator, at: Place, turn: float, width: float) -> list[Block]:
    """A stand of goods, seen from all sides, 1.4 m high."""
    goods = Surface("display", choose(rng, GOODS), (0.68, 0.66, 0.62), 0.6)
    head = Surface("plain", choose(rng, SIGNS))
    return [
        Block((*at, 0.0), (width, 0.7, 1.3), goods, turn),
        Block((*at, 1.3), (width + 0.06, 0.76, 0.12), head, turn),
    ]


def bush(rng: np.random.Generator, at: Place) -> list[Block]:
    """A round shrub as high as a child."""
    size, green = float(rng.uniform(0.9, 1.7)), float(rng.choice([0.85, 1.0, 1.15]))
    leaf = Surface("leaves", (0.15 * green, 0.26 * green, 0.09), (0.06, 0.12, 0.04), 0.7)
    return [Block((*at, 0.0), (size, size, 0.8 * size), leaf, shape="sphere")]


def traffic_sign(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """A round or square plate on a post."""
    red = Surface("plain", (0.70, 0.08, 0.08) if rng.random() < 0.5 else (0.10, 0.24, 0.56))
    white = Surface("plain", (0.84, 0.84, 0.82))
    return [
        Block((*at, 0.0), (0.07, 0.07, 2.9), METAL, shape="cylinder"),
        Block((*along(at, turn, 0, 0.05), 2.2), (0.62, 0.02, 0.62), red, turn, shape="disc"),
        Block((*along(at, turn, 0, 0.065), 2.3), (0.42, 0.02, 0.42), white, turn, shape="disc"),
    ]


def _chair(at: Place, turn: float, seat: Surface) -> list[Block]:
    return [
        Block((*at, 0.43), (0.42, 0.42, 0.04), seat, turn),
        Block((*along(at, turn, 0, -0.2), 0.45), (0.42, 0.04, 0.42), seat, turn),
        *(Block((*along(at, turn, x, out), 0.0), (0.04, 0.04, 0.43), METAL, turn)
          for x in (-0.18, 0.18) for out in (-0.18, 0.18)),
    ]  # fmt: skip
