"""Weights to start from: the student of any run of `uda train` (`--init`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reid_models import lora
from reid_models.domain_norm import from_plain
from torch import nn

from uda.errors import CheckpointError
from uda.files import file_sha256
from uda.runs import checkpoint

CLASSIFIER = "classifier"
"""Part of a student that knows the source's identities, as a component of its weights' names."""


def start_from(path: Path, student: nn.Module, name: str, source: dict[str, Any]) -> dict[str, Any]:
    """Puts a checkpoint's student into this one.

    The identity classifier stays as it is unless both were trained on the same source tracklets.
    Norms by camera or domain start as the checkpoint's single ones; low-rank parts of the
    checkpoint's are merged, and this student's start anew.

    Args:
        path: the checkpoint.
        student: its weights are replaced.
        name: the student's architecture.
        source: this run's source (`uda.batches.domains.describe`).

    Returns:
        What run.json says about it.

    Raises:
        CheckpointError: it is not a checkpoint, or of another architecture.
    """
    saved = checkpoint.load(path)
    try:
        model, method = saved["config"]["model"]["name"], saved["config"]["method"]["name"]
        weights, theirs = dict(saved["model"]), saved["source"]
        same = all(theirs[key] == source[key] for key in ("names_sha256", "identities"))
    except (KeyError, TypeError) as error:
        raise CheckpointError(
            f"Expected a checkpoint of this version in --init {path}, found one without {error} "
            f"({saved.get('versions')}). Use `--pretrained` for its backbone alone."
        ) from None
    if model != name:
        raise CheckpointError(
            f"--init {path} is a {model}, but this run trains a {name}. Set model.name={model}, or "
            f"start from a checkpoint of a {name}."
        )
    if not same:
        weights = {key: tensor for key, tensor in weights.items() if not _identities(key)}
        mine = student.state_dict().items()
        weights |= {key: tensor for key, tensor in mine if _identities(key)}
    plain = from_plain(student, lora.merged(weights))
    checkpoint.fit(path, student, lora.from_plain(student, plain), name)
    return {
        "path": str(path),
        "sha256": file_sha256(path),
        "method": method,
        "source": theirs["name"],
        "identity_classifier": same,
    }


def _identities(name: str) -> bool:
    return CLASSIFIER in name.split(".")
