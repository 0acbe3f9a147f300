"""Identity and triplet loss of source clips, which nearly all methods have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import torch
from pydantic import Field
from reid_models.outputs import Features

from uda.config import MethodSettings
from uda.losses.identity import identity_loss
from uda.losses.metric import batch_hard_triplet
from uda.losses.soft_triplet import hardest, log_answers


class IdentityLoss(MethodSettings):
    """Settings of the identity loss."""

    smoothing: float = Field(
        default=0.0, ge=0, lt=1, description="label smoothing of the identity loss"
    )
    smoothing_over: Literal["all", "others"] = Field(
        default="all",
        description="identities that smoothing is spread over: all, or all but the right one as "
        "in fast-reid's code",
    )


class SourceLosses(IdentityLoss):
    """Settings of both losses."""

    triplet_weight: float = Field(
        default=1.0, ge=0, description="of the triplet loss; 0: identity loss alone (softmax only)"
    )
    triplet: Literal["margin", "softmax"] = Field(
        default="margin",
        description="of triplets: the negative is farther by a margin; or softmax, the "
        "cross-entropy of which is farther, between features of length 1",
    )
    margin: float = Field(default=0.3, ge=0, description="margin of the batch-hard triplet loss")
    triplet_groups: int = Field(
        default=1,
        ge=1,
        description="equal parts of a batch that triplets are mined in, each by itself, as on so "
        "many GPUs",
    )
    distance: Literal["euclidean", "cosine"] = Field(
        default="euclidean", description="between features in the triplet loss"
    )


def source_losses(
    features: Features, identities: torch.Tensor, config: SourceLosses
) -> dict[str, torch.Tensor]:
    """Identity loss on the logits, triplet loss before the BNNeck; accuracies as metrics.

    ``identities`` (B,) are in [0, K). A model with further heads (TCLNet, PSTA) has the mean of
    each loss over all of its heads.
    """
    triplets = [triplet_in_groups(video, identities, config) for video, _ in heads(features)]
    identity, accuracy = identity_of_heads(features, identities, config)
    _, violating = triplets[0]
    triplet = torch.stack([triplet for triplet, _ in triplets]).mean()
    return {
        "identity": identity,
        "triplet": triplet if config.triplet_weight else triplet.detach(),  # then a metric
        "identity_accuracy": accuracy,
        "triplets_violating": violating,
    }


def supervised(terms: Mapping[str, torch.Tensor], config: SourceLosses) -> torch.Tensor:
    """L_ce + w L_tri of `source_losses`."""
    return terms["identity"] + config.triplet_weight * terms["triplet"]


def triplet_in_groups(
    features: torch.Tensor, identities: torch.Tensor, config: SourceLosses
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean of the triplet losses of ``config.triplet_groups`` parts of a batch, in its order, and
    of the shares of anchors that violate the margin; ``features`` (B, D), ``identities`` (B,)."""
    groups = config.triplet_groups
    parts = zip(features.chunk(groups), identities.chunk(groups), strict=True)
    found = [_triplets(some, theirs, config) for some, theirs in parts]
    losses, violating = zip(*found, strict=True)
    return torch.stack(losses).mean(), torch.stack(violating).mean()


def _triplets(
    features: torch.Tensor, identities: torch.Tensor, config: SourceLosses
) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss, and the share of clips whose negative is too near: within the margin, or nearer."""
    if config.triplet == "margin":
        return batch_hard_triplet(
            features, identities, margin=config.margin, distance=config.distance
        )
    answers = log_answers(features, *hardest(features, identities))
    wrong = answers[:, 1] < answers[:, 0]
    return -answers[:, 1].mean(), wrong.float().mean()


def identity_of_heads(
    features: Features, identities: torch.Tensor, config: IdentityLoss
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean identity loss over all heads, and the first head's accuracy (a metric)."""
    losses = [
        identity_loss(logits, identities, smoothing=config.smoothing, over=config.smoothing_over)
        for _, logits in heads(features)
    ]
    assert features.logits is not None
    accuracy = (features.logits.argmax(dim=1) == identities).float().mean()
    return torch.stack(losses).mean(), accuracy


def heads(features: Features) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Video features (B, D) and logits (B, K) of every head, the one that is tested first."""
    found = []
    for video, logits in ((features.video, features.logits), *features.auxiliary):
        assert logits is not None
        found.append((video, logits))
    return found
