"""What a method may look at before an epoch: embeddings of the whole target, without identities,
and a clip of each source identity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import torch
from lightning_fabric import Fabric
from reid_datasets.clips import cut
from reid_datasets.records import UnlabelledTracklet
from reid_models.domain_norm import Domain
from torch import nn

from uda import config
from uda.batches.domains import Domains
from uda.clustering.processes import as_first_process
from uda.comparing.contract import Represent
from uda.features.extraction import embedding_of
from uda.features.glimpse import glimpse
from uda.training.state import RunState

MONITORED = "monitoring_only/cluster_purity"
"""Logged under a name that says it: target identities were read, and no loss has seen them."""


def begin_epoch(run: RunState, fabric: Fabric, domains: Domains) -> dict[str, float]:
    """Lets the method look at the target as a whole, and at everybody in the source.

    Returns:
        What is to be logged: how pure the target's clusters are, where that was asked for.

    Raises:
        DatasetError: a frame is damaged.
    """
    settings, batches = run.settings, run.batches
    if fabric.world_size > 1:
        # Running statistics differ between processes, and a checkpoint has the first one's. All see
        # with those, so that a resumed run groups by the same features.
        for buffer in run.method.buffers():
            as_first_process(buffer)

    def embed(model: nn.Module) -> torch.Tensor:
        return _of_all(model, batches.target_tracklets, settings, fabric, "target", embedding_of)

    def embed_people(model: nn.Module, represent: Represent) -> torch.Tensor:
        people = batches.one_of_each_person(run.epoch)
        unlabelled = [tracklet.unlabelled() for tracklet in people]
        return _of_all(model, unlabelled, settings, fabric, "source", represent)

    run.method.begin_epoch(run.progress, embed)
    run.method.look_at_source(embed_people)
    clusters = run.method.target_clusters()
    if clusters is None or not settings.monitoring.target_identities:
        return {}
    known = domains.target_split.train
    if settings.data.dense is not None:
        known = tuple(cut(known, settings.data.dense))
    return {MONITORED: purity(clusters, [tracklet.person_id for tracklet in known])}


def _of_all(
    model: nn.Module,
    tracklets: Sequence[UnlabelledTracklet],
    settings: config.Config,
    fabric: Fabric,
    domain: Domain,
    represent: Represent,
) -> torch.Tensor:
    """What is kept of a clip of each tracklet, (N, D). Each process makes its share; all get the
    same features."""
    rank, world = fabric.global_rank, fabric.world_size
    mine = tracklets[rank::world]
    found = None
    if mine:
        found, _ = glimpse(
            model, mine, settings, device=fabric.device, domain=domain, represent=represent
        )
    parts = [found]
    if world > 1:
        parts = [None] * world
        torch.distributed.all_gather_object(parts, None if found is None else found.cpu())
    whole = [part for part in parts if part is not None]
    features = whole[0].new_empty(len(tracklets), whole[0].shape[1])
    for number, part in enumerate(whole):
        features[number::world] = part
    return features.to(fabric.device)


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
