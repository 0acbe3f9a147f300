"""A run in progress: what moves from step to step, and how it becomes a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from uda import config
from uda.methods.contract import Method
from uda.training import checkpoint, optimiser


@dataclass
class RunState:
    """``epoch`` epochs are complete, and ``step`` steps of the next one."""

    settings: config.Config
    method: Method
    optimiser: torch.optim.Optimizer
    scheduler: torch.optim.lr_scheduler.LambdaLR
    steps_per_epoch: int
    epoch: int = 0
    step: int = 0
    best: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def start(cls, settings: config.Config, method: Method, steps_per_epoch: int) -> RunState:
        built = optimiser.build(settings.optimiser, method)
        scheduler = optimiser.scheduler(
            built, settings.schedule, epochs=settings.training.epochs, steps=steps_per_epoch
        )
        return cls(settings, method, built, scheduler, steps_per_epoch)

    @property
    def done(self) -> int:
        """Steps since the start of the training."""
        return self.epoch * self.steps_per_epoch + self.step

    @property
    def total(self) -> int:
        return self.settings.training.epochs * self.steps_per_epoch

    @property
    def finished(self) -> bool:
        return self.epoch >= self.settings.training.epochs

    def as_checkpoint(self, fabric: Fabric, domains: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """On every rank: gathers the random state of all of them."""
        tested = f"{self.method.tested}."
        states: list[Any] = [checkpoint.random_state()]
        if fabric.world_size > 1:
            states = [None] * fabric.world_size
            torch.distributed.all_gather_object(states, checkpoint.random_state())
        return {
            "model": self.method.get_submodule(self.method.tested).state_dict(),
            "method": {
                name: tensor
                for name, tensor in self.method.state_dict().items()
                if not name.startswith(tested)
            },
            "optimiser": self.optimiser.state_dict(),
            "scheduler": self.scheduler.state_dict(),
            "precision": fabric.strategy.precision.state_dict(),
            "position": {"epoch": self.epoch, "step": self.step, "best": self.best},
            "random": states,
            "config": self.settings.model_dump(mode="json"),
            **domains,
        }

    def restore(self, path: Path, saved: dict[str, Any], fabric: Fabric) -> None:
        """Continue where a checkpoint stopped. CheckpointError: another architecture."""
        tested = f"{self.method.tested}."
        model = {f"{tested}{name}": tensor for name, tensor in saved["model"].items()}
        what = f"{self.settings.model.name} trained with {self.settings.method.name}"
        checkpoint.fit(path, self.method, model | saved["method"], what)
        self.optimiser.load_state_dict(saved["optimiser"])
        self.scheduler.load_state_dict(saved["scheduler"])
        fabric.strategy.precision.load_state_dict(saved["precision"])
        self.epoch, self.step = saved["position"]["epoch"], saved["position"]["step"]
        self.best = saved["position"]["best"]
        checkpoint.restore_random_state(saved["random"][fabric.global_rank % len(saved["random"])])
