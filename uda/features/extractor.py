"""The one way from tracklets to features: a model, its device, and how it is asked.

The run's own test, `uda evaluate`, `uda extract` and whoever explores features use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import torch
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_models.domain_norm import separates_cameras

from uda.batches.feed import default_workers
from uda.comparing.contract import Comparison
from uda.config import Data, Evaluation, Model
from uda.errors import ConfigError
from uda.features.extraction import Extraction, Progress, Statistics, extract
from uda.features.statistics import has_statistics


@dataclass(frozen=True)
class Choices:
    """What the command line says about extraction; None is as in training."""

    frames: str | None = None
    clips: str | None = None
    flip: bool | None = None
    precision: str | None = None
    statistics: str | None = None
    estimated_on: str | None = None
    camera_share: float | None = None

    def apply(self, trained: Extraction) -> Extraction:
        """The run's own way of extraction with these changes.

        Raises:
            ConfigError: one makes no sense.
        """
        values: dict[str, Any] = {
            key: value for key, value in vars(self).items() if value is not None
        }
        if self.frames is not None and self.frames != "all":
            if not (self.frames.isdecimal() and int(self.frames) > 0):
                raise ConfigError(
                    f"--frames {self.frames}: expected `all` or a number of frames, such as 4."
                )
            values["frames"] = int(self.frames)
        if self.camera_share is not None and not 0 < self.camera_share <= 1:
            raise ConfigError(
                f"--camera-share {self.camera_share:g}: expected more than 0, and at most 1."
            )
        for key, option, allowed in (
            ("clips", "clips", ("strided", "chunks")),
            ("precision", "precision", ("auto", "32", "bf16", "fp16")),
            ("statistics", "statistics", get_args(Statistics)),
            ("estimated_on", "statistics-of", ("train", "test")),
        ):
            if values.get(key, allowed[0]) not in allowed:
                raise ConfigError(
                    f"--{option} {values[key]}: expected one of {', '.join(allowed)}."
                )
        how = replace(trained, **values)
        _require_effect(self, how)
        return how


def _require_effect(choices: Choices, how: Extraction) -> None:
    """ConfigError: a choice says nothing about features that are extracted in this way."""
    for option, value, idle, instead in (
        ("--camera-share", choices.camera_share, how.statistics != "camera", "--statistics camera"),
        ("--statistics-of", choices.estimated_on, how.statistics == "running",
         "--statistics target or camera"),
        ("--clips", choices.clips, how.frames != "all", "--frames all"),
    ):  # fmt: skip
        if value is not None and idle:
            raise ConfigError(
                f"{option} {value} changes nothing where features are of {how.describe()}. Leave "
                f"it out, or give {instead}, too."
            )


def _require_norms(model: torch.nn.Module, statistics: str | None) -> None:
    """ConfigError: the model's norms have no such ``statistics``, as an option asks for."""
    by_camera = separates_cameras(model)
    if statistics in ("running", "target") and by_camera:
        raise ConfigError(
            f"--statistics {statistics}: expected camera, as the model was trained with "
            "model.norm=cbn, which normalises camera by camera. Leave it out."
        )
    if statistics in ("target", "camera") and not by_camera and not has_statistics(model):
        raise ConfigError(
            f"--statistics {statistics}: expected a model with batch norms, found one without. "
            "Leave it out."
        )


def as_trained(model: Model, data: Data, evaluation: Evaluation, workers: int) -> Extraction:
    """How a run's features are extracted, with ``workers`` processes that decode."""
    return Extraction(
        size=data.size,
        clip_length=data.clip_length,
        frames=evaluation.frames,
        clips=evaluation.clips,
        flip=evaluation.flip,
        statistics="camera" if model.norm == "cbn" else evaluation.statistics,
        estimated_on=evaluation.estimated_on,
        camera_share=evaluation.camera_share,
        precision=evaluation.precision,
        batch=evaluation.batch,
        workers=workers,
        resize=data.resize,
    )


@dataclass(frozen=True)
class Extractor:
    """A model where it computes, how it is asked, and what is kept of its answers."""

    model: torch.nn.Module
    how: Extraction
    comparison: Comparison
    device: torch.device
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = ()

    @classmethod
    def of(
        cls,
        model: torch.nn.Module,
        comparison: Comparison,
        sections: Any,
        choices: Choices | None = None,
    ) -> Extractor:
        """The model on the device there is.

        Args:
            model: it is moved.
            comparison: says what is kept of the model's answers.
            sections: has ``model``, ``data`` and ``evaluation`` of the run's configuration.
            choices: what is changed about that.

        Raises:
            ConfigError: a choice makes no sense here.
        """
        trained = as_trained(sections.model, sections.data, sections.evaluation, default_workers())
        choices = choices or Choices()
        how = choices.apply(trained)
        _require_norms(model, choices.statistics)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            how.dtype(device)
        except ValueError as error:
            raise ConfigError(f"--precision {how.precision}: {error}.") from None
        return cls(model.to(device), how, comparison, device)

    def knowing(self, unlabelled: Sequence[Tracklet | UnlabelledTracklet]) -> Extractor:
        """The same with a training half to take statistics from; where that is empty, they come
        from the test clips."""
        how = self.how if unlabelled else replace(self.how, estimated_on="test")
        return replace(self, how=how, unlabelled=unlabelled)

    def __call__(
        self,
        tracklets: Sequence[Tracklet | UnlabelledTracklet],
        progress: Progress | None = None,
    ) -> torch.Tensor:
        """Features (N, D) float32 of length 1, on the device. DatasetError: as of `extract`."""
        return extract(
            self.model,
            tracklets,
            self.how,
            device=self.device,
            progress=progress,
            represent=self.comparison.represent,
            unlabelled=self.unlabelled,
        )

    def protocol(self) -> str:
        """Everything about the features but weights and data, in words."""
        height, width = self.how.size
        kept = "" if self.comparison.name == "cosine" else f", for {self.comparison.name}"
        dtype = self.how.dtype(self.device) or "float32"
        resized = "" if self.how.resize == "bilinear" else f" ({self.how.resize})"
        return f"{self.how.describe()} at {height}x{width}{resized}, {dtype}{kept}"
