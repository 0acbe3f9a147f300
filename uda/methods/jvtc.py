"""Joint visual and temporal consistency: a local and a global loss, and when people were where.

Li and Zhang, Joint Visual and Temporal Consistency for Unsupervised Domain Adaptive Person
Re-Identification, ECCV 2020, after their code. `jvtc` compares by features, `jvtc_plus` (JVTC+) by
features and transition times. Where it differs:

- Theirs shows a target image in K styles of other cameras, made by a GAN; here a tracklet is shown
  by K clips.
- Features have the student's width, not 512.
- Their memory begins with noise; here with the features of the first epoch.
- Groups are found by features of the network as it is then, theirs by what the memory holds.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import nn

from uda.batches.batch import LabelledBatch, UnlabelledBatch
from uda.clustering.processes import as_first_process, of_all_processes
from uda.clustering.pseudo_identities import nearest_pairs
from uda.clustering.spaces import Space
from uda.comparing.contract import Comparison
from uda.comparing.transitions import BINS, SPREAD, UNKNOWN, WIDTH, Transitions, learned
from uda.comparing.visual_temporal import JointSpace, VisualTemporal
from uda.losses.multi_label import global_multi_label, local_one_hot
from uda.methods.contract import Facts, Method, TargetFeatures
from uda.methods.parts.hybrid_memory import means_of_equal
from uda.methods.parts.source_losses import source_losses, supervised
from uda.methods.parts.two_domains import TwoDomains, both_domains

log = logging.getLogger(__name__)


class JvtcSettings(TwoDomains):
    """Settings of joint visual and temporal consistency; defaults are the authors'."""

    triplet_weight: float = Field(
        default=0.0, ge=0, description="of the source's triplet loss; the authors have none"
    )
    global_start: float = Field(
        default=0.1, ge=0, le=1, description="when the global loss sets in, as a share of training"
    )
    joint_start: float = Field(
        default=0.3, ge=0, le=1, description="when groups are found by transition times, too"
    )
    refresh: float = Field(
        default=0.05, gt=0, le=1, description="groups are found anew after this share of training"
    )
    global_weight: float = Field(default=0.2, ge=0, description="of the global loss")
    local_temperature: float = Field(default=0.1, gt=0, description="of the local loss")
    global_temperature: float = Field(default=0.05, gt=0, description="of the global loss")
    momentum: float = Field(
        default=0.8,
        ge=0,
        lt=1,
        description="share of the memory kept per update, once so much of the training is done; "
        "before, the share that is done",
    )
    k1: int = Field(default=20, ge=1, description="neighbours that must be reciprocal")
    k2: int = Field(default=6, ge=1, description="neighbours whose encodings are averaged")
    nearest_share: float = Field(
        default=0.0016,
        gt=0,
        lt=1,
        description="of all pairs, whose mean distance is the radius of groups",
    )
    time_bin: float = Field(default=WIDTH, gt=0, description="seconds of a bin of transition times")
    time_bins: int = Field(default=BINS, ge=1, description="bins; longer gaps are in the last")
    time_spread: float = Field(
        default=SPREAD, gt=0, description="bins over which they are smoothed"
    )


class Jvtc(Method):
    """L = L_ce(source) + L_local + w L_global; a memory (N, D) of the target's tracklets."""

    Settings = JvtcSettings
    recipe = "jvtc"
    config: JvtcSettings
    groups: torch.Tensor
    looks: torch.Tensor
    memory: torch.Tensor
    grouped: torch.Tensor

    def __init__(self, student: nn.Module, config: JvtcSettings, facts: Facts) -> None:
        super().__init__(student, config, facts)
        self.register_buffer("groups", torch.arange(facts.tracklets))
        # Groups by features alone, which transition times are learned from: from groups that these
        # times have found they would only learn what they know.
        self.register_buffer("looks", torch.arange(facts.tracklets))
        self.register_buffer("memory", torch.zeros(facts.tracklets, facts.video))
        # Where and when each tracklet was seen, int64 (N,).
        unknown = torch.full((facts.tracklets,), UNKNOWN)
        self.cameras, self.times = (
            facts.target.get(name, unknown).numpy() for name in ("camera", "time")
        )
        # When groups were found last, in refreshes; -1: the memory is still empty.
        self.register_buffer("grouped", torch.tensor(-1))

    @torch.no_grad()
    def begin_epoch(self, progress: float, embed: TargetFeatures) -> None:
        """Groups the target by its features, and later by transition times, too."""
        turn = int(progress / self.config.refresh + 1e-9)
        empty = int(self.grouped) < 0
        due = progress >= self.config.global_start and turn > int(self.grouped)
        if not (empty or due):
            return
        features = embed(self.student)
        if empty:
            self.memory.copy_(features)
            self.grouped.fill_(0)
        if due:
            self._regroup(features, joint=progress >= self.config.joint_start)
            self.grouped.fill_(turn)

    def _regroup(self, features: torch.Tensor, *, joint: bool) -> None:
        """By features; once times count, by both, with times learned from the former groups."""
        self._group(features, self.looks, original=0.3)
        self.groups.copy_(self.looks)
        if not joint:
            return
        transitions = self.transitions()
        if transitions:
            space = JointSpace(features, self.cameras, self.times, transitions)
            self._group(space, self.groups, original=0.5)
            return
        log.warning(
            "no person was seen twice at known cameras and times: groups are found by "
            "features alone. Transition times need both with every target tracklet."
        )

    def _group(self, items: torch.Tensor | Space, into: torch.Tensor, *, original: float) -> None:
        config = self.config
        groups, radius = nearest_pairs(
            items, k1=config.k1, k2=config.k2, original=original, share=config.nearest_share
        )
        into.copy_(torch.from_numpy(groups))
        as_first_process(into)
        log.info("%d groups of %d tracklets, radius %.3f", groups.max() + 1, len(groups), radius)

    def transitions(self) -> Transitions:
        """Transition times of the groups by features, of those of several tracklets."""
        groups = self.looks.cpu().numpy()
        several = np.bincount(groups, minlength=1)[groups] > 1
        return learned(
            np.where(several, groups, -1),
            self.cameras,
            self.times,
            width=self.config.time_bin,
            bins=self.config.time_bins,
            spread=self.config.time_spread,
        )

    def target_groups(self) -> Sequence[int] | None:
        """Every tracklet by itself: K clips of each in a batch."""
        return list(range(len(self.groups)))

    def target_clusters(self) -> Sequence[int] | None:
        sizes = torch.bincount(self.groups, minlength=1)
        return self.groups.where(sizes[self.groups] > 1, -1).tolist()

    def losses(
        self, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None, progress: float
    ) -> dict[str, torch.Tensor]:
        assert unlabelled is not None
        config, which = self.config, unlabelled.tracklets
        source, target = both_domains(self.student, labelled, unlabelled, config.statistics)
        terms = source_losses(source, labelled.labels["identity"], config)
        terms["local"] = local_one_hot(target.embedding, which, config.local_temperature)
        total = supervised(terms, config) + terms["local"]
        if progress >= config.global_start:
            terms["global"] = global_multi_label(
                target.embedding, self.memory.clone(), self.groups, which, config.global_temperature
            )
            total = total + config.global_weight * terms["global"]
        self._remember(which, target.embedding.detach(), min(progress, config.momentum))
        return {"loss": total, **terms}

    @torch.no_grad()
    def _remember(self, which: torch.Tensor, embedding: torch.Tensor, momentum: float) -> None:
        """Moves the memory towards the mean of each tracklet's clips; lengths are left, as in
        the authors' code."""
        which, embedding = of_all_processes(which), of_all_processes(embedding)
        means = means_of_equal(embedding, which).to(self.memory)
        self.memory[which] = torch.lerp(means, self.memory[which], momentum)


class JvtcPlus(Jvtc):
    """JVTC+: trained as JVTC, compared by features and transition times."""

    recipe = "jvtc_plus"
    compares_by: ClassVar[type[Comparison]] = VisualTemporal

    def comparison(self) -> Comparison:
        """By features alone as long as there are no groups to learn times from."""
        transitions = self.transitions()
        return VisualTemporal(transitions) if transitions else VisualTemporal()
