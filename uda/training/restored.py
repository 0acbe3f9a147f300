"""A trained model back from its checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from PIL import Image
from pydantic import ValidationError
from reid_datasets.benchmarks import load as load_benchmark
from reid_models import build as build_model
from torch import nn

from uda.config import Config
from uda.errors import CheckpointError, ConfigError
from uda.training import checkpoint, scores


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
    student = build_model(settings.model.name, classes, "none")
    checkpoint.fit(path, student, weights, f"{settings.model.name} for {classes} identities")
    return student.eval(), settings


def evaluate(
    path: Path, data: str, root: Path, *, frames: str | None = None
) -> tuple[dict[str, Any], Image.Image]:
    """Scores by name and the ranked list of a checkpoint on a benchmark's test half."""
    student, settings = model(path)
    if frames is not None:
        settings = with_frames(settings, frames)
    split = load_benchmark(data, root)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    found = scores.evaluate(student.to(device), split, settings, device=device)
    return scores.as_dict(found), scores.ranked_list(split, found)


def with_frames(settings: Config, frames: str) -> Config:
    if frames != "all" and not (frames.isdecimal() and int(frames) > 0):
        raise ConfigError(f"--frames {frames}: expected `all` or a number of frames, such as 4.")
    chosen = frames if frames == "all" else int(frames)
    evaluation = settings.evaluation.model_copy(update={"frames": chosen})
    return settings.model_copy(update={"evaluation": evaluation})
