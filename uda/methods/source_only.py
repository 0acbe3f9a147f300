"""The control: identity and triplet loss on source, the target is never looked at."""

from __future__ import annotations

from typing import ClassVar

import torch
from reid_models.outputs import Features

from uda.config import SourceLosses
from uda.losses.identity import identity_loss
from uda.losses.metric import batch_hard_triplet
from uda.methods.contract import LabelledBatch, Method, UnlabelledBatch
from uda.methods.two_domains import of_source


class SourceOnly(Method):
    """L = L_ce + L_tri (Synthetic-to-Real, Eq. 5 and 6)."""

    config: SourceLosses
    uses_target: ClassVar[bool] = False

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        terms = source_losses(of_source(self.student, labelled), labelled.labels, self.config)
        return {"loss": terms["identity"] + terms["triplet"], **terms}


def source_losses(
    features: Features, labels: torch.Tensor, config: SourceLosses
) -> dict[str, torch.Tensor]:
    """Identity loss on the logits, triplet loss before the BNNeck; accuracies as metrics.

    A model with further heads (TCLNet, PSTA) has the mean of each loss over all of its heads.
    """
    assert features.logits is not None
    identities, triplets = [], []
    for video, logits in ((features.video, features.logits), *features.auxiliary):
        assert logits is not None
        identities.append(identity_loss(logits, labels, smoothing=config.smoothing))
        found = batch_hard_triplet(video, labels, margin=config.margin, distance=config.distance)
        triplets.append(found)
    _, violating = triplets[0]
    return {
        "identity": torch.stack(identities).mean(),
        "triplet": torch.stack([triplet for triplet, _ in triplets]).mean(),
        "identity_accuracy": (features.logits.argmax(dim=1) == labels).float().mean(),
        "triplets_violating": violating,
    }
