"""Crops as activations of an ImageNet network: what Frechet distances without downloads are of.

The network is MobileNetV2 with the weights of the extra ``weights``, frozen. Of five of its blocks
the mean and standard deviation over positions are taken, of one a grid of 8 x 4, which tells where
things are, and of the last layer the mean.
"""

from __future__ import annotations

import copy
import hashlib
import itertools
from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import adaptive_avg_pool2d
from torch.nn.utils.fusion import fuse_conv_bn_eval

from reid_models import image_architectures, pretrained

SIZE = (128, 256)
"""Width and height that crops are resized to."""
_BLOCKS = (1, 3, 6, 10, 13)
_GRID_BLOCK, _GRID = 13, (8, 4)
_BATCH = 16
_MEAN, _SD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def activations_of_crops(crops: Iterable[np.ndarray]) -> np.ndarray:
    """Activations float32 (N, D) of crops uint8 (H, W, 3), of any sizes.

    Raises ModelError where the network's weights cannot be had.
    """
    network, found = fused_network(), []
    remaining = map(resized, crops)
    while batch := list(itertools.islice(remaining, _BATCH)):
        found.append(activations(network, batch))
    return np.concatenate(found) if found else np.zeros((0, 0), np.float32)


@torch.inference_mode()
def activations(network: nn.Module, crops: Sequence[np.ndarray]) -> np.ndarray:
    """Activations float32 (B, D) of crops uint8 (256, 128, 3); ``network`` is `fused_network`."""
    images = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float().div(255)
    images = (images - torch.tensor(_MEAN).view(3, 1, 1)) / torch.tensor(_SD).view(3, 1, 1)
    found, value = [], images.contiguous(memory_format=torch.channels_last)
    for number, block in enumerate(network.get_submodule("features").children()):
        value = block(value)
        if number in _BLOCKS:
            found += [value.mean((2, 3)), value.std((2, 3))]
        if number == _GRID_BLOCK:
            found.append(adaptive_avg_pool2d(value, _GRID).flatten(1))
    found.append(value.mean((2, 3)))
    taken: np.ndarray = torch.cat(found, 1).numpy()
    return taken


@cache
def weights_mark() -> str:
    """SHA-256 of the network's weights, 16 digits. Raises ModelError as `fused_network` does."""
    digest = hashlib.sha256()
    for value in _network().state_dict().values():
        digest.update(value.numpy().tobytes())
    return digest.hexdigest()[:16]


@cache
def fused_network() -> nn.Module:
    """The network with its norms in its convolutions, which takes half of the time.

    Raises ModelError where its weights cannot be had.
    """
    network = copy.deepcopy(_network())
    for layers in [part for part in network.modules() if isinstance(part, nn.Sequential)]:
        named = list(layers.named_children())
        for (first, layer), (second, norm) in itertools.pairwise(named):
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(layers, first, fuse_conv_bn_eval(layer, norm))
                setattr(layers, second, nn.Identity())
    return network.to(memory_format=torch.channels_last)


def resized(pixels: np.ndarray, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A crop uint8 (H, W, 3) at ``size`` (width, height), pixels."""
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR))


@cache
def _network() -> nn.Module:
    architecture = image_architectures.IMAGE["mobilenet_v2"]
    assert architecture.backbone is not None
    network = architecture.backbone()
    pretrained.load_imagenet(network, architecture.imagenet, "mobilenet_v2")
    return network.eval()
