"""What TensorBoard shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter


class Board:
    """Event files under ``folder``; entries of steps after ``start`` of an earlier run vanish."""

    def __init__(self, folder: Path, *, start: int = 0) -> None:
        self.writer = SummaryWriter(str(folder), purge_step=start + 1 if start else None)

    def scalars(self, values: dict[str, float], step: int) -> None:
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)

    def image(self, name: str, picture: Image.Image, step: int) -> None:
        self.writer.add_image(name, np.asarray(picture.convert("RGB")), step, dataformats="HWC")

    def text(self, name: str, text: str) -> None:
        self.writer.add_text(name, f"```yaml\n{text}\n```", 0)

    def close(self) -> None:
        self.writer.close()
