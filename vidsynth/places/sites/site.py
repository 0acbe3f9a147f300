"""A place as plain data: boxes and planes with surfaces, lamps, and where people may walk."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Surface:
    """How something looks: ``kind`` selects a procedural texture in vidsynth.blender.surfaces;
    ``glow`` is the radiance, times its colour, that it gives by itself, as what is lit from behind.
    """

    kind: str
    colour: tuple[float, float, float]
    second: tuple[float, float, float] = (0.5, 0.5, 0.5)
    scale: float = 1.0
    roughness: float = 0.8
    glow: float = 0.0


@dataclass(frozen=True)
class Block:
    """A box of ``size`` (x, y, z) metres whose bottom centre stands at ``at``, turned about z by
    ``turn`` radians. ``shape``: box, taper (a box with a smaller top), cylinder, disc (upright, its
    axis along y), sphere, cone or hill."""

    at: tuple[float, float, float]
    size: tuple[float, float, float]
    surface: Surface
    turn: float = 0.0
    shape: str = "box"


@dataclass(frozen=True)
class Lamp:
    """An area light facing down: ``power`` watts, ``size`` metres, linear RGB ``colour``, which
    rooms set anew (`sky.rooms`); ``outdoor``: a street lamp, lit in the dark only."""

    at: tuple[float, float, float]
    power: float
    size: float
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    outdoor: bool = False


@dataclass(frozen=True)
class Window:
    """Where light comes into a room, of ``width`` and ``height`` metres about ``at``: through glass
    or from shop fronts. It shines the way a ``turn`` of radians about z makes of -y."""

    at: tuple[float, float, float]
    width: float
    height: float
    turn: float = 0.0


@dataclass(frozen=True)
class Site:
    """A site seen from above: people walk in ``walk_area`` (x0, y0, x1, y1), metres, and cameras
    hang anywhere in ``camera_area`` between the two ``camera_heights``."""

    name: str
    indoor: bool
    walk_area: tuple[float, float, float, float]
    camera_area: tuple[float, float, float, float]
    camera_heights: tuple[float, float]
    ground: Surface
    blocks: tuple[Block, ...]
    lamps: tuple[Lamp, ...] = ()
    obstacles: tuple[Block, ...] = ()
    windows: tuple[Window, ...] = ()
