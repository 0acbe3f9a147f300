"""FID's Inception, whose weights nobody may ship: it takes a file that somebody downloaded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional
from torchvision.models import Inception3

from reid_models.errors import ModelError
from reid_models.undamaged import load_undamaged

INCEPTION = "pt_inception-2015-12-05-6726825d.pth"
"""The file that FID is defined by, as pytorch-fid publishes it; its name ends in its SHA-256's
beginning."""
_BATCH = 16
_SIZE = 299


def fid_name(file: Path) -> str:
    """What distances by a file of weights are called: ``fid`` for the published one."""
    return "fid" if is_published(file, INCEPTION) else f"fd of {file.name}"


def is_published(file: Path, name: str) -> bool:
    """Whether a file is the one of that name: it ends in the first 8 digits of its SHA-256."""
    with file.open("rb") as opened:
        return name.endswith(f"-{hashlib.file_digest(opened, 'sha256').hexdigest()[:8]}.pth")


def inception_network(file: Path) -> nn.Module:
    """FID's Inception-v3 up to its 2,048 features, with the weights in ``file``.

    It differs from torchvision's in how three of its blocks pool (as TensorFlow's of 2015 did).
    Raises ModelError where the file holds something else.
    """
    network = Inception3(num_classes=1008, aux_logits=False, init_weights=False)
    try:
        weights = load_undamaged(file)
        network.load_state_dict(weights)
    except Exception as error:  # whatever pickle, zip and torch say of a foreign file
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ModelError(
            f"Expected the weights of FID's Inception in {file} ({INCEPTION}, as pytorch-fid "
            f"publishes it), found something else: {said} Without the file there is no FID; "
            "the Frechet distance of our own features needs none."
        ) from None

    def average(x: torch.Tensor) -> torch.Tensor:
        return functional.avg_pool2d(x, 3, 1, 1, count_include_pad=False)

    def largest(x: torch.Tensor) -> torch.Tensor:
        return functional.max_pool2d(x, 3, 1, 1)

    for name in ("5b", "5c", "5d", "6b", "6c", "6d", "6e", "7b"):
        _pool_otherwise(network.get_submodule(f"Mixed_{name}"), average)
    _pool_otherwise(network.get_submodule("Mixed_7c"), largest)
    network.fc = nn.Identity()
    return network.eval()


def _pool_otherwise(block: Any, pool: Callable[[Any], Any]) -> None:
    """The last branch of an Inception block pools by ``pool``."""
    branches = block._forward

    def otherwise(x: Any) -> list[Any]:
        found: list[Any] = branches(x)
        found[-1] = block.branch_pool(pool(x))
        return found

    block._forward = otherwise


def inception_features(network: nn.Module, crops: Iterable[np.ndarray]) -> np.ndarray:
    """Features float64 (N, 2048) of crops uint8 (H, W, 3), resized to 299 x 299 as FID does."""
    found, remaining = [], iter(crops)
    with torch.inference_mode():
        while batch := list(islice(remaining, _BATCH)):
            pixels = [
                functional.interpolate(
                    torch.from_numpy(np.array(crop)).permute(2, 0, 1)[None].float() / 127.5 - 1,
                    (_SIZE, _SIZE),
                    mode="bilinear",
                    align_corners=False,
                )
                for crop in batch
            ]
            found.append(network(torch.cat(pixels)).double().numpy())
    return np.concatenate(found)
