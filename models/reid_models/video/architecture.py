"""What is known of a published video model, besides its code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reid_models.video.video_resnet import VideoResNet50


@dataclass(frozen=True)
class VideoArchitecture:
    """A published video model.

    ``make``         number of identities, or None for no classifier, to the model;
    ``input_size``   (height, width) in pixels that it was published for;
    ``clip_length``  frames in a clip that it was published for; it takes any number;
    ``published``    millions of parameters and 10^9 multiply-additions for one such clip, both
                     without the classifier, counted on the authors' code;
    ``rename``       a key of the authors' state dict, without ``module.``, to the key here, or None
                     for what has no place here.
    """

    title: str
    paper: str
    make: Callable[[int | None], VideoResNet50]
    input_size: tuple[int, int]
    clip_length: int
    published: tuple[float, float]
    rename: Callable[[str], str | None]
