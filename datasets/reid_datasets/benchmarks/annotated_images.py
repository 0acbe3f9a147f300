"""PETA, PA-100K and RAP: images with attributes and without identities.

Every image counts as somebody else, and the test images are a gallery that nobody is looked for in:
`reid_datasets.attributes.describe` says what they show.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reid_datasets.attributes import image_sets
from reid_datasets.attributes.image_sets import Annotations
from reid_datasets.benchmarks.layout import require_layout
from reid_datasets.counts import Counts
from reid_datasets.frames import ImageFiles
from reid_datasets.records import Split, Tracklet

SPLITS = 5


def _counts(train: int, test: int) -> dict[str, Counts]:
    return {
        "train": Counts(None, train, train, 0),
        "query": Counts(0, 0, 0, 0),
        "gallery": Counts(None, test, test, 0),
    }


PETA = _counts(11_400, 7_600)
PA_100K = _counts(80_000, 10_000)
PA_100K_TRAINVAL = _counts(90_000, 10_000)
RAP = _counts(33_268, 8_317)
OBTAIN_PETA = (
    "images and PETA.mat by the link in the GitHub repository "
    "dangweili/pedestrian-attribute-recognition-pytorch"
)
OBTAIN_PA_100K = "link in the GitHub repository xh-liu/HydraPlus-Net"
OBTAIN_RAP = "on request from its authors, rap.idealtest.org"


def read_peta(root: Path, split: int) -> Split:
    """Random split 0 to 4, training and validation images together. Raises DatasetError."""
    return _split(image_sets.peta(root), split, ("train", "val"), "PETA", OBTAIN_PETA)


def read_pa100k(root: Path) -> Split:
    """The official split without the validation images. Raises DatasetError."""
    return _split(image_sets.pa100k(root), 0, ("train",), "PA-100K", OBTAIN_PA_100K)


def read_pa100k_trainval(root: Path) -> Split:
    """The official split, training and validation images together. Raises DatasetError."""
    return _split(image_sets.pa100k(root), 0, ("train", "val"), "PA-100K", OBTAIN_PA_100K)


def read_rap(root: Path, split: int) -> Split:
    """Random split 0 to 4. Raises DatasetError."""
    return _split(image_sets.rap(root), split, ("train",), "RAP", OBTAIN_RAP)


def _split(
    found: Annotations, split: int, training: tuple[str, ...], title: str, obtain: str
) -> Split:
    require_layout(found.directory.parent, title, (found.directory.name,), obtain)
    parts = found.parts[split]
    train = np.sort(np.concatenate([parts[part] for part in training]))
    return Split(_images(found, train), (), _images(found, np.sort(parts["test"])))


def _images(found: Annotations, places: np.ndarray) -> tuple[Tracklet, ...]:
    return tuple(
        Tracklet(ImageFiles(found.directory, (found.files[place],)), place + 1, None)
        for place in places.tolist()
    )
