"""Synthetic-to-Real Video Person Re-ID (arXiv 2402.02108): L = L_ce + L_tri + L^S + L^C.

Follows the paper's equations with gradients that reach the backbone; the authors' released code
detaches both L^S and L^C from it. Where this differs from the paper:

- L1^C is an indicator without a gradient in Eq. 14; its soft form is minimised instead, and the
  indicator is logged (`uda.losses.consistency`). The teacher's half of L2^C is a constant.
- L3^S aggregates stitched videos by a convolution over time (or their mean), and the domain
  distribution is the two domains' shares: the paper names a fixed-length vector and an aggregation,
  and defines neither.
- Sums over frames and clips are means, so that weights do not depend on the batch size.
- Clusters come from the batch and a memory of recent clips, or once an epoch from the whole target
  set (`clustered: epoch`, Eq. 12 and 13), on L2-normalised embeddings. Fewer clips than M clusters:
  half as many clusters as features.
- The learnable weights are regularised, exp(-s) L + s, and bounded; their start is the authors'
  code's. Each domain's statistics are its own (`statistics: target`) unless asked otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field, field_validator
from reid_models.discriminators import Aggregation
from reid_models.outputs import Features
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.kmeans import cluster_means
from uda.losses.adversarial import reversal_strength
from uda.losses.consistency import cluster_agreement, cluster_distance
from uda.losses.weighting import LearnedWeights
from uda.methods.contract import Facts, Method, TargetFeatures
from uda.methods.mean_teacher import ramp
from uda.methods.parts.confusion import Confusion, DomainConfusion
from uda.methods.parts.counter import Counter
from uda.methods.parts.ema import MeanTeacher, Teacher
from uda.methods.parts.memory import FeatureMemory
from uda.methods.parts.source_losses import source_losses
from uda.methods.parts.two_domains import both_domains, of_target


class SyntheticToRealSettings(Confusion, Teacher):
    """Settings of Synthetic-to-Real; each of its losses can be switched off."""

    frame_domain: bool = Field(default=True, description="L1^S: domains of frames confused")
    video_domain: bool = Field(default=True, description="L2^S: domains of videos confused")
    mixture_domain: bool = Field(
        default=True, description="L3^S: domain shares of stitched videos confused"
    )
    mixture_sizes: tuple[int, ...] = Field(
        default=(2, 4, 8), min_length=1, description="videos stitched together (S)"
    )
    mixture_aggregation: Aggregation = Field(
        default="convolution",
        description="of stitched frames: a convolution over time, so that their order counts, or "
        "their mean",
    )
    cluster_agreement: bool = Field(default=True, description="L1^C: the teacher's cluster")
    cluster_distance: bool = Field(default=True, description="L2^C: close to the cluster's mean")
    domain_weight: float = Field(
        default=0.21, ge=0, description="weight of L^S before it is learned"
    )
    consistency_weight: float = Field(
        default=0.64, ge=0, description="weight of L^C before it is learned"
    )
    learn_weights: bool = Field(default=True, description="learn the four weights, exp(-s) L + s")
    weight_range: float = Field(
        default=2.0, ge=0, description="how far each s may move from its start"
    )
    clusters: int = Field(default=16, ge=2, description="k-means clusters of target features (M)")
    clustered: Literal["recent", "epoch"] = Field(
        default="recent",
        description="what is clustered: the batch and recent clips at every step, or the whole "
        "target once an epoch",
    )
    memory: int = Field(
        default=512, ge=0, description="recent: target clips clustered beside the batch"
    )
    temperature: float = Field(default=0.1, gt=0, description="of the soft cluster assignment")
    consistency_start: float = Field(
        default=0.2, ge=0, le=1, description="when L^C sets in, as a share of the training"
    )
    consistency_ramp: float = Field(
        default=0.0, ge=0, le=1, description="share of the training over which L^C grows from 0"
    )

    @field_validator("mixture_sizes")
    @classmethod
    def _something_to_mix(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if min(value) < 2:
            raise ValueError("a mixture is made of at least 2 videos")
        return value


class SyntheticToReal(Method):
    """Student, mean teacher, domain classifiers and cluster centroids."""

    Settings = SyntheticToRealSettings
    recipe = "synthetic_to_real/full"
    config: SyntheticToRealSettings
    centroids: torch.Tensor

    def __init__(self, student: nn.Module, config: SyntheticToRealSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.teacher = MeanTeacher(student, decay=config.ema_decay)
        levels = {
            "frame": config.frame_domain,
            "video": config.video_domain,
            "mixture": config.mixture_domain,
        }
        self.confusion = DomainConfusion(
            facts,
            config.hidden,
            [level for level, used in levels.items() if used],
            config.mixture_sizes,
            config.mixture_aggregation,
        )
        self.memory = FeatureMemory(
            config.memory if config.clustered == "recent" else 0, facts.video
        )
        # Without a row until an epoch's clusters are known.
        self.register_buffer("centroids", torch.zeros(config.clusters, facts.video))
        self.assigned: list[int] | None = None  # for people to look at; no loss uses it
        self.known = Counter()
        self.weights = LearnedWeights(
            {
                "identity": 1.0,
                "triplet": config.triplet_weight,
                "domain": config.domain_weight if any(levels.values()) else 0.0,
                "consistency": config.consistency_weight if self.consistent else 0.0,
            },
            reach=config.weight_range,
            learn=config.learn_weights,
        )

    @property
    def consistent(self) -> bool:
        """Whether any part of L^C is used."""
        return self.config.cluster_agreement or self.config.cluster_distance

    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Clusters of the whole target as student and teacher see it (Eq. 12 and 13)."""
        due = self.config.clustered == "epoch" and progress >= self.config.consistency_start
        if due and self.consistent:
            seen = torch.cat([embed(self.student), embed(self.teacher.model)])
            means = cluster_means(seen, self._count(len(seen)), seed=int(self.teacher.step))
            self.centroids[: len(means)] = means
            self.known.set(len(means))
            of_teacher = seen[len(seen) // 2 :]
            self.assigned = torch.cdist(of_teacher, means.to(of_teacher)).argmin(dim=1).tolist()

    def target_clusters(self) -> Sequence[int] | None:
        return self.assigned

    def _count(self, features: int) -> int:
        return min(self.config.clusters, max(features // 2, 1))

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        terms = source_losses(source, labelled.labels["identity"], self.config)
        total = {"identity": terms["identity"], "triplet": terms["triplet"]}
        domain = self.confusion(source, target, reversal_strength(progress, self.config.steepness))
        parts = [f"domain_{level}" for level in self.confusion.classifiers]
        if parts:
            total["domain"] = torch.stack([domain[part] for part in parts]).sum()
        terms |= domain
        past = progress - self.config.consistency_start
        if self.consistent and past >= 0:
            found = self.consistency_losses(target, unlabelled)
            used = [found[name] for name in ("cluster_agreement", "cluster_distance")
                    if getattr(self.config, name)]  # fmt: skip
            grown = ramp(past, self.config.consistency_ramp)
            total["consistency"] = grown * torch.stack(used).sum()
            terms |= found
        weights = {f"weight_{name}": value for name, value in self.weights.weights().items()}
        return {"loss": self.weights(total), **terms, **weights}

    def consistency_losses(
        self, target: Features, batch: UnlabelledBatch
    ) -> dict[str, torch.Tensor]:
        """L1^C and L2^C over k-means of student and teacher features (Eq. 13-16)."""
        student = F.normalize(target.embedding.float())
        teacher = F.normalize(of_target(self.teacher, batch).embedding.float())
        if self.config.clustered == "epoch" and int(self.known):
            centroids = self.centroids[: int(self.known)]
        else:
            seen = torch.cat([student.detach(), teacher, self.memory.features()])
            step = int(self.teacher.step)
            centroids = cluster_means(seen, self._count(len(seen)), seed=step)
        self.memory.push(student.detach(), teacher)
        agreement, disagreeing = cluster_agreement(
            student, teacher, centroids, temperature=self.config.temperature
        )
        terms = {"clusters_disagreeing": disagreeing}
        if self.config.cluster_agreement:
            terms["cluster_agreement"] = agreement
        if self.config.cluster_distance:
            terms["cluster_distance"] = cluster_distance(student, centroids)
        return terms

    def after_step(self) -> None:
        self.teacher.update(self.student)
        self.weights.project()
