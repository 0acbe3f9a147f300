"""Re-identification and attribute recognition at once: L = L_attr + beta L_reID.

Uner et al., Synthetic18K, 4.3: beta is 2, and L_reID the identity loss with smoothed labels and
batch-hard triplets.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from pydantic import Field

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.methods.attributes import AttributeLosses, Attributes
from uda.methods.parts.source_losses import SourceLosses, source_losses, supervised
from uda.methods.parts.two_domains import of_source


class JointSettings(SourceLosses, AttributeLosses):
    """Settings of joint training."""

    beta: float = Field(
        default=2.0, ge=0, description="what re-identification counts beside attributes"
    )


class Joint(Attributes):
    """A student with a classifier of identities and a head for each attribute."""

    Settings = JointSettings
    recipe = "synthetic18k/joint"
    compares_people: ClassVar[bool] = True
    config: JointSettings

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        features = of_source(self.student, labelled)
        terms = self.attribute_terms(features, labelled.labels)
        terms |= source_losses(features, labelled.labels["identity"], self.config)
        reid = supervised(terms, self.config)
        return {"loss": terms["attributes"] + self.config.beta * reid, **terms}
