"""UDA Strong Baseline: groups of the target are identities to classify, after the source.

The public code of that name (Zheng et al.), which GLT and its authors' further methods stand on.
Where it differs:

- One training: the learning rate is the recipe's in both stages, the teacher follows in both, and
  the optimiser's moments stay. Theirs starts the second stage, and the optimiser every epoch, anew.
- Whenever groups are found anew, their classes begin with the means of their members. Theirs keeps
  the rows of its classifier, whatever groups then have their numbers.
- While it learns the source, both domains are normalised by themselves; theirs mixes statistics.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import torch
from pydantic import Field
from reid_models.outputs import Features
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.group_means import group_means
from uda.clustering.pseudo_identities import OUTLIER
from uda.losses.pseudo import class_scores
from uda.losses.soft_triplet import hardest, softmax_triplet
from uda.methods.contract import Facts, TargetFeatures
from uda.methods.parts.clusters import Clusters
from uda.methods.parts.counter import Counter
from uda.methods.parts.source_then_target import SourceThenTarget, Stages

log = logging.getLogger(__name__)


class StrongBaselineSettings(Clusters, Stages):
    """Settings of the strong baseline; defaults are the authors'."""

    refresh: float = Field(
        default=0.024, gt=0, le=1, description="groups are found anew after this share of training"
    )


class StrongBaseline(SourceThenTarget):
    """L = CE(W f, group) + L_tri(groups) of target clips."""

    Settings = StrongBaselineSettings
    recipe = "strong_baseline"
    config: StrongBaselineSettings
    groups: torch.Tensor

    def __init__(self, student: nn.Module, config: StrongBaselineSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.register_buffer("groups", torch.full((facts.tracklets,), OUTLIER))
        self.classes = nn.Parameter(torch.zeros(config.most(facts.tracklets), facts.video))
        self.found = Counter()

    @property
    def adapting(self) -> bool:
        return int(self.found) > 1

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Groups the target by the teacher's features where that is due."""
        if not self.due(progress):
            return
        features = embed(self.teacher.model)
        (found,) = self.config.grouped(features)
        self.groups.copy_(torch.from_numpy(found))
        self.found.set(int(self.groups.max()) + 1)
        self.classes.copy_(group_means(features, self.groups, len(self.classes)))
        if not self.adapting:
            log.warning(
                "clustering found %d groups among %d target tracklets: this epoch trains on the "
                "source. Raise method.eps (now %g) or lower method.min_samples (now %d).",
                int(self.found),
                len(found),
                self.config.eps,
                self.config.min_samples,
            )

    def target_groups(self) -> Sequence[int] | None:
        """None with fewer than two clusters: nothing can be told apart, nothing is guessed."""
        return self.groups.tolist() if self.adapting else None

    def on_target(
        self, source: Features, target: Features, labelled: LabelledBatch, batch: UnlabelledBatch
    ) -> dict[str, torch.Tensor]:
        groups = self.groups[batch.tracklets]
        scores = class_scores(target.embedding, self.classes[: int(self.found)])
        identity = F.cross_entropy(scores, groups)
        triplet = softmax_triplet(target.video, *hardest(target.video, groups))
        return {
            "loss": identity + triplet,
            "pseudo_identity": identity,
            "pseudo_triplet": triplet,
            "pseudo_accuracy": (scores.argmax(dim=1) == groups).float().mean(),
            "clusters": self.found.value.float(),
            "clustered_share": (self.groups != OUTLIER).float().mean(),
        }
