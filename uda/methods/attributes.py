"""Attribute recognition on source: what people wear and carry, their sex, age, hair.

Uner et al., Synthetic18K, 4.2: a head for each attribute on a shared backbone, and the sum over
attributes of weighted cross-entropies. Their formula has one weight for each attribute and says
that it follows the number of samples of a class; here each value has one (`uda.losses.attributes`).
"""

from __future__ import annotations

from typing import ClassVar

import torch
from pydantic import Field
from reid_datasets.attributes import PREFIX
from reid_models.outputs import Features
from torch import nn

from uda.batches.batch import LabelledBatch, Labels, UnlabelledBatch
from uda.config import MethodSettings
from uda.errors import ConfigError
from uda.losses.attributes import attribute_loss, class_weights
from uda.methods.contract import Facts, Method
from uda.methods.parts.two_domains import of_source


class AttributeLosses(MethodSettings):
    """Settings of the loss of attribute heads."""

    balanced: bool = Field(
        default=True,
        description="rare values of an attribute count more, frequent ones less, by the number of "
        "source tracklets with each; false: all count the same",
    )


class Attributes(Method):
    """L_attr alone. The student's identity classifier learns nothing.

    Raises:
        ConfigError: the student has no attribute heads.
    """

    Settings: ClassVar[type[AttributeLosses]] = AttributeLosses
    recipe = "synthetic18k/attributes"
    uses_target: ClassVar[bool] = False
    trains_on_target: ClassVar[bool] = False
    compares_people: ClassVar[bool] = False
    wants_attributes: ClassVar[bool] = True
    config: AttributeLosses
    weights: torch.Tensor

    def __init__(self, student: nn.Module, config: AttributeLosses, facts: Facts) -> None:
        super().__init__(student, config, facts)
        if not facts.attributes:
            raise ConfigError(
                f"Method {config.name} needs a student with attribute heads, found none: build it "
                "with the values of attributes (reid_models.build, attributes=)."
            )
        most = max(map(len, facts.attributes.values()))
        weights = torch.ones(len(facts.attributes), most)
        if config.balanced:
            for row, (name, values) in zip(weights, facts.attributes.items(), strict=True):
                labels = facts.labels[PREFIX + name]
                row[: len(values)] = class_weights(labels, len(values))
        self.register_buffer("weights", weights)

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        terms = self.attribute_terms(of_source(self.student, labelled), labelled.labels)
        return {"loss": terms["attributes"], **terms}

    def attribute_terms(self, features: Features, labels: Labels) -> dict[str, torch.Tensor]:
        """L_attr, the sum over attributes, and accuracies as metrics: of each attribute over clips
        of a known value (0 where there are none), and of all known values of the batch."""
        assert features.attributes is not None
        losses, right, known, accuracies = [], [], [], {}
        for (name, scores), weights in zip(features.attributes.items(), self.weights, strict=True):
            wanted = labels[PREFIX + name]
            losses.append(attribute_loss(scores, wanted, weights[: scores.shape[1]]))
            right.append((scores.argmax(1) == wanted).sum())
            known.append((wanted >= 0).sum())
            accuracies[f"accuracy_{name}"] = right[-1] / known[-1].clamp(min=1)
        accuracy = torch.stack(right).sum() / torch.stack(known).sum().clamp(min=1)
        total = torch.stack(losses).sum()
        return {"attributes": total, "attribute_accuracy": accuracy, **accuracies}
