"""Weights to start from: a published set, or a file."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn
from torchvision.models import WeightsEnum

from reid_models.errors import ModelError


def load_imagenet(backbone: nn.Module, weights: WeightsEnum | None, name: str) -> None:
    """torchvision's ImageNet weights, from its cache or downloaded. Raises ModelError."""
    if weights is None:
        raise ModelError(
            f"There are no ImageNet weights for {name}. Use `--pretrained none`, or "
            "`--pretrained FILE` with weights of your own."
        )
    try:
        state = weights.get_state_dict(progress=False, check_hash=True)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            f"Expected ImageNet weights for {name} in torch's cache or at {weights.url}, but they "
            f"could not be had ({error}). Use `--pretrained none` to start from random weights, or "
            "download that file elsewhere and give its path: `--pretrained FILE`."
        ) from error
    _load(backbone, state, weights.url)


def load_file(backbone: nn.Module, path: Path) -> None:
    """A backbone's weights out of a file: a state dict, or a checkpoint that holds one.

    Reads torchvision files and this toolkit's own checkpoints, of which it takes the backbone.
    Raises ModelError.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise ModelError(
            f"Expected weights at {path}, found no such file. Give a file's path, `imagenet` or "
            "`none` to `--pretrained`."
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"Expected PyTorch weights in {path}, but it cannot be read as such "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__}). Save a state "
            "dict with torch.save, holding tensors and plain containers only."
        ) from error
    for key in ("model", "state_dict"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping):
        raise ModelError(
            f"Expected a state dict in {path}, found {type(content).__name__}. Save it with "
            "torch.save(model.state_dict(), path)."
        )
    _load(backbone, content, str(path))


def _load(backbone: nn.Module, state: Mapping[str, torch.Tensor], origin: str) -> None:
    """Copies the backbone's part of a state dict; every parameter must be there and fit."""
    stripped = {key.removeprefix("module."): value for key, value in state.items()}
    if any(key.startswith("backbone.") for key in stripped):
        stripped = {
            key.removeprefix("backbone."): value
            for key, value in stripped.items()
            if key.startswith("backbone.")
        }
    wanted = backbone.state_dict()
    unfit = [
        key
        for key, value in wanted.items()
        if key not in stripped or stripped[key].shape != value.shape
    ]
    if unfit:
        raise ModelError(
            f"Expected weights for this backbone in {origin}, but {len(unfit)} of its "
            f"{len(wanted)} tensors are missing there or have another shape (first: {unfit[0]}). "
            "Choose the model these weights were made for, or `--pretrained none`."
        )
    backbone.load_state_dict({key: stripped[key] for key in wanted})
