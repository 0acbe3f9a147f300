"""Where a run's metrics and pictures go: TensorBoard, Weights & Biases, MLflow."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence

from uda.errors import ConfigError

PACKAGES: dict[str, tuple[str, ...]] = {
    "tensorboard": ("tensorboard",),
    "wandb": ("wandb",),
    "mlflow": ("mlflow", "sqlalchemy", "alembic"),
}
"""Logger by name, and the packages that it imports."""


def require(names: Sequence[str]) -> None:
    """Checks, without importing anything heavy, that loggers can be started.

    Args:
        names: Loggers of ``monitoring.loggers``.

    Raises:
        ConfigError: there is no such logger, or its package is not installed.
    """
    for name in names:
        if name not in PACKAGES:
            raise ConfigError(f"Unknown logger {name!r}. Known: {', '.join(PACKAGES)}.")
        missing = next((package for package in PACKAGES[name] if not _installed(package)), None)
        if missing:
            extra = "" if name == "tensorboard" else f"[{name}]"
            raise ConfigError(
                f"monitoring.loggers={name} needs the package {missing}, which is not installed. "
                f'Install it with: pip install "vidsynth-uda{extra}", or leave {name} out.'
            )


def _installed(package: str) -> bool:
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):  # hidden from imports
        return False
