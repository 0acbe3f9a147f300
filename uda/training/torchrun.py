"""Processes that torchrun has started already: `torchrun --nproc_per_node 4 -m uda train`."""

from __future__ import annotations

import os

import torch

from uda.config import Config
from uda.errors import ConfigError


def as_started(settings: Config) -> Config:
    """The settings with as many devices as torchrun started processes, unchanged without it.

    ConfigError: training.devices asks for another number, or there are several machines.
    """
    if not torch.distributed.is_available() or not torch.distributed.is_torchelastic_launched():
        return settings
    here, everywhere = (int(os.environ[name]) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    if everywhere != here:
        raise ConfigError(
            f"torchrun started {everywhere} processes, {here} of them on this machine. Training "
            "runs on one machine: start torchrun with --nnodes 1."
        )
    asked = settings.training.devices
    if asked not in (1, here):
        raise ConfigError(
            f"training.devices={asked}, but torchrun started {here} processes. Leave "
            f"training.devices out, or start torchrun with --nproc_per_node {asked}."
        )
    training = settings.training.model_copy(update={"devices": here})
    return settings.model_copy(update={"training": training})
