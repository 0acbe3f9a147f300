"""Low-rank adaptation: published weights stay, and a small product of two matrices is added.

Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, ICLR 2022.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils import parametrize

from reid_models.errors import ModelError

_WEIGHT = ".parametrizations.weight"


@dataclass(frozen=True)
class Lora:
    """Which linear layers of a backbone are adapted, and how far they can move.

    ``layers`` are parts of their names: "attn" is all linear layers of attentions, "mlp" those of
    MLPs, "attn.qkv" queries, keys and values alone, "blocks.11" all of the twelfth block.
    """

    rank: int
    alpha: float
    layers: tuple[str, ...] = ("attn",)


class LowRank(nn.Module):
    """W becomes W + (alpha / r) U D, U (out, r) and D (r, in) being learned from U = 0."""

    scale: torch.Tensor

    def __init__(self, linear: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.down = nn.Parameter(linear.weight.new_empty(rank, linear.in_features))
        self.up = nn.Parameter(linear.weight.new_zeros(linear.out_features, rank))
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))  # as in the authors' code
        # A tensor, so that a file of weights alone says how it is merged.
        self.register_buffer("scale", torch.tensor(alpha / rank, device=linear.weight.device))

    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return weight + self.scale * self.up @ self.down


def adapt(backbone: nn.Module, lora: Lora) -> None:
    """From here on the low-rank parts of some linear layers are all that learns of a backbone.

    They replace the weight itself (`torch.nn.utils.parametrize`), because some of timm's attentions
    read it rather than call the layer. Raises ModelError when a name fits no linear layer.
    """
    linear = {
        name: module for name, module in backbone.named_modules() if isinstance(module, nn.Linear)
    }
    if not linear:
        raise ModelError(
            f"Expected a transformer for model.lora_rank={lora.rank}, found a backbone without "
            "linear layers. Choose a ViT, such as timm/vit_small_patch16_224, or leave LoRA out "
            "(model.frozen keeps first layers of a convolutional network as they are)."
        )
    chosen = [name for name in linear if any(_within(name, part) for part in lora.layers)]
    for part in lora.layers:
        if not any(_within(name, part) for name in linear):
            raise ModelError(_unknown(part, list(linear)))
    for name, module in linear.items():
        if name in chosen and lora.rank > (most := min(module.in_features, module.out_features)):
            raise ModelError(
                f"Expected model.lora_rank up to {most}, the smaller side of {name}, found "
                f"{lora.rank}: choose a smaller rank, commonly 4 to 32."
            )
    backbone.requires_grad_(False)
    for name in chosen:
        low_rank = LowRank(linear[name], lora.rank, lora.alpha)
        parametrize.register_parametrization(linear[name], "weight", low_rank)


def merge(model: nn.Module) -> None:
    """Adapted layers become plain ones of the same outputs, in place."""
    for module in list(model.modules()):
        if parametrize.is_parametrized(module, "weight"):
            parametrize.remove_parametrizations(module, "weight", leave_parametrized=True)


def merged(state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A state dict as of the model after `merge`; other state dicts as they are."""
    plain = {name: tensor for name, tensor in state.items() if _WEIGHT not in name}
    for name, weight in state.items():
        place, _, part = name.partition(f"{_WEIGHT}.")
        if part == "original":
            up, down, scale = (state[f"{place}{_WEIGHT}.0.{n}"] for n in ("up", "down", "scale"))
            plain[f"{place}.weight"] = weight + scale * up @ down
    return plain


def from_plain(model: nn.Module, state: Mapping[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A state dict without low-rank parts under the names of ``model``, whose own are kept."""
    named = dict(state)
    for place, module in model.named_modules():
        if parametrize.is_parametrized(module, "weight") and f"{place}.weight" in named:
            named[f"{place}{_WEIGHT}.original"] = named.pop(f"{place}.weight")
            for name, tensor in module.parametrizations["weight"][0].state_dict().items():
                named[f"{place}{_WEIGHT}.0.{name}"] = tensor
    return named


def _within(name: str, part: str) -> bool:
    """Whether "blocks.3.attn.qkv" has "attn", or "attn.qkv", among its components."""
    return f".{part}." in f".{name}."


def _unknown(part: str, linear: list[str]) -> str:
    parts = dict.fromkeys(
        component for name in linear for component in name.split(".") if not component.isdigit()
    )
    near = difflib.get_close_matches(part, parts, 3) or list(parts)[:8]
    return (
        f"Expected model.lora_layers to name parts of this backbone that have linear layers, found "
        f"{part!r}, which has none. Near it: {', '.join(near)}; one layer is called {linear[0]!r}."
    )
