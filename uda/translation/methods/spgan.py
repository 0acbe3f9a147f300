"""SPGAN: Deng et al., Image-Image Domain Adaptation with Preserved Self-Similarity and
Domain-Dissimilarity for Person Re-identification, CVPR 2018. Equations 3 to 5.

A siamese network M learns what tells the domains apart. A picture and its translation are a
positive pair; a translation and a picture of the domain it was made for are a negative one: nobody
is in both domains.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from reid_models.translation.siamese import SiameseNet
from torch import nn

from uda.translation import settings
from uda.translation.losses import alike, apart
from uda.translation.methods.cyclegan import CycleGan, Made, Terms, Turn
from uda.translation.pictures import Pair


class Spgan(CycleGan):
    """CycleGAN with an identity term and a siamese network."""

    Settings: ClassVar[type[settings.Method]] = settings.Spgan

    def __init__(self, config: settings.Settings) -> None:
        super().__init__(config)
        assert isinstance(config.method, settings.Spgan)
        self.own = config.method
        self.siamese = SiameseNet(config.pictures.size, config.networks.discriminator_width)

    def moved(self) -> Mapping[str, Sequence[nn.Parameter]]:
        return {**super().moved(), "siamese": list(self.siamese.parameters())}

    def turns(self, step: int, epochs: float) -> Sequence[Turn]:
        generators, discriminators = super().turns(step, epochs)
        turns = [generators] if step % self.own.generators_every == 0 else []
        if epochs >= self.own.siamese_after:
            turns.append(Turn("siamese_losses", "siamese"))
        return [*turns, discriminators]

    def generator_losses(self, pair: Pair, made: Made, epochs: float) -> Terms:
        terms = super().generator_losses(pair, made, epochs)
        if epochs >= self.own.contrastive_after:
            contrastive = self.contrastive(pair, made)
            terms["contrastive"] = contrastive
            terms["loss"] = terms["loss"] + self.own.contrastive * contrastive
        return terms

    def contrastive(self, pair: Pair, made: Made) -> torch.Tensor:
        """The generators' part: of positive pairs, and of negative ones by ``negatives``."""
        source, target, as_target, as_source = self._features(pair, made)
        positive = alike(source, as_target) + alike(target, as_source)
        margin = self.own.margin
        if self.own.negatives == "real":  # TensorFlow code of the authors
            return (positive + 2 * apart(source, target, margin)) / 3
        negative = apart(as_target, target, margin) + apart(as_source, source, margin)
        return (positive + 0.5 * negative) / 4  # weights of the authors' PyTorch code

    def siamese_losses(self, pair: Pair, made: Made, epochs: float) -> Terms:
        """What moves the siamese network: negative pairs are real pictures of both domains."""
        still = Made(made.target.detach(), made.source.detach())
        source, target, as_target, as_source = self._features(pair, still)
        positive = alike(source, as_target) + alike(target, as_source)
        negative = apart(source, target, self.own.margin)
        loss = (positive + 2 * negative) / 3
        return {"loss": loss, "positive": positive, "negative": negative}

    def _features(self, pair: Pair, made: Made) -> tuple[torch.Tensor, ...]:
        """Of source, target, source as target, target as source, (B, 64) each."""
        pictures = (pair.source.pictures, pair.target.pictures, made.target, made.source)
        return tuple(self.siamese(each) for each in pictures)
