"""What a method may know of the whole target before an epoch: embeddings, without identities."""

from __future__ import annotations

import torch
from lightning_fabric import Fabric
from torch import nn

from uda.evaluation.glimpse import glimpse
from uda.training.data import Batches, default_workers
from uda.training.state import RunState


def begin_epoch(run: RunState, batches: Batches, fabric: Fabric) -> None:
    """Lets the method look at the target as a whole. DatasetError: a frame is damaged."""
    settings = run.settings
    workers = settings.data.workers if settings.data.workers is not None else default_workers()
    rank, world = fabric.global_rank, fabric.world_size

    def embed(model: nn.Module) -> torch.Tensor:
        """Each process embeds its share; all get the same features."""
        mine = batches.target[rank::world]
        found = None
        if mine:
            found, _ = glimpse(
                model, mine, settings, device=fabric.device, domain="target", workers=workers
            )
        parts = [found]
        if world > 1:
            parts = [None] * world
            torch.distributed.all_gather_object(parts, found)
        whole = [part for part in parts if part is not None]
        features = torch.empty(len(batches.target), whole[0].shape[1])
        for number, part in enumerate(whole):
            features[number::world] = part
        return features.to(fabric.device)

    run.method.begin_epoch(run.done / run.total, embed)
