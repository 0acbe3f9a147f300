"""Weights for CAViT: a ViT's for all three branches, the authors' files, and own checkpoints."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional as F

from reid_models import pretrained as weights
from reid_models.errors import ModelError
from reid_models.timm_backbone import timm_backbone

VIT = "vit_base_patch16_224.orig_in21k_ft_in1k"
"""What the authors start from, jx_vit_base_p16_224-80ecf9dd.pth, as timm calls it today."""
_OF_BRANCH = {
    "patch_embed{}.proj": "patches",
    "pos_embed{}_flow.proj": "change",
    "pos_embed{}": "position",
    "blocks{}": "blocks",
}
"""Authors' names, with nothing, 2 or 3 for the branch."""


def load(backbone: nn.Module, source: str | Path) -> None:
    """ImageNet's weights ("imagenet"), or a file's. Raises ModelError."""
    if source == "imagenet":
        vit = timm_backbone(VIT, (224, 224), "imagenet").network.state_dict()
        weights.fill(backbone, of_vit(vit, backbone), f"timm/{VIT}")
        return
    state = weights.read(Path(source))
    if "patch_embed2.proj.weight" in state:
        state = of_authors(state)
    elif "patch_embed.proj.weight" in state:
        state = of_vit(state, backbone)
    weights.fill(backbone, state, str(source))


def of_authors(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Names of the released code's backbone as they are here; what has no place is left out."""
    named = {name: state[name] for name in ("norm.weight", "norm.bias") if name in state}
    for number, suffix in enumerate(("", "2", "3")):
        for theirs, ours in _OF_BRANCH.items():
            place = theirs.format(suffix)
            for key, value in state.items():
                if key == place or key.startswith(f"{place}."):
                    named[f"branches.{number}.{ours}{key.removeprefix(place)}"] = value
    return named


def of_vit(state: Mapping[str, torch.Tensor], backbone: nn.Module) -> dict[str, torch.Tensor]:
    """A ViT's weights in all branches: kernels and positions resized bilinearly, positions without
    the class token's, blocks as far as there are any. ModelError: it is no such ViT."""
    try:
        kernel, bias = state["patch_embed.proj.weight"], state["patch_embed.proj.bias"]
        positions = state["pos_embed"][:, 1:]
        side = math.isqrt(positions.shape[1])
        grid = positions.transpose(1, 2).unflatten(2, (side, side))
    except (KeyError, RuntimeError) as error:
        raise ModelError(
            f"Expected a ViT with square images and a class token ({VIT} of timm) to start CAViT "
            f"from, found other tensors ({weights.first_line(error)})."
        ) from error
    blocks = {key: value for key, value in state.items() if key.startswith("blocks.")}
    named = {name: state[name] for name in ("norm.weight", "norm.bias")}
    wanted = backbone.state_dict()
    for number in range(3):
        place = f"branches.{number}"
        shape = wanted[f"{place}.patches.weight"].shape[2:]
        resized = F.interpolate(kernel, tuple(shape), mode="bilinear")
        for part in ("patches", "change"):
            named |= {f"{place}.{part}.weight": resized, f"{place}.{part}.bias": bias}
        rows_and_columns = backbone.get_submodule(place).grid
        placed = F.interpolate(grid, rows_and_columns, mode="bilinear")  # type: ignore[arg-type]
        named[f"{place}.position"] = placed.flatten(2).transpose(1, 2)
        named |= {f"{place}.{key}": value for key, value in blocks.items()}
    return named
