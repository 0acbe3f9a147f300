"""Temperatures of a trained model, fitted on people that it has not learnt from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from reid_datasets.attributes import PREFIX
from reid_datasets.labels import UNKNOWN, columns
from reid_datasets.records import Tracklet, UnlabelledTracklet
from reid_models.attribute_heads import AttributeHeads
from torch import nn

from uda.attributes.scores import answers_of
from uda.attributes.temperatures import fit
from uda.features.extraction import Extraction


def calibrate(
    model: nn.Module,
    heads: AttributeHeads,
    held_out: Sequence[Tracklet],
    how: Extraction,
    device: torch.device,
    half: Sequence[Tracklet | UnlabelledTracklet],
) -> dict[str, float]:
    """Sets the temperature of each of a model's attribute heads.

    Args:
        model: with ``heads``, on ``device``.
        heads: the model's.
        held_out: tracklets with attributes as labels.
        how: which clips of a tracklet are seen, and under which statistics of batch norms: as the
            model will be asked, or temperatures are of other scores than those they divide.
        device: where the model is.
        half: tracklets of the same cameras, for statistics that ``how`` takes from training clips.

    Returns:
        Temperatures by attribute.
    """
    known = columns(held_out)
    unknown = np.full(len(held_out), UNKNOWN)
    found = {}
    answers = answers_of(model, heads, held_out, how, device=device, unlabelled=half)
    for name, of_attribute in answers.scores.items():
        labels = known.get(PREFIX + name, unknown)
        found[name] = fit(of_attribute, labels, known["identity"])
        heads.head(name).temperature.fill_(found[name])
    return found
