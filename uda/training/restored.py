"""A trained model back from its checkpoint, and put to use."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from reid_datasets.errors import DatasetError
from reid_datasets.records import Tracklet
from reid_models import build as build_model
from torch import nn

from uda.config import Config
from uda.errors import CheckpointError, ConfigError, UdaError
from uda.evaluation import cache as stored
from uda.evaluation.benchmark import Row, evaluate_benchmark, read_splits
from uda.evaluation.features import Extraction
from uda.evaluation.features import extract as extract_features
from uda.evaluation.protocol import Reranking, test_tracklets
from uda.monitor.console import progress_bar
from uda.training import checkpoint
from uda.training.data import default_workers
from uda.training.scores import extraction

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Choices:
    """What the command line says about extraction; None is as in training."""

    frames: str | None = None
    clips: str | None = None
    flip: bool | None = None
    precision: str | None = None
    statistics: str | None = None

    def apply(self, settings: Config) -> Extraction:
        """The run's own way of extraction with these changes. ConfigError: one makes no sense."""
        values: dict[str, Any] = {
            key: value for key, value in vars(self).items() if value is not None
        }
        if self.frames is not None and self.frames != "all":
            if not (self.frames.isdecimal() and int(self.frames) > 0):
                raise ConfigError(
                    f"--frames {self.frames}: expected `all` or a number of frames, such as 4."
                )
            values["frames"] = int(self.frames)
        for key, allowed in (
            ("clips", ("strided", "chunks")),
            ("precision", ("auto", "32", "bf16", "fp16")),
            ("statistics", ("running", "camera")),
        ):
            if values.get(key, allowed[0]) not in allowed:
                raise ConfigError(f"--{key} {values[key]}: expected one of {', '.join(allowed)}.")
        return replace(extraction(settings), workers=default_workers(), **values)


def model(path: Path) -> tuple[nn.Module, Config]:
    """The student in evaluation mode, on the CPU, and the configuration it was trained with."""
    saved = checkpoint.load(path)
    try:
        settings = Config.model_validate(saved["config"])
        classes = saved["source"]["identities"]
        weights = saved["model"]
    except (KeyError, TypeError, ValidationError) as error:
        raise CheckpointError(
            f"The checkpoint {path} was written by another version ({saved.get('versions')}): "
            f"{str(error).splitlines()[0]}. Evaluate it with that version, or train again."
        ) from None
    student = build_model(
        settings.model.name,
        classes,
        pooling=settings.model.pooling,
        temporal=settings.model.temporal,
        norm=settings.model.norm,
        size=settings.data.size,
    )
    checkpoint.fit(path, student, weights, f"{settings.model.name} for {classes} identities")
    return student.eval(), settings


def evaluate(
    path: Path,
    roots: Mapping[str, Path],
    choices: Choices,
    *,
    reranking: Reranking | None = None,
    cache: Path | None = None,
) -> list[Row]:
    """A checkpoint's scores on benchmarks, by name and root.

    Every benchmark is read before the first is evaluated. Raises DatasetError, and UdaError for
    the checkpoint, the choices, or a test half that cannot be ranked.
    """
    session = _Session(path, choices)
    splits = {name: read_splits(name, root) for name, root in roots.items()}
    rows = []
    for name, root in roots.items():

        def extract(tracklets: Sequence[Tracklet], name: str = name) -> np.ndarray:
            if cache is None:
                return session.extract(name, tracklets)
            place = cache / f"{_file(name)}.safetensors"
            found, said = stored.lookup(place, session.origin(tracklets), len(tracklets))
            log.info("%s: %s", name, said if found is not None else f"{said}, extracting")
            return session.extract(name, tracklets) if found is None else found

        try:
            rows += evaluate_benchmark(
                name, root, splits[name], extract, session.how.describe(), reranking=reranking
            )
        except DatasetError:
            raise
        except ValueError as error:
            raise UdaError(
                f"The test half of {name} cannot be ranked: {error}. Look at the data with `uda "
                "check-data`; features that are no numbers mean that the weights have diverged."
            ) from None
    return rows


def extract(
    path: Path, roots: Mapping[str, Path], choices: Choices, *, output: Path, train: bool = False
) -> list[tuple[Path, int]]:
    """Writes the features of benchmarks' test halves, with ``train`` of their training halves too.

    Returns the files and how many features are in each. Raises as `evaluate` does.
    """
    session = _Session(path, choices)
    splits = {name: read_splits(name, root) for name, root in roots.items()}
    written = []
    for name in roots:
        halves = {"": test_tracklets(splits[name])}
        queries = {t.frames for split in splits[name] for t in split.query}
        if train:
            seen = {t.frames: t for split in splits[name] for t in split.train}
            halves["-train"] = list(seen.values())
        for suffix, tracklets in halves.items():
            place = output / f"{_file(name)}{suffix}.safetensors"
            parts = [
                ("train" if suffix else "query" if t.frames in queries else "gallery", t)
                for t in tracklets
            ]
            features = session.extract(f"{name}{suffix}", tracklets)
            stored.store(place, features, parts, session.origin(tracklets))
            written.append((place, len(features)))
    return written


class _Session:
    """The model of a checkpoint on the device there is, and how it extracts."""

    def __init__(self, path: Path, choices: Choices) -> None:
        student, settings = model(path)
        self.path = path
        self.how = choices.apply(settings)
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        try:
            self.dtype = self.how.dtype(self.device)
        except ValueError as error:
            raise ConfigError(f"--precision {self.how.precision}: {error}.") from None
        self.student = student.to(self.device)

    def extract(self, name: str, tracklets: Sequence[Tracklet]) -> np.ndarray:
        with progress_bar(f"extracting {name}") as progress:
            return extract_features(
                self.student, tracklets, self.how, device=self.device, progress=progress
            )

    def origin(self, tracklets: Sequence[Tracklet]) -> stored.Origin:
        height, width = self.how.size
        return stored.Origin(
            stored.file_sha256(self.path),
            stored.data_sha256(tracklets),
            f"{self.how.describe()} at {height}x{width}, {self.dtype or 'float32'}",
        )


def _file(name: str) -> str:
    """A benchmark's name as a file's; a split's number follows a dash."""
    return name.replace(":", "-")
