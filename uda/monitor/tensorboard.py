"""What TensorBoard shows."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

from uda.monitor.domains import DomainFeatures


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

    def projector(self, found: DomainFeatures, step: int) -> None:
        """Features to turn and search in TensorBoard's projector, by domain and camera."""
        name = "features"
        # Of an evaluation that was cut off or is made again.
        shutil.rmtree(Path(self.writer.log_dir) / f"{step:05d}" / name, ignore_errors=True)
        self.writer.add_embedding(
            found.features,
            metadata=list(zip(found.domains, found.cameras, strict=True)),
            metadata_header=["domain", "camera"],
            label_img=found.sprites / 255,
            global_step=step,
            tag=name,
        )

    def close(self) -> None:
        self.writer.close()
