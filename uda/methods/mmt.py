"""Mutual mean-teaching: two students, each taught by the other's mean teacher.

Ge et al., Mutual Mean-Teaching: Pseudo Label Refinery for Unsupervised Domain Adaptation on Person
Re-identification, ICLR 2020, with DBSCAN as in their later code. Where it differs:

- Their two networks are trained on the source from two seeds. Here the second starts as a copy of
  the first with a classifier of its own, and sees every clip mirrored.
- Their optimiser starts anew with every clustering; here its moments stay.
- Groups alone are drawn; a clustering with fewer than two trains on the source in that epoch.
"""

from __future__ import annotations

import copy
import logging
from collections.abc import Sequence
from typing import Literal

import torch
from pydantic import Field
from reid_models.outputs import Features
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.group_means import group_means
from uda.clustering.pseudo_identities import OUTLIER
from uda.losses.identity import identity_loss
from uda.losses.pseudo import class_scores, soft_cross_entropy
from uda.losses.soft_triplet import hardest, soft_softmax_triplet, softmax_triplet
from uda.methods.contract import Facts, Method, TargetFeatures
from uda.methods.parts.clusters import Clusters
from uda.methods.parts.counter import Counter
from uda.methods.parts.ema import MeanTeacher, Teacher
from uda.methods.parts.source_losses import source_losses, supervised
from uda.methods.parts.target_norms import TargetNorms
from uda.methods.parts.two_domains import both_domains, of_target

log = logging.getLogger(__name__)


class MmtSettings(Clusters, Teacher):
    """Settings of mutual mean-teaching; defaults are the authors'."""

    ema_decay: float = Field(default=0.999, ge=0, lt=1, description="decay of teachers per step")
    tested: Literal["student", "teacher"] = Field(
        default="teacher",
        description="whose weights are evaluated and kept: the first student's, or its teacher's",
    )
    triplet: Literal["margin", "softmax"] = Field(
        default="softmax", description="of the source's triplets: with a margin, or which is nearer"
    )
    start: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="when clustering sets in and the source is left, as a share of the training",
    )
    soft_weight: float = Field(
        default=0.5,
        ge=0,
        le=1,
        description="of the peer's teacher's class scores against hard labels",
    )
    soft_triplet_weight: float = Field(
        default=0.8, ge=0, le=1, description="of its answers on triplets against hard ones"
    )


class Mmt(Method):
    """Per student: (1 - a) CE + a CE_soft + (1 - b) L_tri + b L_tri_soft, the soft labels being the
    peer's teacher's (Eq. 9)."""

    Settings = MmtSettings
    recipe = "mmt"
    config: MmtSettings
    groups: torch.Tensor
    taught_classes: torch.Tensor

    def __init__(self, student: nn.Module, config: MmtSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.peer = copy.deepcopy(student)
        for name, module in self.peer.named_modules():
            if isinstance(module, nn.Linear) and name.rpartition(".")[2] == "classifier":
                module.reset_parameters()
        self.teacher = MeanTeacher(student, decay=config.ema_decay)
        self.peer_teacher = MeanTeacher(self.peer, decay=config.ema_decay)
        self.register_buffer("groups", torch.full((facts.tracklets,), OUTLIER))
        most = config.most(facts.tracklets)
        self.classes = nn.Parameter(torch.zeros(2, most, facts.video))
        self.register_buffer("taught_classes", torch.zeros(2, most, facts.video))
        self.found = Counter()
        self.target_norms = TargetNorms()

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Groups the target by the mean of both teachers' features; classifiers of both students
        and teachers begin with the means of the groups."""
        if progress < self.config.start:
            return
        features = F.normalize(embed(self.teacher.model) + embed(self.peer_teacher.model), dim=1)
        (found,) = self.config.grouped(features)
        groups = torch.from_numpy(found)
        self.groups.copy_(groups)
        self.found.set(int(groups.max()) + 1)
        means = group_means(features, self.groups, self.classes.shape[1])
        self.classes.copy_(means.expand_as(self.classes))
        self.taught_classes.copy_(self.classes)
        if int(self.found) < 2:
            log.warning(
                "clustering found %d groups among %d target tracklets: this epoch trains on the "
                "source. Raise method.eps (now %g) or lower method.min_samples (now %d).",
                int(self.found),
                len(groups),
                self.config.eps,
                self.config.min_samples,
            )

    def target_groups(self) -> Sequence[int] | None:
        """None with fewer than two clusters: nothing can be told apart, nothing is guessed."""
        return self.groups.tolist() if int(self.found) > 1 else None

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        if int(self.found) < 2:
            return self._on_source(labelled, unlabelled)
        students = [
            of_target(self.student, unlabelled),
            of_target(self.peer, unlabelled, mirrored=True),
        ]
        teachers = [
            of_target(self.teacher, unlabelled),
            of_target(self.peer_teacher, unlabelled, mirrored=True),
        ]
        groups = self.groups[unlabelled.tracklets]
        both = [self._mutual(i, students[i], teachers[1 - i], groups) for i in range(2)]
        terms = {name: both[0][name] + both[1][name] for name in both[0]}
        a, b = self.config.soft_weight, self.config.soft_triplet_weight
        total = torch.lerp(terms["pseudo_identity"], terms["pseudo_soft"], a)
        total = total + torch.lerp(terms["pseudo_triplet"], terms["pseudo_triplet_soft"], b)
        terms["pseudo_accuracy"] = terms["pseudo_accuracy"] / 2
        terms["clusters"] = self.found.value.float()
        terms["clustered_share"] = (self.groups != OUTLIER).float().mean()
        return {"loss": total, **terms}

    def _mutual(
        self, student: int, seen: Features, peer: Features, groups: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Losses of a student by what it sees and what its peer's teacher does."""
        count = int(self.found)
        scores = class_scores(seen.embedding, self.classes[student, :count])
        taught = class_scores(peer.embedding, self.taught_classes[1 - student, :count])
        triplet = hardest(seen.video, groups)
        return {
            "pseudo_identity": identity_loss(
                scores,
                groups,
                smoothing=self.config.smoothing,
                over=self.config.smoothing_over,
            ),
            "pseudo_soft": soft_cross_entropy(scores, taught),
            "pseudo_triplet": softmax_triplet(seen.video, *triplet),
            "pseudo_triplet_soft": soft_softmax_triplet(seen.video, peer.video, *triplet),
            "pseudo_accuracy": (scores.argmax(dim=1) == groups).float().mean(),
        }

    def _on_source(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch
    ) -> dict[str, torch.Tensor]:
        """Both students on the source; target clips pass for the sake of the batch norms."""
        config, identities = self.config, labelled.labels["identity"]
        source = labelled._replace(clips=labelled.clips.flip(-1))
        target = unlabelled._replace(clips=unlabelled.clips.flip(-1))
        first, _ = both_domains(self.student, labelled, unlabelled, config.statistics)
        other, _ = both_domains(self.peer, source, target, config.statistics)
        terms = source_losses(first, identities, config)
        peers = source_losses(other, identities, config)
        total = supervised(terms, config) + supervised(peers, config)
        return {"loss": total, **terms, "peer_identity": peers["identity"]}

    @torch.no_grad()
    def after_step(self) -> None:
        self.target_norms.after_step(self.student, self.peer, on_target=int(self.found) > 1)
        self.teacher.update(self.student)
        self.peer_teacher.update(self.peer)
        self.taught_classes.lerp_(self.classes, 1 - self.teacher.kept)
