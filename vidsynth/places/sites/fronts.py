"""What walls have at the height of people: shop fronts, doors, posters, notice boards."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vidsynth.places.sites.pieces import METAL, Rgb, choose
from vidsynth.places.sites.site import Block, Surface

Place = tuple[float, float]

SIGNS: tuple[Rgb, ...] = (
    (0.62, 0.10, 0.10), (0.10, 0.22, 0.48), (0.08, 0.32, 0.20), (0.82, 0.66, 0.14),
    (0.10, 0.10, 0.11), (0.78, 0.76, 0.72), (0.45, 0.16, 0.34), (0.84, 0.42, 0.12),
)  # fmt: skip
GOODS: tuple[Rgb, ...] = (
    (0.62, 0.50, 0.36), (0.70, 0.68, 0.64), (0.34, 0.36, 0.42), (0.58, 0.30, 0.26),
    (0.40, 0.46, 0.34),
)  # fmt: skip
_TRIMS: tuple[Rgb, ...] = (
    (0.12, 0.12, 0.13), (0.76, 0.75, 0.72), (0.12, 0.24, 0.20), (0.34, 0.22, 0.14),
)  # fmt: skip
_STOCKS: tuple[tuple[Rgb, Rgb], ...] = (
    ((0.62, 0.50, 0.36), (0.14, 0.13, 0.12)), ((0.70, 0.68, 0.64), (0.62, 0.56, 0.46)),
    ((0.34, 0.36, 0.42), (0.72, 0.70, 0.66)), ((0.58, 0.30, 0.26), (0.20, 0.16, 0.14)),
    ((0.40, 0.46, 0.34), (0.50, 0.44, 0.34)), ((0.30, 0.28, 0.30), (0.08, 0.08, 0.09)),
)  # fmt: skip
"""What a shop has, and what is behind it."""
_LIGHT, _DARK = (0.86, 0.84, 0.78), (0.08, 0.08, 0.09)
_SHEETS: tuple[tuple[Rgb, Rgb], ...] = (
    ((0.62, 0.10, 0.10), _LIGHT), ((0.10, 0.22, 0.48), _LIGHT), ((0.08, 0.32, 0.20), _LIGHT),
    ((0.82, 0.66, 0.14), _DARK), ((0.78, 0.76, 0.72), _DARK), ((0.10, 0.10, 0.11), _LIGHT),
)  # fmt: skip
_DOOR = Surface("plain", (0.10, 0.12, 0.14), roughness=0.15)
_CLOTHES: tuple[Rgb, ...] = (
    (0.70, 0.12, 0.14), (0.14, 0.20, 0.44), (0.82, 0.80, 0.76), (0.12, 0.12, 0.13),
    (0.80, 0.62, 0.20), (0.24, 0.44, 0.40),
)  # fmt: skip


def along(at: Place, turn: float, aside: float, out: float) -> Place:
    """The point ``aside`` metres to the right and ``out`` metres before a wall at ``at`` that faces
    where ``turn`` radians about z make of -y."""
    c, s = float(np.cos(turn)), float(np.sin(turn))
    return at[0] + c * aside + s * out, at[1] + s * aside - c * out


def shop_front(
    rng: np.random.Generator,
    at: Place,
    width: float,
    turn: float,
    glow: float = 0.1,
    goods: bool = True,
) -> list[Block]:
    """A shop in the foot of a wall: panes over a low sill, a door, a sign, at times an awning, and
    with ``goods`` something before it, up to half a metre out.

    ``at`` is the middle of the wall's foot; it faces where ``turn`` makes of -y.
    """
    sign, trim = choose(rng, SIGNS), choose(rng, _TRIMS)
    board, frame = Surface("plain", sign), Surface("plain", trim, roughness=0.5)
    letters = Surface("lines", sign, _LIGHT if sum(sign) < 1.2 else _DARK, 0.28)
    stock, shelf = _STOCKS[int(rng.integers(len(_STOCKS)))]
    inside = Surface("display", stock, shelf, 0.8 if rng.random() < 0.5 else 1.3, glow=glow)
    bays = max(2, round(width / 2.4))
    bay = width / bays
    door = int(rng.integers(bays))
    sill = float(rng.uniform(0.25, 0.7))
    blocks = [
        Block((*along(at, turn, 0, 0.06), 2.62), (width - 0.1, 0.12, 0.62), board, turn),
        Block((*along(at, turn, 0, 0.14), 2.80), (0.6 * width, 0.05, 0.24), letters, turn),
    ]
    for k in range(bays):
        middle = (k + 0.5) * bay - width / 2
        blocks.append(
            Block((*along(at, turn, middle - bay / 2, 0.06), 0.0), (0.12, 0.12, 2.62), frame, turn)
        )
        if k == door:
            blocks += _door(at, turn, middle, frame)
            continue
        blocks += [
            Block((*along(at, turn, middle, 0.04), 0.0), (bay, 0.08, sill), frame, turn),
            Block((*along(at, turn, middle, 0.02), sill), (bay, 0.03, 2.62 - sill), inside, turn),
        ]
        if rng.random() < 0.35:
            sheet = _poster(rng)
            aside = middle + float(rng.uniform(-0.2, 0.2)) * bay
            blocks.append(
                Block((*along(at, turn, aside, 0.045), sill + 0.3), (0.7, 0.02, 1.0), sheet, turn)
            )
    if rng.random() < 0.4:
        cloth = Surface("lines", sign, _LIGHT, 0.5)
        blocks.append(
            Block((*along(at, turn, 0, 0.5), 2.55), (0.8 * width, 0.9, 0.06), cloth, turn)
        )
    if goods:
        blocks += _goods(rng, at, turn, width, (door + 0.5) * bay - width / 2)
    return blocks


def house_door(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """The way into a house that has no shop: a door, a bell plate and a window on each side."""
    brown, green = (
        ((0.30, 0.18, 0.12), (0.22, 0.13, 0.09)),
        ((0.14, 0.22, 0.20), (0.10, 0.16, 0.15)),
    )
    wood = Surface("wood", *(brown if rng.random() < 0.5 else green))
    frame = Surface("plain", (0.74, 0.72, 0.68))
    pane = Surface("plain", (0.12, 0.14, 0.17), roughness=0.2)
    aside = float(rng.uniform(-0.8, 0.8))
    blocks = [
        Block((*along(at, turn, aside, 0.05), 0.0), (1.25, 0.12, 2.4), frame, turn),
        Block((*along(at, turn, aside, 0.08), 0.0), (1.0, 0.12, 2.25), wood, turn),
        Block((*along(at, turn, aside + 0.85, 0.03), 1.2), (0.22, 0.06, 0.34), METAL, turn),
    ]
    for offset in (-2.2, 2.2):
        middle = aside + offset
        blocks += [
            Block((*along(at, turn, middle, 0.05), 0.9), (1.3, 0.10, 1.5), frame, turn),
            Block((*along(at, turn, middle, 0.07), 1.0), (1.1, 0.10, 1.3), pane, turn),
            Block((*along(at, turn, middle, 0.09), 0.9), (0.06, 0.10, 1.5), frame, turn),
        ]
    return blocks


def posters(
    rng: np.random.Generator,
    start: Place,
    turn: float,
    asides: Sequence[float],
    size: Place = (1.2, 1.8),
    low: float = 0.7,
    glow: float = 0.0,
) -> list[Block]:
    """Framed sheets on a wall at ``start``, at each of ``asides`` metres to its right."""
    blocks = []
    for aside in asides:
        wide, high = size
        sheet = _poster(rng, high, glow)
        blocks += [
            Block((*along(start, turn, aside, 0.03), low - 0.06), (wide + 0.12, 0.05, high + 0.12),
                  METAL, turn),
            Block((*along(start, turn, aside, 0.06), low), (wide, 0.03, high), sheet, turn),
        ]  # fmt: skip
    return blocks


def clothes_rail(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """A rail of clothes, as shops have outside and malls in their shops."""
    blocks = [Block((*at, 1.42), (1.5, 0.04, 0.04), METAL, turn)]
    blocks += [
        Block((*along(at, turn, x, 0), 0.0), (0.04, 0.5, 1.45), METAL, turn) for x in (-0.7, 0.7)
    ]
    for x in np.arange(-0.6, 0.61, 0.2):
        cloth = Surface("plain", choose(rng, _CLOTHES), roughness=0.9)
        high = float(rng.uniform(0.6, 0.95))
        blocks.append(
            Block((*along(at, turn, float(x), 0), 1.4 - high), (0.14, 0.42, high), cloth, turn)
        )
    return blocks


def board_on_feet(rng: np.random.Generator, at: Place, turn: float) -> list[Block]:
    """A sign that stands on the pavement before a shop."""
    return [
        Block((*at, 0.0), (0.62, 0.34, 0.12), METAL, turn),
        Block((*at, 0.1), (0.60, 0.07, 0.95), _poster(rng, 1.0), turn),
    ]


def _door(at: Place, turn: float, middle: float, frame: Surface) -> list[Block]:
    blocks = [
        Block((*along(at, turn, middle, 0.03), 0.0), (1.1, 0.06, 2.2), _DOOR, turn),
        Block((*along(at, turn, middle, 0.05), 2.2), (1.5, 0.08, 0.42), frame, turn),
        Block((*along(at, turn, middle + 0.36, 0.08), 0.9), (0.04, 0.05, 0.5), METAL, turn),
    ]
    blocks += [
        Block((*along(at, turn, middle + x, 0.05), 0.0), (0.09, 0.08, 2.2), frame, turn)
        for x in (-0.58, 0.58)
    ]
    return blocks


def _goods(
    rng: np.random.Generator, at: Place, turn: float, width: float, door: float
) -> list[Block]:
    """What a shop puts out, clear of its door."""
    aside = float(rng.uniform(0.25, 0.42)) * width * (-1.0 if door > 0 else 1.0)
    spot, kind = along(at, turn, aside, 0.30), int(rng.integers(4))
    if kind == 0:
        return clothes_rail(rng, spot, turn)
    if kind == 1:
        crate = Surface("display", (0.52, 0.36, 0.20), (0.34, 0.24, 0.14), 0.5)
        return [
            Block((*spot, 0.0), (1.8, 0.42, 0.55), crate, turn),
            Block((*along(at, turn, aside, 0.2), 0.55), (1.8, 0.22, 0.28), crate, turn),
        ]
    if kind == 2:
        leaf = Surface("display", (0.24, 0.40, 0.16), (0.14, 0.24, 0.10), 0.4)
        return [Block((*spot, 0.0), (1.6, 0.4, 0.9), leaf, turn, shape="taper")]
    return board_on_feet(rng, spot, turn)


def _poster(rng: np.random.Generator, high: float = 1.0, glow: float = 0.0) -> Surface:
    colour, letters = _SHEETS[int(rng.integers(len(_SHEETS)))]
    return Surface("poster", colour, letters, high, glow=glow)
