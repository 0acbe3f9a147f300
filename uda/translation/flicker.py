"""How much a tracklet flickers: changes from frame to frame of its colours on a coarse grid."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional as F

GRID = (8, 4)
"""Cells, down and across: coarse enough that a walking leg changes little of a cell."""
STILL = 3.0
"""Levels of 255 that a cell of the source may change by, in any channel, and still stands still."""


@dataclass
class Flicker:
    """Sums over ``pairs`` of consecutive frames, in levels of 255.

    ``source`` and ``translated`` change by so much from frame to frame; translations of livelier
    contrast change more by that alone. ``still`` is the translation's change in ``cells`` in which
    the source stands still: 0 where equal things are always shown equally.
    """

    pairs: int = 0
    source: float = 0.0
    translated: float = 0.0
    cells: int = 0
    still: float = 0.0

    def see(self, source: torch.Tensor, translated: torch.Tensor) -> None:
        """Counts the frames of one tracklet, uint8 or float (T, 3, H, W) of 0 to 255, in order."""
        if len(source) < 2:
            return
        before, after = (_changes(each) for each in (source, translated))
        self.pairs += len(before)
        self.source += float(before.mean((1, 2, 3)).double().sum())
        self.translated += float(after.mean((1, 2, 3)).double().sum())
        still = before.amax(1) < STILL
        self.cells += int(still.sum())
        self.still += float(after.mean(1)[still].double().sum())

    def means(self) -> dict[str, float | None] | None:
        """Mean change of each kind; None where no tracklet had two frames, or nothing was still."""
        if not self.pairs:
            return None
        return {
            "source": round(self.source / self.pairs, 3),
            "translated": round(self.translated / self.pairs, 3),
            "still": round(self.still / self.cells, 3) if self.cells else None,
        }


def _changes(frames: torch.Tensor) -> torch.Tensor:
    """Changes of the cells of frames (T, 3, H, W) from each to the next, (T - 1, 3, h, w)."""
    cells = F.adaptive_avg_pool2d(frames.float(), GRID)
    return (cells[1:] - cells[:-1]).abs()
