"""What TensorBoard shows."""

from __future__ import annotations

import shutil
from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from torch.utils.tensorboard import SummaryWriter

from uda.monitor.domains import DomainFeatures
from uda.monitor.loggers.interface import RunLogger


class TensorBoardLogger(RunLogger):
    """Event files in ``tensorboard/`` of the run's directory.

    Args:
        output: The run's directory.
        start: Steps already done; entries of later steps of an earlier process vanish.
    """

    def __init__(self, output: Path, *, start: int = 0) -> None:
        self.folder = output / "tensorboard"
        self.writer = SummaryWriter(str(self.folder), purge_step=start + 1 if start else None)

    @property
    def name(self) -> str:
        return "tensorboard"

    @property
    def version(self) -> None:
        return None

    @property
    def log_dir(self) -> str:
        return str(self.folder)

    @property
    def place(self) -> str:
        return str(self.folder)

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        for name, value in metrics.items():
            self.writer.add_scalar(name, value, step or 0)

    def log_hyperparams(
        self, params: dict[str, Any] | Namespace, *args: Any, **kwargs: Any
    ) -> None:
        """Nothing: the settings are shown as a text."""

    def log_yaml(self, name: str, text: str) -> None:
        self.writer.add_text(name, f"```yaml\n{text}\n```", 0)

    def log_image(self, name: str, picture: Image.Image, step: int) -> None:
        self.writer.add_image(name, np.asarray(picture.convert("RGB")), step, dataformats="HWC")

    def log_features(self, found: DomainFeatures, step: int) -> None:
        """Features to turn and search in TensorBoard's projector, by domain and camera."""
        name = "features"
        # Of an evaluation that was cut off or is made again.
        shutil.rmtree(self.folder / f"{step:05d}" / name, ignore_errors=True)
        self.writer.add_embedding(
            found.features,
            metadata=list(zip(found.domains, found.cameras, strict=True)),
            metadata_header=["domain", "camera"],
            label_img=found.sprites / 255,
            global_step=step,
            tag=name,
        )

    def finalize(self, status: str) -> None:
        self.writer.close()
