"""A crop as numbers: an ImageNet network's activations, and statistics of pixels that it loses.

The network is MobileNetV2 with the weights of the extra ``weights``, frozen. Of five of its blocks
the mean and standard deviation over positions are taken, of one a grid of 8 x 4, which tells where
things are, and of the last layer the mean.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from vidsynth.errors import TargetError
from vidsynth.target.crop_statistics import describe_pixels
from vidsynth.target.net_b import SMALL

if TYPE_CHECKING:
    from torch import nn

SIZE = (128, 256)
"""Width and height that crops are resized to."""
NAME = "mobilenet_v2-bottleneck/blocks-1-3-6-10-13"
_BLOCKS = (1, 3, 6, 10, 13)
_GRID_BLOCK, _GRID = 13, (8, 4)
_BATCH = 16
_MEAN, _SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, eq=False)
class Described:
    """N crops: ``network`` float32 (N, D), activations; ``pixels`` float32 (N, E), statistics;
    ``small`` uint8 (N, 128, 64, 3), the crops for net B, None where they are not wanted."""

    network: np.ndarray
    pixels: np.ndarray
    small: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.network)

    def part(self, rows: np.ndarray) -> Described:
        """Those rows alone."""
        small = None if self.small is None else self.small[rows]
        return Described(self.network[rows], self.pixels[rows], small)

    @classmethod
    def joined(cls, parts: Sequence[Described]) -> Described:
        """All of these, one after another."""
        small = [part.small for part in parts if part.small is not None]
        return cls(
            np.concatenate([part.network for part in parts]),
            np.concatenate([part.pixels for part in parts]),
            np.concatenate(small) if len(small) == len(parts) else None,
        )


def describe(crops: Iterable[np.ndarray], small: bool = False) -> Described:
    """What networks and pixels say of crops uint8 (H, W, 3), of any sizes; ``small`` keeps them for
    net B.

    Raises TargetError where the network's weights cannot be had.
    """
    import torch

    network = fused_network()
    activations, statistics, kept = [], [], []
    with torch.inference_mode():
        for batch in _batches(map(_resized, crops)):
            statistics += [describe_pixels(crop) for crop in batch]
            kept += [_resized(crop, SMALL) for crop in batch if small]
            images = torch.from_numpy(np.stack(batch)).permute(0, 3, 1, 2).float().div(255)
            images = (images - torch.tensor(_MEAN).view(3, 1, 1)) / torch.tensor(_SD).view(3, 1, 1)
            taken = _activations(network, images.contiguous(memory_format=torch.channels_last))
            activations.append(taken)
    if not activations:
        return Described(np.zeros((0, 0), np.float32), np.zeros((0, 0), np.float32))
    return Described(
        np.concatenate(activations), np.stack(statistics), np.stack(kept) if small else None
    )


@cache
def weights_mark() -> str:
    """SHA-256 of the network's weights, 16 digits."""
    digest = hashlib.sha256()
    for value in _network().state_dict().values():
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:16]


@cache
def _network() -> nn.Module:
    from reid_models import image_architectures, pretrained
    from reid_models.errors import ModelError

    architecture = image_architectures.IMAGE["mobilenet_v2"]
    assert architecture.backbone is not None
    network = architecture.backbone()
    try:
        pretrained.load_imagenet(network, architecture.imagenet, "mobilenet_v2")
    except ModelError as error:
        raise TargetError(str(error)) from error
    return network.eval()


@cache
def fused_network() -> nn.Module:
    """The network with its norms in its convolutions, which takes half of the time."""
    import torch
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    network = copy.deepcopy(_network())
    for layers in [part for part in network.modules() if isinstance(part, nn.Sequential)]:
        named = list(layers.named_children())
        for (first, layer), (second, norm) in itertools.pairwise(named):
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(layers, first, fuse_conv_bn_eval(layer, norm))
                setattr(layers, second, nn.Identity())
    return network.to(memory_format=torch.channels_last)


def _activations(network: nn.Module, images: object) -> np.ndarray:
    import torch
    from torch.nn.functional import adaptive_avg_pool2d

    found, value = [], images
    for number, block in enumerate(network.get_submodule("features").children()):
        value = block(value)
        assert isinstance(value, torch.Tensor)
        if number in _BLOCKS:
            found += [value.mean((2, 3)), value.std((2, 3))]
        if number == _GRID_BLOCK:
            found.append(adaptive_avg_pool2d(value, _GRID).flatten(1))
    assert isinstance(value, torch.Tensor)
    found.append(value.mean((2, 3)))
    taken: np.ndarray = torch.cat(found, 1).numpy()
    return taken


def _resized(pixels: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


def _batches(crops: Iterable[np.ndarray]) -> Iterator[list[np.ndarray]]:
    remaining = iter(crops)
    while batch := list(itertools.islice(remaining, _BATCH)):
        yield batch
