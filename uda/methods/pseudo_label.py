"""Clustering as adaptation: target tracklets that cluster together are taken for one identity.

A strong baseline in the manner of UDA Strong Baseline and Mutual Mean-Teaching (Ge et al., ICLR
2020), with one network and its mean teacher. Where it differs from them:

- Clusters change every epoch; a memory of cluster features is classified against, as in
  Self-paced Contrastive Learning (NeurIPS 2020), instead of a classifier that starts anew
- The source is trained along throughout, as in Strong Baseline, each domain normalised by itself.
- One student instead of two peers: the soft labels are its own mean teacher's, on mirrored clips.
- No soft triplet loss; outliers of the clustering are left out (MMT drops them too).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.group_means import group_means
from uda.clustering.processes import of_all_processes
from uda.clustering.pseudo_identities import OUTLIER
from uda.losses.metric import batch_hard_triplet
from uda.losses.pseudo import cluster_scores, soft_cross_entropy
from uda.methods.contract import Facts, Method, TargetFeatures
from uda.methods.parts.clusters import Clusters
from uda.methods.parts.counter import Counter
from uda.methods.parts.ema import MeanTeacher, Teacher
from uda.methods.parts.hybrid_memory import means_of_equal
from uda.methods.parts.source_losses import source_losses, supervised
from uda.methods.parts.target_norms import TargetNorms
from uda.methods.parts.two_domains import both_domains, of_target

log = logging.getLogger(__name__)


class PseudoLabelSettings(Clusters, Teacher):
    """Settings of clustering with pseudo identities."""

    ema_decay: float = Field(default=0.999, ge=0, lt=1, description="decay of the teacher per step")
    tested: Literal["student", "teacher"] = Field(
        default="teacher", description="whose weights are evaluated and kept"
    )
    start: float = Field(
        default=0.4, ge=0, le=1, description="when clustering sets in, as a share of the training"
    )
    temperature: float = Field(default=0.05, gt=0, description="of the scores against clusters")
    momentum: float = Field(
        default=0.2, ge=0, lt=1, description="share of a cluster's memory kept per update"
    )
    source_weight: float = Field(default=1.0, ge=0, description="of the source's losses")
    pseudo_triplet_weight: float = Field(
        default=1.0, ge=0, description="of the triplets of pseudo identities"
    )
    soft_weight: float = Field(
        default=0.5, ge=0, le=1, description="of the teacher's soft labels against hard ones"
    )


class PseudoLabel(Method):
    """Student, mean teacher, a group for each of N target tracklets, a memory of their clusters."""

    Settings = PseudoLabelSettings
    recipe = "pseudo_label"
    config: PseudoLabelSettings
    groups: torch.Tensor
    centroids: torch.Tensor

    def __init__(self, student: nn.Module, config: PseudoLabelSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.teacher = MeanTeacher(student, decay=config.ema_decay)
        self.register_buffer("groups", torch.full((facts.tracklets,), OUTLIER))
        most = config.most(facts.tracklets)
        self.register_buffer("centroids", torch.zeros(most, facts.video))
        self.found = Counter()
        self.target_norms = TargetNorms()

    @property
    def clusters(self) -> int:
        return int(self.found)

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Groups the whole target anew by the teacher's features."""
        if progress < self.config.start:
            return
        features = embed(self.teacher.model)
        (found,) = self.config.grouped(features)
        groups = torch.from_numpy(found)
        self.groups.copy_(groups)
        self.found.set(int(groups.max()) + 1)
        self.centroids.copy_(group_means(features, self.groups, len(self.centroids)))
        if self.clusters < 2:
            log.warning(
                "clustering found %d groups among %d target tracklets: this epoch trains on the "
                "source alone. Raise method.eps (now %g) or lower method.min_samples (now %d).",
                self.clusters,
                len(groups),
                self.config.eps,
                self.config.min_samples,
            )

    def target_groups(self) -> Sequence[int] | None:
        """None with fewer than two clusters: nothing can be told apart, nothing is guessed."""
        return self.groups.tolist() if self.clusters > 1 else None

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = both_domains(self.student, labelled, unlabelled, self.config.statistics)
        terms = source_losses(source, labelled.labels["identity"], self.config)
        total = self.config.source_weight * supervised(terms, self.config)
        terms["clusters"] = self.found.value.float()
        terms["clustered_share"] = (self.groups != OUTLIER).float().mean()
        if self.clusters > 1:
            found = self.pseudo_losses(target.embedding, target.video, unlabelled)
            hard, soft = found["pseudo_identity"], found["pseudo_soft"]
            total = total + torch.lerp(hard, soft, self.config.soft_weight)
            total = total + self.config.pseudo_triplet_weight * found["pseudo_triplet"]
            terms |= found
        return {"loss": total, **terms}

    def pseudo_losses(
        self, embedding: torch.Tensor, video: torch.Tensor, unlabelled: UnlabelledBatch
    ) -> dict[str, torch.Tensor]:
        """Cluster cross-entropy against hard and soft labels, and triplets, of target clips."""
        groups = self.groups[unlabelled.tracklets]
        centroids = self.centroids[: self.clusters].clone()
        temperature = self.config.temperature
        scores = cluster_scores(embedding, centroids, temperature)
        taught = of_target(self.teacher, unlabelled, mirrored=True).embedding
        triplet, violating = batch_hard_triplet(
            video, groups, margin=self.config.margin, distance=self.config.distance
        )
        self._remember(groups, embedding.detach())
        return {
            "pseudo_identity": F.cross_entropy(scores, groups),
            "pseudo_soft": soft_cross_entropy(
                scores, cluster_scores(taught, centroids, temperature)
            ),
            "pseudo_triplet": triplet,
            "pseudo_accuracy": (scores.argmax(dim=1) == groups).float().mean(),
            "pseudo_triplets_violating": violating,
        }

    @torch.no_grad()
    def _remember(self, groups: torch.Tensor, embedding: torch.Tensor) -> None:
        """Clusters move towards the mean of their clips in the batch, of all processes."""
        groups, embedding = of_all_processes(groups), of_all_processes(embedding)
        means = means_of_equal(embedding, groups)
        kept = torch.lerp(means.to(self.centroids), self.centroids[groups], self.config.momentum)
        self.centroids[groups] = F.normalize(kept, dim=1)

    def after_step(self) -> None:
        self.target_norms.after_step(self.student, on_target=self.clusters > 1)
        self.teacher.update(self.student)
