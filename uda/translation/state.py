"""A style transfer in progress: what moves from step to step, and how it becomes a checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from uda.runs import checkpoint
from uda.translation.methods.cyclegan import CycleGan
from uda.translation.settings import Optimiser, Settings

FORMAT = checkpoint.Format(
    "uda translate",
    "uda-translation-",
    1,
    ("networks", "optimisers", "buffers", "position", "config", "source", "target"),
    "Name the checkpoints/last.pt of a style transfer.",
)
BETAS = (0.5, 0.999)
"""Of Adam."""


@dataclass
class TranslationState:
    """``epoch`` epochs are complete, and ``step`` of the ``steps`` of the next one."""

    settings: Settings
    method: CycleGan
    optimisers: dict[str, torch.optim.Optimizer]
    steps: int
    epoch: int = 0
    step: int = 0

    @classmethod
    def start(cls, settings: Settings, method: CycleGan, steps: int) -> TranslationState:
        """Before the first of ``steps`` in each epoch."""
        lr = settings.optimiser.lr
        optimisers: dict[str, torch.optim.Optimizer] = {
            name: torch.optim.Adam(weights, lr=lr, betas=BETAS)
            for name, weights in method.moved().items()
        }
        return cls(settings, method, optimisers, steps)

    @property
    def done(self) -> int:
        """Steps since the start of the training."""
        return self.epoch * self.steps + self.step

    @property
    def total(self) -> int:
        return self.settings.training.epochs * self.steps

    @property
    def finished(self) -> bool:
        return self.epoch >= self.settings.training.epochs

    def set_rate(self) -> float:
        """The learning rate of the step that comes next, which all optimisers get."""
        how = self.settings.optimiser
        now = how.lr * rate(how, self.done / self.total)
        for optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group["lr"] = now
        return now

    def as_checkpoint(self, identity: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Everything the training goes on from."""
        return {
            "networks": self.method.state_dict(),
            "buffers": self.method.buffers_state(),
            "optimisers": {n: o.state_dict() for n, o in self.optimisers.items()},
            "position": {"epoch": self.epoch, "step": self.step},
            "random": checkpoint.random_state(),
            "config": self.settings.model_dump(mode="json"),
            **identity,
        }

    def restore(self, path: Path, saved: dict[str, Any], device: torch.device) -> None:
        """Goes on where a checkpoint stopped. CheckpointError: it is of other networks."""
        what = f"a {self.settings.method.name} of these settings"
        checkpoint.fit(path, self.method, saved["networks"], what)
        self.method.load_buffers(saved["buffers"], device)
        for name, optimiser in self.optimisers.items():
            optimiser.load_state_dict(saved["optimisers"][name])
        self.epoch, self.step = saved["position"]["epoch"], saved["position"]["step"]
        checkpoint.restore_random_state(saved["random"])


def rate(settings: Optimiser, share: float) -> float:
    """The learning rate when a ``share`` of the training is done, as a share of its highest."""
    if share <= settings.decay_from:
        return 1.0
    return max(1 - share, 0.0) / (1 - settings.decay_from)
