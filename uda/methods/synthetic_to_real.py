"""Synthetic-to-Real Video Person Re-ID (arXiv 2402.02108): L = L_ce + L_tri + L^S + L^C.

Follows the paper's equations with gradients that reach the backbone; the authors' released code
detaches both L^S and L^C from it. Where this differs from the paper:

- L3^S, the domain mixture of stitched sequences (Eq. 9), is not here yet.
- L1^C is an indicator without a gradient in Eq. 14; its soft form is minimised instead, and the
  indicator is logged (`uda.losses.consistency`). The teacher's half of L2^C is a constant.
- Sums over frames and clips are means, so that weights do not depend on the batch size.
- Clusters come from the batch and a memory of recent clips, not from the whole target set, on
  L2-normalised embeddings. Fewer clips than M clusters: as many clusters as clips.
- The learnable weights are regularised, exp(-s) L + s, and bounded; their start is the authors'
  code's. Each domain's statistics are its own (`statistics: target`) unless asked otherwise.
"""

from __future__ import annotations

import torch
from reid_models.discriminators import DomainClassifier
from reid_models.grl import reverse
from reid_models.outputs import Features
from torch import nn
from torch.nn import functional as F

from uda.clustering.kmeans import cluster_means
from uda.clustering.memory import FeatureMemory
from uda.config import SyntheticToReal as Settings
from uda.losses.adversarial import domain_loss, reversal_strength
from uda.losses.consistency import cluster_agreement, cluster_distance
from uda.losses.weighting import LearnedWeights
from uda.methods.contract import LabelledBatch, Method, UnlabelledBatch
from uda.methods.source_only import source_losses
from uda.training.ema import MeanTeacher
from uda.training.statistics import running_statistics_untouched


class SyntheticToReal(Method):
    """Student, mean teacher and two domain classifiers."""

    def __init__(self, student: nn.Module, dimensions: int, config: Settings) -> None:
        super().__init__(student)
        self.config = config
        self.teacher = MeanTeacher(student, decay=config.ema_decay)
        self.frame_classifier = DomainClassifier(dimensions, config.hidden)
        self.video_classifier = DomainClassifier(dimensions, config.hidden)
        self.memory = FeatureMemory(config.memory, dimensions)
        self.weights = LearnedWeights(
            {
                "identity": 1.0,
                "triplet": 1.0,
                "domain": config.domain_weight,
                "consistency": config.consistency_weight,
            },
            reach=config.weight_range,
            learn=config.learn_weights,
        )

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        source, target = self.features(labelled.clips, unlabelled.clips)
        terms = source_losses(source, labelled.labels, self.config)
        terms |= self.domain_losses(source, target, reversal_strength(progress))
        total = {
            "identity": terms["identity"],
            "triplet": terms["triplet"],
            "domain": terms["domain_frame"] + terms["domain_video"],
        }
        if progress >= self.config.consistency_start:
            terms |= self.consistency_losses(target, unlabelled.clips)
            total["consistency"] = terms["cluster_agreement"] + terms["cluster_distance"]
        weights = {f"weight_{name}": value for name, value in self.weights.weights().items()}
        return {"loss": self.weights(total), **terms, **weights}

    def features(
        self, source_clips: torch.Tensor, target_clips: torch.Tensor
    ) -> tuple[Features, Features]:
        """The student's view of both domains.

        Separate passes normalise each domain by itself; only the target's running statistics are
        kept, since the target is what the student is tested on.
        """
        if self.config.statistics == "target":
            with running_statistics_untouched(self.student):
                source = self.student(source_clips)
            return source, self.student(target_clips)
        both = self.student(torch.cat([source_clips, target_clips]))
        n = len(source_clips)
        return Features(*(part[:n] for part in both)), Features(*(part[n:] for part in both))

    def domain_losses(
        self, source: Features, target: Features, strength: float
    ) -> dict[str, torch.Tensor]:
        """L1^S on frames and L2^S on videos, behind gradient reversal (Eq. 7, 8 and 10)."""
        frame, frame_accuracy = domain_loss(
            self.frame_classifier(reverse(source.frames.flatten(0, 1), strength)),
            self.frame_classifier(reverse(target.frames.flatten(0, 1), strength)),
        )
        video, video_accuracy = domain_loss(
            self.video_classifier(reverse(source.video, strength)),
            self.video_classifier(reverse(target.video, strength)),
        )
        return {
            "domain_frame": frame,
            "domain_video": video,
            "domain_frame_accuracy": frame_accuracy,
            "domain_video_accuracy": video_accuracy,
        }

    def consistency_losses(self, target: Features, clips: torch.Tensor) -> dict[str, torch.Tensor]:
        """L1^C and L2^C over k-means of student and teacher features (Eq. 13-16)."""
        student = F.normalize(target.embedding.float())
        teacher = F.normalize(self.teacher(clips).embedding.float())
        seen = torch.cat([student.detach(), teacher, self.memory.features()])
        clusters = min(self.config.clusters, max(len(seen) // 2, 1))
        centroids = cluster_means(seen, clusters, seed=int(self.teacher.step))
        agreement, disagreeing = cluster_agreement(
            student, teacher, centroids, temperature=self.config.temperature
        )
        self.memory.push(student.detach(), teacher)
        return {
            "cluster_agreement": agreement,
            "cluster_distance": cluster_distance(student, centroids),
            "clusters_disagreeing": disagreeing,
        }

    def after_step(self) -> None:
        self.teacher.update(self.student)
        self.weights.project()
