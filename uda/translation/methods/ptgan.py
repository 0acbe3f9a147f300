"""PTGAN: Wei et al., Person Transfer GAN to Bridge Domain Gap for Person Re-Identification, CVPR
2018. CycleGAN, and people keep their colours: the change within the mask of the person costs.

The paper segments both domains. Here a rendered source has exact masks, and a real target none, so
that the term is of the domains whose masks are known.
"""

from __future__ import annotations

from typing import ClassVar

from uda.translation import settings
from uda.translation.losses import changed_within
from uda.translation.methods.cyclegan import CycleGan, Made, Terms
from uda.translation.pictures import Pair


class Ptgan(CycleGan):
    """CycleGAN with an identity term within masks."""

    Settings: ClassVar[type[settings.Method]] = settings.Ptgan
    needs_masks: ClassVar[bool] = True

    def generator_losses(self, pair: Pair, made: Made, epochs: float) -> Terms:
        terms = super().generator_losses(pair, made, epochs)
        assert isinstance(self.config, settings.Ptgan)
        both = ((pair.source, made.target), (pair.target, made.source))
        foreground = sum(
            changed_within(batch.pictures, translated, batch.masks)
            for batch, translated in both
            if batch.masks is not None
        )
        assert not isinstance(foreground, int), "the source has masks"
        terms["foreground"] = foreground
        terms["loss"] = terms["loss"] + self.config.foreground * foreground
        return terms
