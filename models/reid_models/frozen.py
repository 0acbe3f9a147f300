"""Weights that stay as they started: what a backbone's first layers see is of pictures in general.

A source of a few hundred rendered people teaches those layers its own look, and unteaches them the
world's. Nothing is computed backwards for them either.
"""

from __future__ import annotations

import difflib

from torch import nn

from reid_models.errors import ModelError
from reid_models.layers import Layered


def freeze(backbone: nn.Module, last: str) -> None:
    """Weights up to the part named ``last``, itself included, no longer learn.

    The order is that in which a backbone registers its parts, which is that in which a picture
    passes them; of one whose branches stand side by side (CAViT), all branches are frozen up to the
    same layer. Batch norms up to there keep their weights, too, but go on normalising by the batch
    in training, and their running statistics follow the data: the statistics of a target or of a
    camera can take their place as in the layers that learn.

    Raises ModelError when there is no such part with weights, or nothing is left to learn.
    """
    names = [name for name, _ in backbone.named_parameters()]
    depths = _depths(backbone)
    inside = [d for name, d in zip(names, depths, strict=True) if f"{name}.".startswith(f"{last}.")]
    parts = list(dict.fromkeys(part for name in names for part in _prefixes(name)))
    if not last or not inside:
        near = difflib.get_close_matches(last, parts, 3) or parts[:8]
        raise ModelError(
            f"Expected the last part of the backbone that stays as it is, found {last!r}, which it "
            f"does not have. Near it: {', '.join(near)}."
        )
    if max(inside) == max(depths):
        raise ModelError(
            f"Expected a part of the backbone with others after it, found {last!r}, its last: "
            "nothing of it would learn. Name an earlier one, such as "
            f"{parts[len(parts) // 2]!r}."
        )
    for weight, depth in zip(backbone.parameters(), depths, strict=True):
        if depth <= max(inside):
            weight.requires_grad_(False)


def _depths(backbone: nn.Module) -> list[int]:
    """Where a picture meets each weight, in the order of `parameters`."""
    if not isinstance(backbone, Layered):
        return [place for place, _ in enumerate(backbone.parameters())]
    layers = enumerate(backbone.parameters_by_layer())
    place = {weight: depth for depth, weights in layers for weight in weights}
    return [place[weight] for weight in backbone.parameters()]


def _prefixes(name: str) -> list[str]:
    """Of "layer1.0.conv1.weight": layer1, layer1.0, layer1.0.conv1."""
    owners = name.split(".")[:-1]
    return [".".join(owners[:depth]) for depth in range(1, len(owners) + 1)]
