"""Self-paced contrastive learning: clusters that can be relied on, all else by itself.

Ge et al., Self-paced Contrastive Learning with Hybrid Memory for Domain Adaptive Object Re-ID,
NeurIPS 2020. Source identities, target clusters and single target tracklets are classes of one
contrastive loss. Where it differs from the authors' code:

- A source identity enters the memory with its first batch; theirs embeds the whole source first.
- Several clips of one tracklet or identity in a batch move the memory once, by their mean; theirs
  moves it clip after clip.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.self_paced import reliable
from uda.methods.contract import Facts, Method, TargetFeatures
from uda.methods.parts.clusters import Clusters
from uda.methods.parts.hybrid_memory import HybridMemory
from uda.methods.parts.two_domains import DomainStatistics, both_domains

log = logging.getLogger(__name__)


class SpclSettings(Clusters, DomainStatistics):
    """Settings of self-paced contrastive learning; defaults are the authors'."""

    jaccard: Literal["k_reciprocal", "spcl"] = Field(
        default="spcl", description="distances to cluster by: as published, or of SpCL's code"
    )
    eps_gap: float = Field(
        default=0.02,
        ge=0,
        lt=1,
        description="the stricter and the looser clustering are by eps less and more this",
    )
    temperature: float = Field(default=0.05, gt=0, description="of the scores against the memory")
    momentum: float = Field(
        default=0.2, ge=0, lt=1, description="share of a memory's entry kept per update"
    )


class SpCL(Method):
    """L = CE(source clips) + CE(target clips) over K + C prototypes of the memory (Eq. 1)."""

    Settings = SpclSettings
    recipe = "spcl"
    config: SpclSettings
    limit: torch.Tensor

    def __init__(self, student: torch.nn.Module, config: SpclSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        people = facts.labels.get("identity", torch.zeros(0, dtype=torch.long))
        count = int(people.max()) + 1 if len(people) else 0
        self.memory = HybridMemory(count, facts.tracklets, facts.video)
        # Of groups' independence, set by the first clustering; NaN before.
        self.register_buffer("limit", torch.tensor(torch.nan, dtype=torch.float64))

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Groups the target by what the memory holds; by the student's features at first."""
        first = bool(self.limit.isnan())
        if first:
            self.memory.tracklets.copy_(embed(self.student))
        middle, gap = self.config.eps, self.config.eps_gap
        radii = [middle, max(middle - gap, 1e-6), min(middle + gap, 1.0)]
        normal, stricter, looser = self.config.grouped(self.memory.tracklets, radii)
        groups, limit = reliable(normal, stricter, looser, None if first else float(self.limit))
        self.limit.fill_(limit)
        self.memory.regroup(torch.from_numpy(groups))
        if int(self.memory.count) == len(groups):
            log.warning(
                "no two of %d target tracklets are in a reliable group: each is told apart from "
                "all others in this epoch. Raise method.eps (now %g) or lower method.min_samples "
                "(now %d).",
                len(groups),
                self.config.eps,
                self.config.min_samples,
            )

    def target_groups(self) -> Sequence[int] | None:
        """Clusters, and every other tracklet as a group of its own."""
        return self.memory.groups.tolist() if int(self.memory.count) > 1 else None

    def target_clusters(self) -> Sequence[int] | None:
        groups = self.memory.groups
        sizes = torch.bincount(groups, minlength=1)
        return groups.where(sizes[groups] > 1, -1).tolist()

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        identities, memory = labelled.labels["identity"], self.memory
        memory.meet(source.embedding.detach(), identities)
        groups = memory.groups[unlabelled.tracklets]
        embeddings = torch.cat([source.embedding, target.embedding])
        scores = memory.scores(embeddings, self.config.temperature)
        of_source, of_target = scores.split([len(source.embedding), len(target.embedding)])
        wanted = groups + len(memory.identities)
        terms = {
            "contrast_source": F.cross_entropy(of_source, identities),
            "contrast_target": F.cross_entropy(of_target, wanted),
            "identity_accuracy": (of_source.argmax(dim=1) == identities).float().mean(),
            "pseudo_accuracy": (of_target.argmax(dim=1) == wanted).float().mean(),
            "groups": memory.count.value.float(),
        }
        memory.remember(
            source.embedding.detach(), identities, target.embedding.detach(),
            unlabelled.tracklets, self.config.momentum,
        )  # fmt: skip
        return {"loss": terms["contrast_source"] + terms["contrast_target"], **terms}
