"""The layers of a backbone as a picture passes them, for rates that differ by depth."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import nn

from reid_models.timm_backbone import TimmBackbone


@runtime_checkable
class Layered(Protocol):
    """A backbone that says itself what its layers are, where its children do not."""

    def parameters_by_layer(self) -> list[list[nn.Parameter]]: ...


def depth_below_head(backbone: nn.Module) -> dict[nn.Parameter, int]:
    """How many layers before the head each weight lies: 1 in the last layer, n in the first.

    Layers of a transformer are its patch embedding (with positions, class and register tokens) and
    its blocks, the last with the norm after it; an attention pooling is one more. Those of timm's
    convolutional networks are what timm counts, and of others their stages: ResNet's are the stem
    and layer1 to layer4. A norm belongs to what it follows.
    """
    if isinstance(backbone, TimmBackbone):
        layers = _of_timm(backbone)
    elif isinstance(backbone, Layered):
        layers = backbone.parameters_by_layer()
    else:
        layers = _stages(backbone)
    joined: list[list[nn.Parameter]] = []
    for weights in layers:
        if joined and all(weight.ndim < 2 for weight in weights):
            joined[-1] += weights
        elif weights:
            joined.append(weights)
    return {
        weight: len(joined) - place for place, weights in enumerate(joined) for weight in weights
    }


def _of_timm(backbone: TimmBackbone) -> list[list[nn.Parameter]]:
    """As timm groups them, but for what it does not place (register tokens, a norm before the
    blocks), which it counts as head: if it comes before the first block it belongs to the stem."""
    from timm.models import group_parameters

    network = backbone.network
    matcher = getattr(network, "group_matcher", None)
    if matcher is None:  # MetaFormer, PiT: stages one after another, as a part of their own
        first, *others = (
            list(part.parameters())
            for child in network.children()
            for part in (child.children() if isinstance(child, nn.Sequential) else [child])
        )
        tokens = list(network.parameters(recurse=False))
        return [tokens + first, *others]
    place: dict[str, int] = group_parameters(network, matcher(coarse=False), reverse=True)
    weights = dict(network.named_parameters())
    head = max(place.values())
    for name in weights:
        if place[name] == 1:
            break
        place[name] = 0 if place[name] == head else place[name]
    found: list[list[nn.Parameter]] = [[] for _ in range(max(place.values()) + 1)]
    for name, weight in weights.items():
        found[place[name]].append(weight)
    return found


def _stages(module: nn.Module) -> list[list[nn.Parameter]]:
    """The weights of each child; those of its children where there is but one."""
    own = list(module.parameters(recurse=False))
    parts = [child for child in module.children() if any(True for _ in child.parameters())]
    if len(parts) == 1 and not own:
        return _stages(parts[0])
    return ([own] if own else []) + [list(part.parameters()) for part in parts]
