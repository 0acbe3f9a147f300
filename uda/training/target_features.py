"""What a method may know of the whole target before an epoch: embeddings, without identities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from lightning_fabric import Fabric
from reid_datasets.clips import cut
from torch import nn

from uda.batches.domains import Domains
from uda.features.glimpse import glimpse
from uda.training.state import RunState

MONITORED = "monitoring_only/cluster_purity"
"""Logged under a name that says it: target identities were read, and no loss has seen them."""


def begin_epoch(run: RunState, fabric: Fabric, domains: Domains) -> dict[str, float]:
    """Lets the method look at the target as a whole.

    Returns:
        What is to be logged: how pure the target's clusters are, where that was asked for.

    Raises:
        DatasetError: a frame is damaged.
    """
    settings, target = run.settings, run.batches.target_tracklets
    rank, world = fabric.global_rank, fabric.world_size

    def embed(model: nn.Module) -> torch.Tensor:
        """Each process embeds its share; all get the same features."""
        mine = target[rank::world]
        found = None
        if mine:
            found, _ = glimpse(model, mine, settings, device=fabric.device, domain="target")
        parts = [found]
        if world > 1:
            parts = [None] * world
            torch.distributed.all_gather_object(parts, None if found is None else found.cpu())
        whole = [part for part in parts if part is not None]
        features = whole[0].new_empty(len(target), whole[0].shape[1])
        for number, part in enumerate(whole):
            features[number::world] = part
        return features.to(fabric.device)

    run.method.begin_epoch(run.progress, embed)
    clusters = run.method.target_clusters()
    if clusters is None or not settings.monitoring.target_identities:
        return {}
    known = domains.target_split.train
    if settings.data.dense is not None:
        known = tuple(cut(known, settings.data.dense))
    return {MONITORED: purity(clusters, [tracklet.person_id for tracklet in known])}


def purity(clusters: Sequence[int], people: Sequence[int]) -> float:
    """Share of clustered tracklets that are of their cluster's most frequent person.

    ``people`` are the identities of the first tracklets; those beyond have none and are left out,
    as are outliers (-1). 0 where nothing is clustered.
    """
    found: dict[int, Counter[int]] = {}
    for cluster, person in zip(clusters, people, strict=False):
        if cluster >= 0:
            found.setdefault(cluster, Counter())[person] += 1
    right = sum(counts.most_common(1)[0][1] for counts in found.values())
    return right / max(sum(counts.total() for counts in found.values()), 1)
