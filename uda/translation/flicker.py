"""How much a tracklet flickers: changes from frame to frame of its colours on a coarse grid."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from torch.nn import functional as F

GRID = (8, 4)
"""Cells, down and across: coarse enough that a walking leg changes little of a cell."""


@dataclass
class Flicker:
    """Sums over ``pairs`` of consecutive frames, in levels of 255.

    ``source`` and ``translated`` change by so much from frame to frame, and what the translation
    does to a frame by ``added``: 0 where every frame gets the same.
    """

    pairs: int = 0
    source: float = 0.0
    translated: float = 0.0
    added: float = 0.0

    def see(self, source: torch.Tensor, translated: torch.Tensor) -> None:
        """Counts the frames of one tracklet, uint8 or float (T, 3, H, W) of 0 to 255, in order."""
        if len(source) < 2:
            return
        before, after = (F.adaptive_avg_pool2d(each.float(), GRID) for each in (source, translated))
        self.pairs += len(source) - 1
        self.source += _changes(before)
        self.translated += _changes(after)
        self.added += _changes(after - before)

    def means(self) -> dict[str, float] | None:
        """Mean change of each kind; None where no tracklet had two frames."""
        if not self.pairs:
            return None
        sums = asdict(self)
        pairs = sums.pop("pairs")
        return {name: round(total / pairs, 3) for name, total in sums.items()}


def _changes(cells: torch.Tensor) -> float:
    """Sum over consecutive frames of the mean absolute change of cells (T, 3, h, w)."""
    return float((cells[1:] - cells[:-1]).abs().mean((1, 2, 3)).double().sum())
