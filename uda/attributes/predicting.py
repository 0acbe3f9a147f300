"""What people in tracklets look like, as a trained model sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_models import ClipModel
from reid_models.attribute_heads import AttributeHeads

from uda.attributes.scores import answers_of
from uda.comparing.cosine import Cosine
from uda.errors import CheckpointError
from uda.features.extraction import Progress
from uda.features.extractor import Choices, Extractor
from uda.runs import restored


@dataclass(frozen=True)
class Predicted:
    """Probabilities of N tracklets by attribute, (N, C) float32, whose C columns are its ``values``
    in that order; a row sums to one. ``features`` (N, D) float32 are what the same model
    recognises people by, of length 1."""

    values: Mapping[str, tuple[str, ...]]
    probabilities: Mapping[str, np.ndarray]
    features: np.ndarray

    def likeliest(self, attribute: str) -> list[str]:
        """The likeliest value of an attribute for each tracklet. KeyError: it is not predicted."""
        values = self.values[attribute]
        return [values[place] for place in self.probabilities[attribute].argmax(1)]


@dataclass(frozen=True, eq=False)
class Recogniser:
    """A model with attribute ``heads``, whose temperatures are fitted, and its run's settings."""

    model: ClipModel
    heads: AttributeHeads
    settings: restored.Sections

    @classmethod
    def of(cls, checkpoint: Path) -> Recogniser:
        """Reads a file of `uda train` with a method that has attribute heads.

        Raises:
            CheckpointError: the file cannot be used, or its model has no attribute heads.
        """
        model, settings = restored.model(checkpoint)
        assert isinstance(model, ClipModel)
        if model.attribute_heads is None:
            raise CheckpointError(
                f"The model in {checkpoint} has no attribute heads. Train one with `uda train "
                "--method attributes` or `joint`, starting from this one with --init."
            )
        return cls(model, model.attribute_heads, settings)

    @property
    def values(self) -> Mapping[str, tuple[str, ...]]:
        """Values of the attributes that it recognises, by name."""
        return self.heads.values


def predict(
    recogniser: Recogniser,
    tracklets: Sequence[Tracklet | UnlabelledTracklet],
    choices: Choices | None = None,
    *,
    unlabelled: Sequence[Tracklet | UnlabelledTracklet] = (),
    progress: Progress | None = None,
) -> Predicted:
    """Attributes of tracklets.

    Args:
        recogniser: out of a checkpoint; its model is moved to the device there is.
        tracklets: N of any benchmark, labelled or not; labels are not looked at.
        choices: what is done otherwise than in the run's own tests.
        unlabelled: a training half to take batch-norm statistics from, where that is asked for.
        progress: called with the number of clips done and in all.

    Raises:
        ConfigError: a choice makes no sense here.
        DatasetError: a frame cannot be read.
    """
    model, heads = recogniser.model, recogniser.heads
    extractor = Extractor.of(model, Cosine(), recogniser.settings, choices).knowing(unlabelled)
    if not tracklets:
        none = {n: np.zeros((0, len(values)), np.float32) for n, values in heads.values.items()}
        return Predicted(heads.values, none, np.zeros((0, model.feature_size), np.float32))
    answers = answers_of(
        model,
        heads,
        tracklets,
        extractor.how,
        device=extractor.device,
        progress=progress,
        unlabelled=extractor.unlabelled,
    )
    probabilities = {
        name: torch.softmax(found / heads.head(name).temperature.cpu(), dim=1).numpy()
        for name, found in answers.scores.items()
    }
    return Predicted(heads.values, probabilities, answers.features.numpy())
