"""Weights to start from: the student of any run of `uda train` (`--init`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from reid_models import ClipModel, lora
from reid_models.attribute_heads import part_name
from reid_models.domain_norm import from_plain

from uda.errors import CheckpointError
from uda.files import file_sha256
from uda.runs import checkpoint
from uda.runs.restored import attribute_values

CLASSIFIER = "classifier"
"""Part of a student that knows the source's identities, as a component of its weights' names."""
HEADS, TEMPERATURE = "attribute_heads.heads.", ".temperature"
"""How the names of weights of attribute heads begin, and of what is fitted to them afterwards."""


def start_from(path: Path, student: ClipModel, name: str, source: dict[str, Any]) -> dict[str, Any]:
    """Puts a checkpoint's student into this one.

    The identity classifier stays as it is unless both were trained on the same source tracklets,
    and so does the head of an attribute that the checkpoint does not know by the same values.
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
        weights = {key: tensor for key, tensor in weights.items() if not is_classifier(key)}
        mine = student.state_dict().items()
        weights |= {key: tensor for key, tensor in mine if is_classifier(key)}
    weights, taken = _with_attribute_heads(weights, student, attribute_values(saved))
    plain = from_plain(student, lora.merged(weights))
    checkpoint.fit(path, student, lora.from_plain(student, plain), name)
    return {
        "path": str(path),
        "sha256": file_sha256(path),
        "method": method,
        "source": theirs["name"],
        "identity_classifier": same,
        **({"attribute_heads": taken} if taken else {}),
    }


def _with_attribute_heads(
    weights: dict[str, torch.Tensor], student: ClipModel, values: dict[str, tuple[str, ...]]
) -> tuple[dict[str, torch.Tensor], list[str]]:
    """A checkpoint's weights with those attribute heads that the student has, and the names of the
    attributes whose heads are the checkpoint's. Temperatures are the student's own."""
    heads = student.attribute_heads
    taken = [] if heads is None else [n for n, v in heads.values.items() if values.get(n) == v]
    parts = {part_name(name) for name in taken}
    kept = {
        key: tensor
        for key, tensor in weights.items()
        if not key.startswith(HEADS) or (_part(key) in parts and not key.endswith(TEMPERATURE))
    }
    mine = {k: t for k, t in student.state_dict().items() if k.startswith(HEADS) and k not in kept}
    return kept | mine, taken


def _part(key: str) -> str:
    return key.removeprefix(HEADS).partition(".")[0]


def is_classifier(name: str) -> bool:
    """Whether a weight is of a classifier of the source's identities."""
    return CLASSIFIER in name.split(".")
