"""What a kind of garment is: how it is cut, and how often and in which measures it is worn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from vidsynth.body.anatomy import anatomy
from vidsynth.wardrobe.cloth import Cloth
from vidsynth.wardrobe.colours import CLOTH
from vidsynth.wardrobe.cutting import Piece, shell
from vidsynth.wardrobe.records import Garment

Measure = tuple[float, float]
"""From and to, drawn evenly."""

ANY_CLOTH = {name: share for name, (_, share) in CLOTH.items()}


@dataclass(frozen=True)
class Kind:
    """A kind of garment.

    What it is:
        place: where it is worn: above, below or on the feet.
        cut: makes the cloth out of a garment's lengths.
        add: sews on what an open front leaves whole: a hood, a collar.
        hangs: free of the legs, as coats and dresses do.
        outer: a jacket or a coat.
        fastened: by what in front.
        clings: lies on the body without folds.
        one_piece: top and skirt in one.
        legs: of what is worn below, whether they are seen.
        pockets: hands may be in them.
        covers: feet up to this height, statures.
        sole: how bright.

    How it is drawn:
        worn: how often, of what is worn in that place, by ``female`` and ``male``; shoes by how
            legs are: ``bare``, ``covered`` or in a ``suit``.
        beneath: the same of tops under an open jacket.
        length, sleeve, looseness: as in Garment.
        colours: how often it has each, by name in CLOTH.
        denim, knitted: the share made of it; of knitted ones, of the plain.
        patterned: how many have a pattern, over the share of all clothes that do.
        opens: some are worn open in front.
    """

    name: str
    place: Literal["upper", "lower", "shoes"]
    cut: Callable[[Garment], Cloth]
    add: Callable[[Cloth], Cloth] | None = None
    worn: Mapping[str, float] = field(default_factory=dict)
    beneath: Mapping[str, float] = field(default_factory=dict)
    length: Measure = (1.0, 1.0)
    sleeve: Measure = (0.0, 0.0)
    looseness: Measure = (0.006, 0.016)
    colours: Mapping[str, float] = field(default_factory=lambda: ANY_CLOTH)
    denim: float = 0.0
    knitted: float = 0.0
    patterned: float = 0.0
    opens: bool = False
    hangs: bool = False
    outer: bool = False
    fastened: Literal["", "buttons", "zip"] = ""
    clings: bool = False
    one_piece: bool = False
    legs: Literal["covered", "bare", "suit"] = "covered"
    pockets: bool = False
    covers: float = 0.036
    sole: Literal["dark", "light"] = "dark"


@lru_cache(maxsize=4)
def helper(group: str) -> Piece:
    """A helper shell of the base mesh, whole: tights or skirt."""
    body = anatomy()
    return shell(body.rest, body.triangles[group])
