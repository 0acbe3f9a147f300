"""The networks whose activations style and content are: MobileNetV2 of the extra ``[weights]``, or
the paper's VGG-19 out of a published file. Gatys et al., CVPR 2016."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.aost.means import Activations
from vidsynth.target.features import fused_network, weights_mark

if TYPE_CHECKING:
    import torch
    from torch import nn

SIZE = (256, 128)
"""Height and width in pixels that every crop is resized to; the paper does not state its own."""
_MEAN, _SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class Layers:
    """Whose activations are taken: of ``modules`` (number among a network's), called ``names``.

    Style is measured on all but the last, content on the last.
    """

    network: str
    modules: tuple[int, ...]
    names: tuple[str, ...]


MOBILENET_V2 = Layers(
    "mobilenet_v2",
    (1, 3, 6, 10, 13, 10),
    ("block1", "block3", "block6", "block10", "block13", "block10"),
)
"""Ours: the last blocks of each width up to a sixteenth of the resolution."""
VGG19 = Layers(
    "vgg19",
    (1, 6, 11, 20, 29, 22),
    ("conv1_1", "conv2_1", "conv3_1", "conv4_1", "conv5_1", "conv4_2"),
)
"""Gatys' layers, each after its ReLU; AOST's paper does not state its own."""


class Gatys:
    """A frozen network: crops to content maps and Gram matrices.

    ``mark`` names its weights: distances of other weights mean other things.
    """

    def __init__(self, layers: Layers, modules: nn.Sequential, mark: str) -> None:
        self.layers, self.mark = layers, mark
        self._modules = modules[: max(layers.modules) + 1].eval()

    def __call__(self, crops: Sequence[np.ndarray], batch: int = 32) -> Activations:
        """Activations of crops, uint8 ``(H, W, 3)`` each, of any sizes."""
        import torch

        parts = []
        with torch.inference_mode():
            for first in range(0, len(crops), batch):
                pixels = torch.stack([_prepared(c) for c in crops[first : first + batch]])
                parts.append(self._of(pixels.contiguous(memory_format=torch.channels_last)))
        return Activations.joined(parts)

    def _of(self, values: torch.Tensor) -> Activations:
        seen: dict[int, torch.Tensor] = {}
        for number, module in enumerate(self._modules):
            values = module(values)
            if number in self.layers.modules:
                seen[number] = values
        *style, content = (seen[number] for number in self.layers.modules)
        grams = []
        for maps in style:
            flat = maps.flatten(2).double()
            # G / (N M): then w / (4 N^2 M^2) of the sums is w / 4 of these.
            grams.append((flat @ flat.mT / (flat.shape[1] * flat.shape[2])).numpy())
        return Activations(content.double().numpy(), tuple(grams))


def load_network(vgg: Path | None = None) -> Gatys:
    """MobileNetV2 with ImageNet weights, or VGG-19 with those in a file that torchvision published
    (vgg19-dcbb9e9d.pth). Raises TargetError."""
    from torch import nn

    if vgg is None:
        network = fused_network().get_submodule("features")
        assert isinstance(network, nn.Sequential)
        return Gatys(MOBILENET_V2, network, f"{MOBILENET_V2.network}@{weights_mark()[:12]}")
    from reid_models import pretrained
    from reid_models.errors import ModelError
    from torchvision.models.vgg import cfgs, make_layers

    features = make_layers(cfgs["E"])  # vgg19().features, without its 124 M classifier
    try:
        pretrained.fill(
            features,
            pretrained.state_dict(vgg),
            str(vgg),
            lambda key: key.removeprefix("features."),
        )
    except ModelError as error:
        raise TargetError(str(error)) from None
    return Gatys(VGG19, features, _mark(VGG19, features))


def _mark(layers: Layers, modules: nn.Module) -> str:
    """Network and weights in one word: ``mobilenet_v2@2f518e773d44``."""
    found = hashlib.sha256()
    for value in modules.state_dict().values():
        found.update(value.numpy().tobytes())
    return f"{layers.network}@{found.hexdigest()[:12]}"


def _prepared(crop: np.ndarray) -> torch.Tensor:
    """A crop uint8 ``(H, W, 3)`` as the networks were trained to see it, ``(3, 256, 128)``."""
    import torch
    from torch.nn.functional import interpolate

    pixels = torch.from_numpy(np.array(crop)).permute(2, 0, 1)[None].float() / 255
    if pixels.shape[2:] != SIZE:
        pixels = interpolate(pixels, SIZE, mode="bilinear", antialias=True)
    return ((pixels - torch.tensor(_MEAN)[:, None, None]) / torch.tensor(_SD)[:, None, None])[0]
