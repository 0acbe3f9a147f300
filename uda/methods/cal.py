"""Clothes-based adversarial learning, for sources in which people change clothes.

Gu et al., Clothes-Changing Person Re-identification with RGB Modality Only, CVPR 2022. Identity
loss and two more from a share of the training on: a clothes classifier learns from features that
get no gradient of it, and the backbone learns to give all clothes of a person the same likelihood.
The classifier has an optimiser of its own at a constant learning rate, as in the authors' code.
They move the classifier first and then the backbone; here both move in one step, the backbone
against the classifier as it was before. There is no triplet loss, as in their code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, Labels, UnlabelledBatch
from uda.config import Schedule
from uda.errors import ConfigError
from uda.losses.clothes import clothes_adversarial_loss, clothes_scores
from uda.methods.contract import Facts, Method
from uda.methods.optimisation import Optimisation, Optimised
from uda.methods.parts.source_losses import IdentityLoss, identity_of_heads
from uda.methods.parts.two_domains import of_source


class CalSettings(IdentityLoss):
    """Settings of clothes-based adversarial learning."""

    start: float = Field(
        default=1 / 3,
        ge=0,
        le=1,
        description="when the clothes losses set in, as a share of the training",
    )
    scale: float = Field(default=16.0, gt=0, description="of the clothes' cosine scores")
    epsilon: float = Field(
        default=0.1, ge=0, le=1, description="share of likelihood for all of a person's clothes"
    )


class Cal(Method):
    """Student and clothes classifier.

    Raises:
        ConfigError: the source does not say who changes clothes.
    """

    Settings = CalSettings
    recipe = "cal"
    uses_target: ClassVar[bool] = False
    trains_on_target: ClassVar[bool] = False
    config: CalSettings
    owners: torch.Tensor

    def __init__(self, student: nn.Module, config: CalSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        owners = owners_of_clothes(facts.labels)
        if len(owners) == len(set(owners)):
            found = "nobody changes clothes" if owners else "there are no clothes labels"
            raise ConfigError(
                f"Method cal needs a source in which people wear several outfits, but {found} in "
                "it. Use ccvid or a rendered set with outfits, or another method."
            )
        self.register_buffer("owners", torch.tensor(owners))
        self.clothes = nn.Parameter(torch.empty(len(owners), facts.video))
        nn.init.normal_(self.clothes, std=0.001)

    def optimisers(self, plan: Optimisation) -> Mapping[str, Optimised]:
        """The recipe's for the student, and one at a constant rate for the clothes classifier."""
        constant = Schedule(kind="constant")
        return {
            "main": plan.build(self.student.parameters()),
            "clothes": plan.build([self.clothes], schedule=constant),
        }

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        people, worn = labelled.labels["identity"], labelled.labels["clothes"]
        features = of_source(self.student, labelled)
        identity, accuracy = identity_of_heads(features, people, self.config)
        terms = {"identity": identity, "identity_accuracy": accuracy}
        if progress < self.config.start:
            return {"loss": identity, **terms}
        scores = clothes_scores(features.embedding.detach(), self.clothes, self.config.scale)
        terms["clothes"] = F.cross_entropy(scores, worn)
        terms["clothes_accuracy"] = (scores.argmax(1) == worn).float().mean()
        terms["clothes_adversarial"] = clothes_adversarial_loss(
            clothes_scores(features.embedding, self.clothes.detach(), self.config.scale),
            worn,
            people,
            self.owners,
            epsilon=self.config.epsilon,
        )
        return {"loss": identity + terms["clothes"] + terms["clothes_adversarial"], **terms}


def owners_of_clothes(labels: Labels) -> tuple[int, ...]:
    """The identity that wears each of the clothes 0..C-1; empty without clothes labels."""
    if "clothes" not in labels:
        return ()
    pairs = zip(labels["clothes"].tolist(), labels["identity"].tolist(), strict=True)
    owners = dict(pairs)
    return tuple(owners[number] for number in range(len(owners)))
