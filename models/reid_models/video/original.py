"""Weights of the authors' repositories, in the models here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn

from reid_models.errors import ModelError
from reid_models.video.architecture import VideoArchitecture
from reid_models.video.video_resnet import STAGES, Place, place_name

HEAD = {"bn": "head.norm", "classifier": "head.classifier"}
"""What the repositories call the parts of `BNNeck`."""
BLOCKS = dict(zip(STAGES, (3, 4, 6, 3), strict=True))


def load_original(
    model: nn.Module, architecture: VideoArchitecture, state: Mapping[str, Any]
) -> list[str]:
    """Loads the authors' state dict, or a checkpoint that holds one; returns the keys left out.

    Sizes of one are disregarded where shapes are compared: 1 x k x k convolutions become k x k. The
    biases that inflated convolutions have and the ones here do not (SINet's) go into the running
    mean of the normalisation that follows, which leaves every output as it was. A classifier for
    another number of identities is left out, and the model keeps its own. Raises ModelError, and
    leaves the model as it was, when any other tensor is missing, has no place or does not fit.
    """
    target = model.state_dict()
    found: dict[str, torch.Tensor] = {}
    biases: dict[str, torch.Tensor] = {}
    left_out: list[str] = []
    for key, value in _tensors(state).items():
        name = architecture.rename(key.removeprefix("module."))
        if name is None or (_classifies(name) and not _fits(value, target.get(name))):
            left_out.append(key)
        elif _fits(value, target.get(name)):
            found[name] = value.reshape(target[name].shape)
        elif name not in target and (mean := _mean_behind(name)) in target:
            biases[mean] = value
        else:
            here = tuple(target[name].shape) if name in target else "no such tensor"
            raise ModelError(
                f"Expected weights published for {architecture.title}, but their {key} of shape "
                f"{tuple(value.shape)} meets {here} here. Choose the model that these weights were "
                f"made for, at its published clip length of {architecture.clip_length}."
            )
    missing = [
        name
        for name in target
        if name not in found and not _classifies(name) and not name.endswith("num_batches_tracked")
    ]
    if missing:
        raise ModelError(
            f"Expected weights published for {architecture.title}, but {len(missing)} of its "
            f"{len(target)} tensors are missing there (first: {missing[0]}). Choose the model that "
            "these weights were made for."
        )
    for mean, bias in biases.items():
        found[mean] = found[mean] - bias
    model.load_state_dict(target | found)
    return left_out


def resnet_names(
    inserted: Mapping[Place, Callable[[str], str]] | None = None,
) -> Callable[[str], str | None]:
    """Names of an inflated ResNet whose ``inserted`` modules count as blocks of their stage.

    ``inserted`` maps the place after whose block a module stands to how the rest of its keys is
    written here.
    """
    inserted = inserted or {}
    blocks: dict[str, tuple[str, Callable[[str], str]]] = {}
    for stage, number_of_blocks in BLOCKS.items():
        position = 0
        for number in range(number_of_blocks):
            blocks[f"{stage}.{position}"] = (f"backbone.{stage}.{number}", str)
            position += 1
            if (stage, number) in inserted:
                name = f"inserted.{place_name((stage, number))}"
                blocks[f"{stage}.{position}"] = (name, inserted[stage, number])
                position += 1

    def rename(key: str) -> str | None:
        first, _, rest = key.partition(".")
        if first in HEAD:
            return f"{HEAD[first]}.{rest}"
        number, _, tail = rest.partition(".")
        if first in STAGES:
            if f"{first}.{number}" not in blocks:
                return f"backbone.{key}"
            name, written = blocks[f"{first}.{number}"]
            return f"{name}.{written(tail)}"
        return f"backbone.{key}"

    return rename


def prefixed(names: Mapping[str, str], key: str) -> str | None:
    """``key`` with the first of ``names`` that it starts with put in its place; None for none."""
    for theirs, ours in names.items():
        if key == theirs or key.startswith(f"{theirs}."):
            return ours + key[len(theirs) :]
    return None


def _tensors(state: Mapping[str, Any]) -> dict[str, torch.Tensor]:
    for key in ("state_dict", "model_state_dict"):
        if isinstance(state.get(key), Mapping):
            state = state[key]
    return {key: value for key, value in state.items() if isinstance(value, torch.Tensor)}


def _fits(value: torch.Tensor, wanted: torch.Tensor | None) -> bool:
    return wanted is not None and _sizes(value) == _sizes(wanted)


def _sizes(value: torch.Tensor) -> list[int]:
    return [size for size in value.shape if size != 1]


def _classifies(name: str) -> bool:
    return ".classifier." in name


def _mean_behind(name: str) -> str:
    """The running mean that a convolution's bias moves: conv1 is followed by bn1, and so on."""
    stem = name.removesuffix(".bias")
    norm = re.sub(r"conv(\d)$", r"bn\1", re.sub(r"downsample\.0$", "downsample.1", stem))
    return f"{norm}.running_mean" if norm != stem else ""
