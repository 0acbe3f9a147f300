"""CycleGAN: Zhu et al., Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks, ICCV 2017. Equations 1 to 3, with LSGAN's losses (section 4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import torch
from reid_models.translation.generator import Generator
from reid_models.translation.patch_discriminator import PatchDiscriminator
from torch import nn
from torch.nn import functional as F

from uda.translation import settings
from uda.translation.buffer import PictureBuffer
from uda.translation.losses import judged_real, told_apart
from uda.translation.pictures import Pair

Terms = dict[str, torch.Tensor]
"""Scalars by name; ``loss`` is minimised, the others are logged."""


class Made(NamedTuple):
    """Translations of a pair: source pictures as target ones, and target pictures as source ones,
    (B, 3, H, W) each."""

    target: torch.Tensor
    source: torch.Tensor


class Turn(NamedTuple):
    """A loss of a step, and the networks that it moves: (pair, made) to terms."""

    losses: str
    networks: str


class CycleGan(nn.Module):
    """Two generators and two discriminators.

    Args:
        config: all settings.
    """

    Settings: ClassVar[type[settings.Method]] = settings.CycleGan
    needs_masks: ClassVar[bool] = False

    def __init__(self, config: settings.Settings) -> None:
        super().__init__()
        nets = config.networks
        self.config = config.method
        change = nets.gives == "change"
        self.to_target = Generator(nets.width, nets.blocks, change=change)
        self.to_source = Generator(nets.width, nets.blocks, change=change)
        self.judge_target = PatchDiscriminator(nets.discriminator_width, nets.halvings)
        self.judge_source = PatchDiscriminator(nets.discriminator_width, nets.halvings)
        seed = config.training.seed
        self.buffers_of_pictures = {
            name: PictureBuffer(config.training.buffer, seed + number)
            for number, name in enumerate(("target", "source"))
        }

    def moved(self) -> Mapping[str, Sequence[nn.Parameter]]:
        """The weights of each optimiser, by its name."""
        return {
            "generators": [*self.to_target.parameters(), *self.to_source.parameters()],
            "discriminators": [*self.judge_target.parameters(), *self.judge_source.parameters()],
        }

    def turns(self, step: int, epochs: float) -> Sequence[Turn]:
        """What a step does, in order. ``step`` counts those before it in its epoch, ``epochs`` are
        complete."""
        return (
            Turn("generator_losses", "generators"),
            Turn("discriminator_losses", "discriminators"),
        )

    def make(self, pair: Pair) -> Made:
        """Translates a pair."""
        return Made(self.to_target(pair.source.pictures), self.to_source(pair.target.pictures))

    def generator_losses(self, pair: Pair, made: Made, epochs: float) -> Terms:
        """What moves the generators."""
        source, target = pair.source.pictures, pair.target.pictures
        fooled = judged_real(self.judge_target(made.target)) + judged_real(
            self.judge_source(made.source)
        )
        cycle = F.l1_loss(self.to_source(made.target), source) + F.l1_loss(
            self.to_target(made.source), target
        )
        loss = fooled + self.config.cycle * cycle
        terms = {"loss": loss, "adversarial": fooled, "cycle": cycle}
        weight: float = getattr(self.config, "identity", 0.0)
        if weight:
            identity = F.l1_loss(self.to_target(target), target) + F.l1_loss(
                self.to_source(source), source
            )
            terms["identity"] = identity
            terms["loss"] = loss + weight * identity
        return terms

    def discriminator_losses(self, pair: Pair, made: Made, epochs: float) -> Terms:
        """What moves the discriminators; they see older translations, too."""
        older = {
            name: self.buffers_of_pictures[name].exchange(getattr(made, name))
            for name in ("target", "source")
        }
        target = told_apart(
            self.judge_target(pair.target.pictures), self.judge_target(older["target"])
        )
        source = told_apart(
            self.judge_source(pair.source.pictures), self.judge_source(older["source"])
        )
        return {"loss": target + source, "target": target, "source": source}

    def buffers_state(self) -> dict[str, Any]:
        """What the buffers hold."""
        return {name: buffer.state_dict() for name, buffer in self.buffers_of_pictures.items()}

    def load_buffers(self, state: dict[str, Any], device: torch.device) -> None:
        """Fills the buffers as `buffers_state` found them."""
        for name, buffer in self.buffers_of_pictures.items():
            buffer.load_state_dict(state[name], device)
