"""A trained model back from its checkpoint, and how its features are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from reid_models.lora import merge

from uda.comparing import COMPARISONS
from uda.comparing.contract import Comparison
from uda.comparing.cosine import Cosine
from uda.config import Data, Evaluation, Model
from uda.errors import CheckpointError
from uda.methods.registry import find, trusted
from uda.runs import checkpoint
from uda.runs.student import build_student


@dataclass(frozen=True)
class Sections:
    """What of a run's configuration says how to build its model and to extract features."""

    model: Model
    data: Data
    evaluation: Evaluation


@dataclass(frozen=True)
class Restored:
    """A run's model in evaluation mode on the CPU, its comparison, and the settings of both."""

    path: Path
    model: torch.nn.Module
    comparison: Comparison
    settings: Sections


def restore(path: Path, method: str | None = None) -> Restored:
    """The model and comparison of a checkpoint.

    Args:
        path: a file of `uda train`.
        method: the method it was trained with, where its code is in a file: code that a checkpoint
            names is run only if the user names it, too.

    Raises:
        CheckpointError: the file cannot be used, or needs code that ``method`` does not name.
    """
    saved = checkpoint.load(path)
    student, settings = _model(path, saved)
    return Restored(path, student, _comparison(path, saved, method), settings)


def model(path: Path) -> tuple[torch.nn.Module, Sections]:
    """The student in evaluation mode, on the CPU, low-rank parts merged, and the settings it was
    trained with."""
    return _model(path, checkpoint.load(path))


def compared_by(path: Path) -> str:
    """The name of a checkpoint's comparison; older formats are compared by cosine."""
    return str(_named(checkpoint.load(path))["name"])


def _named(saved: dict[str, Any]) -> dict[str, Any]:
    return dict(saved.get("comparison") or {"name": Cosine.name, "state": {}})


def attribute_values(saved: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """The values of the attributes that a checkpoint's model has heads for, by name."""
    described = saved.get("attributes", {"values": {}})
    return {name: tuple(values) for name, values in described["values"].items()}


def _model(path: Path, saved: dict[str, Any]) -> tuple[torch.nn.Module, Sections]:
    try:
        whole = saved["config"]
        settings = Sections(
            Model.model_validate(whole["model"]),
            Data.model_validate(whole["data"]),
            Evaluation.model_validate(whole["evaluation"]),
        )
        classes = saved["source"]["identities"]
        weights = saved["model"]
        attributes = attribute_values(saved)
    except (KeyError, TypeError, ValidationError) as error:
        raise CheckpointError(
            f"The checkpoint {path} was written by another version ({saved.get('versions')}): "
            f"{str(error).splitlines()[0]}. Evaluate it with that version, or train again."
        ) from None
    bare = settings.model.model_copy(update={"pretrained": "none", "frozen": None})
    student = build_student(bare, settings.data.size, classes, attributes)
    checkpoint.fit(path, student, weights, f"{settings.model.name} for {classes} identities")
    merge(student)
    return student.eval(), settings


def _comparison(path: Path, saved: dict[str, Any], method: str | None) -> Comparison:
    """As the checkpoint names it; checkpoints of older formats are compared by cosine."""
    named = _named(saved)
    if named["name"] in COMPARISONS:
        found = COMPARISONS[named["name"]]()
    else:
        owner = str(saved["config"]["method"]["name"])
        if method is None and not trusted(owner):
            raise CheckpointError(
                f"The features of {path} are compared by {named['name']!r}, a part of the method "
                f"{owner}, whose code is not installed. Say that you trust it: --method {owner}."
            )
        found = find(method or owner).compares_by()
        if found.name != named["name"]:
            raise CheckpointError(
                f"The features of {path} are compared by {named['name']!r}, but the method "
                f"{method or owner} compares by {found.name!r}. Name the method that trained it."
            )
    found.restore(named["state"])
    return found
