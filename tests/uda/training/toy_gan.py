"""A method with two turns: a critic tells domains apart, the student is trained to fool it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.config import Optimiser, Schedule
from uda.methods.contract import Facts, Method, Turn
from uda.methods.optimisation import Optimisation, Optimised
from uda.methods.parts.two_domains import TwoDomains, both_domains


class ToySettings(TwoDomains):
    """Settings of the toy."""

    critic_lr: float = Field(default=0.05, gt=0, description="learning rate of the critic")


class ToyGan(Method):
    """First the critic by what the student gives, then the student against the critic."""

    Settings = ToySettings
    config: ToySettings

    def __init__(self, student: nn.Module, config: ToySettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.critic = nn.Linear(facts.video, 1)
        nn.init.constant_(self.critic.weight, 0.5)
        nn.init.zeros_(self.critic.bias)

    def optimisers(self, plan: Optimisation) -> Mapping[str, Optimised]:
        own = Optimiser(name="sgd", lr=self.config.critic_lr, weight_decay=0)
        constant = Schedule(kind="constant")
        return {
            "main": plan.build(self.student.parameters()),
            "critic": plan.build(self.critic.parameters(), optimiser=own, schedule=constant),
        }

    def turns(self) -> Sequence[Turn]:
        return [Turn("critic_losses", ["critic"]), Turn("losses", ["main"])]

    def critic_losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        with torch.no_grad():
            source, target = both_domains(self.student, labelled, unlabelled)
        loss = F.softplus(-self.critic(source.video)).mean()
        loss = loss + F.softplus(self.critic(target.video)).mean()
        return {"loss": loss, "critic": loss}

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled)
        assert source.logits is not None
        fooled = F.softplus(-self.critic(target.video)).mean()
        identity = F.cross_entropy(source.logits, labelled.labels["identity"])
        return {"loss": identity + fooled, "identity": identity, "fooled": fooled}


class Forgetful(ToyGan):
    """It moves an optimiser that it has not made."""

    def turns(self) -> Sequence[Turn]:
        return [Turn("losses", ["main", "generator"])]
