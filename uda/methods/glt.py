"""Group-aware label transfer: coarse and fine groups, whose labels an optimal transport refines.

Zheng et al., Group-aware Label Transfer for Domain Adaptive Person Re-identification, CVPR 2021, on
the strong baseline. What is the paper's, what its authors' code trains, and what is neither:
docs/methods.md, glt.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated, Literal

import torch
from pydantic import Field, model_validator
from reid_models.outputs import Features
from torch import nn
from torch.nn import functional as F

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.group_means import group_means
from uda.clustering.kmeans import cluster_means, nearest_mean
from uda.clustering.processes import as_first_process
from uda.clustering.transport import transported
from uda.exact import exact_products
from uda.losses.circle import circle_loss
from uda.losses.pseudo import class_scores
from uda.losses.soft_triplet import hardest, softmax_triplet
from uda.methods.contract import Facts, TargetFeatures
from uda.methods.parts.counter import Counter
from uda.methods.parts.hybrid_memory import HybridMemory
from uda.methods.parts.source_then_target import SourceThenTarget, Stages

log = logging.getLogger(__name__)


class GltSettings(Stages):
    """Settings of group-aware label transfer; defaults are the authors' code's."""

    start: float = Field(
        default=0.1,
        ge=0,
        le=1,
        description="when groups are found and the source is left, as a share of the training",
    )
    refresh: float = Field(
        default=0.082,
        gt=0,
        le=1,
        description="k-means groups anew after this share of training; before, each epoch refines",
    )
    groups: tuple[Annotated[int, Field(ge=2)], ...] = Field(
        default=(600, 700, 800),
        min_length=1,
        description="numbers of groups, coarse to fine, each with a classifier of its own; fewer "
        "in proportion where the largest is over half of the target's tracklets",
    )
    drawn_by: int = Field(
        default=1,
        ge=0,
        description="which of method.groups, from 0, batches are drawn and triplets mined by",
    )
    trained_heads: Literal["all", "first"] = Field(
        default="all",
        description="classifiers that learn; first: all that the authors' code trains",
    )
    sharpness: float = Field(
        default=25.0, gt=0, description="power of the class shares that labels are refined by"
    )
    tolerance: float = Field(
        default=0.01, gt=0, description="error at which the refinement's iterations end"
    )
    contrast_weight: float = Field(
        default=1 / 18,
        ge=0,
        description="of the contrast with source identities and remembered tracklets; 0: the "
        "authors' code, which leaves it out",
    )
    contrast_margin: float = Field(default=0.25, ge=0, le=1, description="of its circle loss")
    contrast_scale: float = Field(default=128.0, gt=0, description="of its circle loss")
    momentum: float = Field(
        default=0.2, ge=0, lt=1, description="share of a memory's entry kept per update"
    )

    @model_validator(mode="after")
    def _drawn_by_groups_there_are(self) -> GltSettings:
        if self.drawn_by >= len(self.groups):
            raise ValueError(
                f"method.drawn_by={self.drawn_by} asks for one of method.groups, counted from 0, "
                f"but there are {len(self.groups)}"
            )
        return self

    def sizes(self, tracklets: int) -> tuple[int, ...]:
        """Numbers of groups of so many tracklets: two tracklets to a group at least, on average."""
        most, largest = tracklets // 2, max(self.groups)
        if largest <= most:
            return self.groups
        least = 2 if most >= 2 else 1
        return tuple(max(round(size * most / largest), least) for size in self.groups)


class Glt(SourceThenTarget):
    """L = mean_g CE(W_g f, y_g) + L_tri(y) + w (circle(target) + circle(source))."""

    Settings = GltSettings
    recipe = "glt"
    config: GltSettings
    labels: torch.Tensor
    taught_heads: torch.Tensor
    moved: torch.Tensor

    def __init__(self, student: nn.Module, config: GltSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.sizes = config.sizes(facts.tracklets)
        # Of each of G granularities the group of each tracklet.
        self.register_buffer(
            "labels", torch.zeros(len(self.sizes), facts.tracklets, dtype=torch.long)
        )
        self.heads = nn.Parameter(torch.zeros(sum(self.sizes), facts.video))
        self.register_buffer("taught_heads", torch.zeros(sum(self.sizes), facts.video))
        people = facts.labels.get("identity", torch.zeros(0, dtype=torch.long))
        identities = int(people.max()) + 1 if len(people) else 0
        self.memory = HybridMemory(identities, facts.tracklets, facts.video)
        # How many groups there are to draw by.
        self.found = Counter()
        self.register_buffer("moved", torch.zeros(()))

    @property
    def adapting(self) -> bool:
        return int(self.found) > 1

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Groups the target by the teacher's features where that is due, else refines its labels
        by the teacher's classifiers."""
        if progress < self.config.start:
            return
        due = self.due(progress)
        features = embed(self.teacher.model)
        if due:
            self._group(features)
        else:
            self._refine(features)
        drawn = self.labels[self.config.drawn_by]
        self.found.set(int(drawn.unique().numel()))
        self.memory.regroup(drawn)
        if not self.adapting:
            log.warning(
                "%d target tracklets fall into %d groups: this epoch trains on the source. Two "
                "groups need four tracklets that differ.",
                len(features),
                int(self.found),
            )

    def _group(self, features: torch.Tensor) -> None:
        if self.sizes != self.config.groups:
            log.warning(
                "method.groups=%s are too many for %d target tracklets: %s it is, two tracklets to "
                "a group.",
                list(self.config.groups),
                len(features),
                list(self.sizes),
            )
        starts = []
        for labels, size in zip(self.labels, self.sizes, strict=True):
            means = cluster_means(features, size, seed=0)
            labels.copy_(nearest_mean(features, means))
            as_first_process(labels)
            starts.append(group_means(features, labels, size))
        self.heads.copy_(torch.cat(starts))
        self.taught_heads.copy_(self.heads)
        self.memory.tracklets.copy_(features)
        self.moved.zero_()

    def _refine(self, features: torch.Tensor) -> None:
        before = self.labels.clone()
        scores = class_scores(features, self.taught_heads)
        for labels, own in zip(self.labels, scores.split(self.sizes, dim=1), strict=True):
            plan = transported(
                own, sharpness=self.config.sharpness, tolerance=self.config.tolerance
            )
            labels.copy_(plan.labels())
            as_first_process(labels)
            log.info("labels of %d groups refined in %d steps", own.shape[1], plan.iterations)
        self.moved.copy_((self.labels != before).float().mean())

    def target_groups(self) -> Sequence[int] | None:
        """None with fewer than two groups: nothing can be told apart."""
        return self.memory.groups.tolist() if self.adapting else None

    def on_target(
        self, source: Features, target: Features, labelled: LabelledBatch, batch: UnlabelledBatch
    ) -> dict[str, torch.Tensor]:
        config, which = self.config, batch.tracklets
        labels, drawn = self.labels[:, which], self.memory.groups[which]
        scores = class_scores(target.embedding, self.heads).split(self.sizes, dim=1)
        trained = len(scores) if config.trained_heads == "all" else 1
        each = [F.cross_entropy(scores[g], labels[g]) for g in range(trained)]
        terms = {
            "pseudo_identity": torch.stack(each).mean(),
            "pseudo_triplet": softmax_triplet(target.video, *hardest(target.video, drawn)),
        }
        total = terms["pseudo_identity"] + terms["pseudo_triplet"]
        if config.contrast_weight:
            terms |= self._contrast(source, target, labelled.labels["identity"], which)
            contrast = terms["contrast_target"] + terms["contrast_source"]
            total = total + config.contrast_weight * contrast
        right = [(s.argmax(dim=1) == y).float() for s, y in zip(scores, labels, strict=True)]
        terms["pseudo_accuracy"] = torch.stack(right).mean()
        terms["clusters"] = self.found.value.float()
        terms["labels_moved"] = self.moved.clone()
        return {"loss": total, **terms}

    def _contrast(
        self, source: Features, target: Features, identities: torch.Tensor, which: torch.Tensor
    ) -> dict[str, torch.Tensor]:
        """Target clips against what is remembered of identities and tracklets, source clips against
        identities; then both are remembered."""
        memory, config = self.memory, self.config
        memory.meet(source.embedding.detach(), identities)
        people = torch.arange(len(memory.identities), device=which.device)
        held = torch.cat([memory.identities, memory.tracklets])
        known = F.pad(memory.met, (0, len(memory.tracklets)), value=True)
        own = torch.cat([people, memory.groups + len(people)])
        found = {}
        for name, seen, labels, count in (
            ("contrast_target", target, memory.groups[which] + len(people), len(held)),
            ("contrast_source", source, identities, len(people)),
        ):
            with exact_products(which.device):
                cosines = F.normalize(seen.embedding.float(), dim=1) @ held[:count].T
            same = labels[:, None] == own[:count]
            found[name] = circle_loss(
                cosines, same & known[:count], ~same & known[:count],
                margin=config.contrast_margin, scale=config.contrast_scale,
            )  # fmt: skip
        memory.remember(
            source.embedding.detach(), identities, target.embedding.detach(), which, config.momentum
        )
        return found

    @torch.no_grad()
    def after_step(self) -> None:
        super().after_step()
        self.taught_heads.lerp_(self.heads, 1 - self.teacher.kept)
