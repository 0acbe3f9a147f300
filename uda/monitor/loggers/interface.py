"""What every logger of a run can do: Lightning Fabric's interface, pictures, texts, features."""

from __future__ import annotations

from abc import abstractmethod
from argparse import Namespace
from typing import Any

from lightning_fabric.loggers import Logger
from PIL import Image

from uda.monitor.domains import DomainFeatures


class RunLogger(Logger):
    """A logger of one run. A resumed run continues its entries and repeats no step."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where a person finds the run: a folder or an address."""

    @abstractmethod
    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        """Logs scalars by name, such as ``loss/triplet``, at a step (0 where it is None)."""

    @abstractmethod
    def log_hyperparams(
        self, params: dict[str, Any] | Namespace, *args: Any, **kwargs: Any
    ) -> None:
        """Logs the settings of the run: sections of values."""

    @abstractmethod
    def log_yaml(self, name: str, text: str) -> None:
        """Keeps a text in YAML under a name; a resumed run replaces it."""

    @abstractmethod
    def log_image(self, name: str, picture: Image.Image, step: int) -> None:
        """Logs a picture by name, such as ``clips/source``."""

    @abstractmethod
    def log_features(self, found: DomainFeatures, step: int) -> None:
        """Logs features of clips with their domains and cameras, to be projected and searched."""

    @abstractmethod
    def finalize(self, status: str) -> None:
        """Closes the logger. ``status``: success, failed or aborted."""
