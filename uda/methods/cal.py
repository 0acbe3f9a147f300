"""Clothes-based adversarial learning, for sources in which people change clothes.

Gu et al., Clothes-Changing Person Re-identification with RGB Modality Only, CVPR 2022. Identity
loss and two more from a share of the training on: a clothes classifier learns from features that
get no gradient of it, and the backbone learns to give all clothes of a person the same likelihood.
The authors move the classifier first and then the backbone; here both move in one step, the
backbone against the classifier as it was before. There is no triplet loss, as in their code.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import nn
from torch.nn import functional as F

from uda.config import Cal as Settings
from uda.errors import ConfigError
from uda.losses.clothes import clothes_adversarial_loss, clothes_scores
from uda.losses.identity import identity_loss
from uda.methods.contract import LabelledBatch, Method, Sizes, UnlabelledBatch
from uda.methods.two_domains import of_source


class Cal(Method):
    """Student and clothes classifier. ConfigError: the source does not say who changes clothes."""

    config: Settings
    owners: torch.Tensor
    uses_target: ClassVar[bool] = False

    def __init__(self, student: nn.Module, config: Settings, sizes: Sizes) -> None:
        super().__init__(student, config, sizes)
        if len(sizes.clothes) == len(set(sizes.clothes)):
            found = "nobody changes clothes" if sizes.clothes else "there are no clothes labels"
            raise ConfigError(
                f"Method cal needs a source in which people wear several outfits, but {found} in "
                "it. Use ccvid or a rendered set with outfits, or another method."
            )
        self.register_buffer("owners", torch.tensor(sizes.clothes))
        self.clothes = nn.Parameter(torch.empty(len(sizes.clothes), sizes.video))
        nn.init.normal_(self.clothes, std=0.001)

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert labelled.clothes is not None
        features = of_source(self.student, labelled)
        assert features.logits is not None
        identity = identity_loss(features.logits, labelled.labels, smoothing=self.config.smoothing)
        terms = {
            "identity": identity,
            "identity_accuracy": (features.logits.argmax(1) == labelled.labels).float().mean(),
        }
        if progress < self.config.start:
            return {"loss": identity, **terms}
        scores = clothes_scores(features.embedding.detach(), self.clothes, self.config.scale)
        terms["clothes"] = F.cross_entropy(scores, labelled.clothes)
        terms["clothes_accuracy"] = (scores.argmax(1) == labelled.clothes).float().mean()
        terms["clothes_adversarial"] = clothes_adversarial_loss(
            clothes_scores(features.embedding, self.clothes.detach(), self.config.scale),
            labelled.clothes,
            labelled.labels,
            self.owners,
            epsilon=self.config.epsilon,
        )
        return {"loss": identity + terms["clothes"] + terms["clothes_adversarial"], **terms}
