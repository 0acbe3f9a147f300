"""All loggers of a run as one, of which none can stop the run."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from uda.monitor.domains import DomainFeatures
from uda.monitor.loggers import require
from uda.monitor.loggers.interface import RunLogger

log = logging.getLogger(__name__)

ATTEMPTS = 3
"""Failures in a row after which a logger is left out."""


def start(
    names: Sequence[str], output: Path, *, start: int = 0, project: str = "uda"
) -> dict[str, RunLogger]:
    """The loggers of a run by name. One that cannot start is left out with a warning.

    Args:
        names: Loggers of ``monitoring.loggers``.
        output: The run's directory.
        start: Steps already done.
        project: W&B project, or MLflow experiment.

    Raises:
        ConfigError: there is no such logger, or its package is not installed.
    """
    require(names)
    found = {}
    for name in names:
        try:
            found[name] = _start(name, output, start, project)
        except Exception as error:
            log.warning("The logger %s does not start and is left out: %s", name, _said(error))
    return found


def _start(name: str, output: Path, start: int, project: str) -> RunLogger:
    """Imports the service's package only where it is asked for."""
    if name == "wandb":
        from uda.monitor.loggers.wandb import WandbLogger

        return WandbLogger(output, project=project)
    if name == "mlflow":
        from uda.monitor.loggers.mlflow import MlflowLogger

        return MlflowLogger(output, project=project)
    from uda.monitor.loggers.tensorboard import TensorBoardLogger

    return TensorBoardLogger(output, start=start)


class Loggers(RunLogger):
    """Passes every entry to each of several loggers.

    A logger that raises is warned of once. After three failures in a row it gets no more entries.

    Args:
        loggers: Loggers by name.
    """

    def __init__(self, loggers: dict[str, RunLogger]) -> None:
        self.loggers = loggers
        self._failures: dict[str, int] = dict.fromkeys(loggers, 0)
        self._warned: set[str] = set()

    @property
    def name(self) -> str:
        return ", ".join(self.loggers)

    @property
    def version(self) -> None:
        return None

    @property
    def place(self) -> str:
        return ", ".join(logger.place for logger in self.loggers.values())

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self._each(lambda logger: logger.log_metrics(metrics, step))

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        self._each(lambda logger: logger.log_hyperparams(params, *args, **kwargs))

    def log_yaml(self, name: str, text: str) -> None:
        self._each(lambda logger: logger.log_yaml(name, text))

    def log_image(self, name: str, picture: Image.Image, step: int) -> None:
        self._each(lambda logger: logger.log_image(name, picture, step))

    def log_features(self, found: DomainFeatures, step: int) -> None:
        self._each(lambda logger: logger.log_features(found, step))

    def finalize(self, status: str) -> None:
        self._failures = dict.fromkeys(self.loggers, 0)  # those left out are closed, too
        self._each(lambda logger: logger.finalize(status))

    def _each(self, act: Callable[[RunLogger], object]) -> None:
        for name, logger in self.loggers.items():
            if self._failures[name] == ATTEMPTS:
                continue
            try:
                act(logger)
                self._failures[name] = 0
            except Exception as error:
                self._failures[name] += 1
                if name not in self._warned:
                    self._warned.add(name)
                    log.warning(
                        "The logger %s failed; the run goes on, and metrics.jsonl has every entry. "
                        "After %d failures in a row it is left out. %s",
                        name,
                        ATTEMPTS,
                        _said(error),
                    )


def _said(error: Exception) -> str:
    """The first line of an error's message, which a service may make very long."""
    first = str(error).strip().partition("\n")[0]
    return f"{type(error).__name__}: {first[:300]}"
