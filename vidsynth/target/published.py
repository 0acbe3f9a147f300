"""Distances of published networks, whose weights nobody may ship: FID's Inception, Gatys' VGG-19.

Both take a file of weights that somebody downloaded; without it there is no such distance.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vidsynth.errors import TargetError
from vidsynth.target.comparing import Distance
from vidsynth.target.distances import frechet_distance, moments
from vidsynth.target.layouts import Part, read_target
from vidsynth.target.looking import layout_of

if TYPE_CHECKING:
    from torch import nn

    from vidsynth.target.aost.networks import Gatys

INCEPTION = "pt_inception-2015-12-05-6726825d.pth"
"""The file that FID is defined by, as pytorch-fid publishes it; its name ends in its SHA-256's
beginning."""
_BATCH = 16
_SIZE = 299

Real = tuple[Path, str, Part]


def published_distances(
    real: Real, sets: Mapping[str, Path], inception: Path | None, vgg: Path | None
) -> tuple[Distance, ...]:
    """FID by a file of Inception's weights, style and content by one of VGG-19's, of each set to
    the ``real`` crops (folder, layout, part). Raises TargetError for other files."""
    found: list[Distance] = []
    if inception is not None:
        network = inception_network(inception)
        name = "fid" if is_published(inception, INCEPTION) else f"fd of {inception.name}"
        wanted = moments(inception_features(network, _crops(*real)), enough=2)
        distances = {
            called: frechet_distance(
                moments(
                    inception_features(network, _crops(root, layout_of(root), "all")), enough=2
                ),
                wanted,
            )
            for called, root in sets.items()
        }
        found.append(Distance(name, "", distances))
    if vgg is not None:
        found += _gatys(vgg, real, sets)
    return tuple(found)


def is_published(file: Path, name: str) -> bool:
    """Whether a file is the one of that name: it ends in the first 8 digits of its SHA-256."""
    with file.open("rb") as opened:
        return name.endswith(f"-{hashlib.file_digest(opened, 'sha256').hexdigest()[:8]}.pth")


def inception_network(file: Path) -> nn.Module:
    """FID's Inception-v3 up to its 2,048 features, with the weights in ``file``.

    It differs from torchvision's in how three of its blocks pool (as TensorFlow's of 2015 did).
    Raises TargetError where the file holds something else.
    """
    import torch
    from torch import nn
    from torch.nn import functional
    from torchvision.models import Inception3

    network = Inception3(num_classes=1008, aux_logits=False, init_weights=False)
    try:
        weights = torch.load(file, map_location="cpu", weights_only=True)
        network.load_state_dict(weights)
    except Exception as error:  # whatever pickle, zip and torch say of a foreign file
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TargetError(
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
    import torch
    from torch.nn.functional import interpolate

    found = []
    with torch.inference_mode():
        for batch in _batches(crops):
            pixels = [
                interpolate(
                    torch.from_numpy(np.array(crop)).permute(2, 0, 1)[None].float() / 127.5 - 1,
                    (_SIZE, _SIZE),
                    mode="bilinear",
                    align_corners=False,
                )
                for crop in batch
            ]
            found.append(network(torch.cat(pixels)).double().numpy())
    return np.concatenate(found)


def _gatys(vgg: Path, real: Real, sets: Mapping[str, Path]) -> list[Distance]:
    from vidsynth.target.aost.means import Means, RunningMeans, mean_distances
    from vidsynth.target.aost.networks import load_network

    network = load_network(vgg)

    def mean_of(crops: Iterable[np.ndarray]) -> Means:
        running = RunningMeans()
        for batch in _batches(crops):
            running.add(network(batch), np.ones(len(batch)))
        return running.means()

    def to(means: Means, network: Gatys, crops: Iterable[np.ndarray]) -> tuple[float, float]:
        found = [mean_distances(network(batch), means) for batch in _batches(crops)]
        style, content = (np.concatenate([getattr(f, k) for f in found]) for k in _TERMS)
        return float(style.mean()), float(content.mean())

    wanted = mean_of(_crops(*real))
    distances = {
        called: to(wanted, network, _crops(root, layout_of(root), "all"))
        for called, root in sets.items()
    }
    return [
        Distance(f"gatys_{term}", "", {called: value[k] for called, value in distances.items()})
        for k, term in enumerate(_TERMS)
    ]


_TERMS = ("style", "content")


def _crops(root: Path, layout: str, part: Part) -> Iterator[np.ndarray]:
    """A crop of every tracklet."""
    for tracklet in read_target(root, layout, 1, part):
        yield tracklet.crops[0].pixels


def _batches(crops: Iterable[np.ndarray]) -> Iterator[Sequence[np.ndarray]]:
    remaining = iter(crops)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
