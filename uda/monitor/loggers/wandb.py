"""Weights & Biases: online where there is an account and a network, else offline."""

from __future__ import annotations

import logging
import os
from argparse import Namespace
from pathlib import Path
from typing import Any

import wandb
from PIL import Image

from uda.monitor.domains import DomainFeatures
from uda.monitor.loggers.continued import ContinuedRun
from uda.monitor.loggers.interface import RunLogger

log = logging.getLogger(__name__)

PATIENCE = 30
"""Seconds to wait for a login or a server before logging offline."""
UPLOAD = 180
"""Seconds to wait at the end for what is not uploaded yet; it stays on disk for `wandb sync`."""
EXIT_CODES = {"success": 0, "failed": 1, "aborted": 255}


class WandbLogger(RunLogger):
    """A run at W&B; its files are in ``wandb/`` of the run's directory.

    ``WANDB_MODE``, ``WANDB_API_KEY``, ``WANDB_ENTITY`` and ``WANDB_BASE_URL`` apply. Without a key
    or a connection it warns and logs offline.

    Args:
        output: The run's directory.
        project: Name of the W&B project.
    """

    def __init__(self, output: Path, *, project: str) -> None:
        self.project = project
        where = f"{os.environ.get('WANDB_BASE_URL', '')} {os.environ.get('WANDB_ENTITY', '')} "
        self.record = ContinuedRun(output, "wandb", f"{where}{project}".strip(), rows=True)
        if self.record.id is None:
            self.record.begin()
        try:
            self.run = self._start(output)
        except Exception as error:
            log.warning(
                "W&B cannot be reached (%s). The run is logged offline; upload it later with: "
                "wandb sync %s",
                str(error).strip().partition("\n")[0],
                output / "wandb" / "offline-run-*",
            )
            if wandb.run is None:  # else the service also holds a run of the calling program
                wandb.teardown()  # it keeps the run's id in use
            self.run = self._start(output, mode="offline")

    def _start(self, output: Path, mode: Any = None) -> wandb.Run:
        return wandb.init(
            project=self.project,
            dir=str(output),
            id=self.record.id,
            name=self.record.name,
            resume="allow",
            mode=mode,
            settings=wandb.Settings(
                console="off",  # the progress line of `uda train` is no log
                silent=True,
                reinit="create_new",  # leaves a run of the calling program alone
                login_timeout=PATIENCE,
                init_timeout=PATIENCE,
                finish_timeout=UPLOAD,
            ),
        )

    @property
    def name(self) -> str:
        return self.project

    @property
    def version(self) -> str:
        return str(self.record.id)

    @property
    def log_dir(self) -> str:
        return str(self.run.dir)

    @property
    def place(self) -> str:
        return str(Path(self.run.dir).parent if self.run.offline else self.run.url)

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        step = step or 0
        fresh = self.record.fresh(metrics, step)
        self._log({name: value for name, value in metrics.items() if name in fresh}, step)

    def log_hyperparams(
        self, params: dict[str, Any] | Namespace, *args: Any, **kwargs: Any
    ) -> None:
        values = vars(params) if isinstance(params, Namespace) else params
        self.run.config.update(values, allow_val_change=True)

    def log_yaml(self, name: str, text: str) -> None:
        # W&B writes a config.yaml of its own there.
        Path(self.run.dir, f"uda-{name}.yaml").write_text(text, encoding="utf-8")

    def log_image(self, name: str, picture: Image.Image, step: int) -> None:
        if self.record.fresh([name], step):
            self._log({name: wandb.Image(picture)}, step)

    def log_features(self, found: DomainFeatures, step: int) -> None:
        """A table with a row for each clip; W&B projects its numbers to the plane."""
        name = "features/clips"
        if not self.record.fresh([name], step):
            return
        numbers = [f"component {i}" for i in range(found.features.shape[1])]
        table = wandb.Table(columns=["domain", "camera", "clip", *numbers])
        pixels = found.sprites.permute(0, 2, 3, 1).numpy()
        for i, values in enumerate(found.features.tolist()):
            clip = wandb.Image(Image.fromarray(pixels[i]))
            table.add_data(found.domains[i], found.cameras[i], clip, *values)
        self._log({name: table}, step)

    def _log(self, entry: dict[str, Any], step: int) -> None:
        if entry:
            self.run.log(entry, step=step)

    def finalize(self, status: str) -> None:
        self.record.keep()
        self.run.finish(exit_code=EXIT_CODES.get(status, 1))
