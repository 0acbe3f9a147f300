"""Pictures of what goes into a model."""

from __future__ import annotations

import torch
from PIL import Image


def clip_grid(clips: torch.Tensor, rows: int = 4) -> Image.Image:
    """The first ``rows`` clips of a batch, uint8 (B, T, 3, H, W), one clip a row."""
    pixels = clips[:rows].cpu()
    n, length, _, height, width = pixels.shape
    grid = pixels.permute(0, 3, 1, 4, 2).reshape(n * height, length * width, 3)
    return Image.fromarray(grid.numpy())
