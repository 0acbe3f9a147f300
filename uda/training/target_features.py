"""What a method may know of the whole target before an epoch: embeddings, without identities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn

from uda.evaluation.features import extract
from uda.training.data import Batches, default_workers
from uda.training.scores import extraction
from uda.training.state import RunState


def begin_epoch(run: RunState, batches: Batches, fabric: Fabric) -> None:
    """Lets the method look at the target as a whole."""
    settings = run.settings
    # As many frames as a training clip has, evenly spread: whole tracklets would cost more than
    # the epoch itself.
    workers = settings.data.workers if settings.data.workers is not None else default_workers()
    how = replace(extraction(settings), frames=settings.data.clip_length, workers=workers)

    def embed(model: nn.Module) -> torch.Tensor:
        """Each process embeds its share; all get the same features."""
        mine = batches.target[fabric.global_rank :: fabric.world_size]
        with torch.random.fork_rng(devices=[]):  # looking leaves no trace in the training
            found = extract(model, mine, how, device=fabric.device) if mine else None
        parts = [found]
        if fabric.world_size > 1:
            parts = [None] * fabric.world_size
            torch.distributed.all_gather_object(parts, found)
        whole = [part for part in parts if part is not None]
        features = np.empty((len(batches.target), whole[0].shape[1]), np.float32)
        for rank, part in enumerate(whole):
            features[rank :: fabric.world_size] = part
        return torch.from_numpy(features).to(fabric.device)

    run.method.begin_epoch(run.done / run.total, embed)
