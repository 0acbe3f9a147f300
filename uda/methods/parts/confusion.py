"""L^S: domains that classifiers cannot tell apart (Synthetic-to-Real, Eq. 7-10)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import torch
from pydantic import Field
from reid_models.discriminators import Aggregation, DomainClassifier, DomainRegressor
from reid_models.grl import reverse
from reid_models.outputs import Features
from torch import nn

from uda.losses.adversarial import domain_loss, stitched
from uda.methods.contract import Facts
from uda.methods.parts.two_domains import TwoDomains

LEVELS = ("frame", "video", "mixture")


class Confusion(TwoDomains):
    """Settings of a method with domain classifiers behind gradient reversal."""

    hidden: int = Field(default=1024, ge=1, description="width of the domain classifiers")
    steepness: float = Field(
        default=10.0, gt=0, description="how fast gradient reversal sets in, 2/(1+exp(-s p))-1"
    )


class DomainConfusion(nn.Module):
    """One classifier for each level at which domains are to be confused, behind gradient reversal.

    ``frame`` L1^S: the domain of each frame (Eq. 7). ``video`` L2^S: of each video (Eq. 8).
    ``mixture`` L3^S: the shares of source and target among S stitched videos, for each S of
    ``stitched_videos`` (Eq. 9). The classifiers share nothing.
    """

    def __init__(
        self,
        dimensions: Facts,
        hidden: int,
        levels: Collection[str],
        stitched_videos: Sequence[int] = (2, 4, 8),
        aggregation: Aggregation = "convolution",
    ) -> None:
        super().__init__()
        self.numbers = tuple(stitched_videos)
        self.classifiers = nn.ModuleDict()
        if "frame" in levels:
            self.classifiers["frame"] = DomainClassifier(dimensions.frame, hidden)
        if "video" in levels:
            self.classifiers["video"] = DomainClassifier(dimensions.video, hidden)
        if "mixture" in levels:
            self.classifiers["mixture"] = DomainRegressor(
                dimensions.frame, hidden, aggregation=aggregation
            )

    def forward(
        self, source: Features, target: Features, strength: float
    ) -> dict[str, torch.Tensor]:
        """Losses ``domain_LEVEL``; accuracies, and the regression's mean error, as metrics.

        ``strength`` multiplies the reversed gradient.
        """
        terms = {}
        views = {
            "frame": (source.frames.flatten(0, 1), target.frames.flatten(0, 1)),
            "video": (source.video, target.video),
        }
        for level, (of_source, of_target) in views.items():
            if level in self.classifiers:
                classify = self.classifiers[level]
                terms[f"domain_{level}"], terms[f"domain_{level}_accuracy"] = domain_loss(
                    classify(reverse(of_source, strength)), classify(reverse(of_target, strength))
                )
        if "mixture" in self.classifiers:
            terms |= self._mixture(
                reverse(source.frames, strength), reverse(target.frames, strength)
            )
        return terms

    def _mixture(self, source: torch.Tensor, target: torch.Tensor) -> dict[str, torch.Tensor]:
        """L3^S of the frames (B, T, D) of both domains, stitched end to end (Fig. 2)."""
        videos = torch.cat([source, target])
        shares = torch.zeros(len(videos), 2, device=videos.device)
        shares[: len(source), 0] = 1
        shares[len(source) :, 1] = 1
        found, wanted = [], []
        for size in self.numbers:
            groups = stitched(len(videos), size).to(videos.device, non_blocking=True)
            if len(groups):
                found.append(self.classifiers["mixture"](videos[groups].flatten(1, 2)))
                wanted.append(shares[groups].mean(1))
        if not found:
            raise ValueError(f"expected at least {min(self.numbers)} clips, found {len(videos)}")
        error = torch.cat(found).float() - torch.cat(wanted)
        return {
            "domain_mixture": error.square().mean(),
            "domain_mixture_error": error.detach().abs().mean(),
        }
