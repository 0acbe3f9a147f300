"""A run in progress: what moves from step to step, and how it becomes a checkpoint."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from reid_models.layers import depth_below_head
from torch import nn

from uda import config
from uda.batches.pairs import Batches
from uda.errors import CheckpointError, ConfigError
from uda.methods.contract import Method, Turn
from uda.methods.optimisation import Optimisation, Optimised
from uda.runs import checkpoint


@dataclass
class RunState:
    """``epoch`` epochs are complete, and ``step`` steps of the next one. ``spent`` minutes went by
    before this process, which ``began`` at that time of `time.perf_counter`."""

    settings: config.Config
    method: Method
    optimised: dict[str, Optimised]
    turns: Sequence[Turn]
    batches: Batches
    epoch: int = 0
    step: int = 0
    best: dict[str, Any] = field(default_factory=dict)
    spent: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    @classmethod
    def start(
        cls, settings: config.Config, method: Method, batches: Batches, *, fused: bool = False
    ) -> RunState:
        """A run before its first step. ConfigError: the method names optimisers it has not, or
        ``optimiser.layer_decay`` finds a single layer."""
        plan = Optimisation(
            settings.optimiser,
            settings.schedule,
            settings.training.epochs,
            batches.steps,
            backbone=_backbone(settings, method),
            fused=fused,
        )
        optimised = dict(method.optimisers(plan))
        turns = list(method.turns()) or [Turn("losses", list(optimised))]
        for turn in turns:
            unknown = [name for name in turn.optimisers if name not in optimised]
            if unknown:
                raise ConfigError(
                    f"Method {settings.method.name} moves the optimiser {unknown[0]} in the turn "
                    f"{turn.losses}, but has only {', '.join(optimised)}. Correct its turns()."
                )
        return cls(settings, method, optimised, turns, batches)

    @property
    def done(self) -> int:
        """Steps since the start of the training."""
        return self.epoch * self.batches.steps + self.step

    @property
    def total(self) -> int:
        return self.settings.training.epochs * self.batches.steps

    @property
    def progress(self) -> float:
        """The share of the training that is done."""
        return self.done / self.total

    @property
    def minutes(self) -> float:
        """Of the whole run, with those of processes that it was resumed from."""
        return self.spent + (time.perf_counter() - self.began) / 60

    @property
    def finished(self) -> bool:
        return self.epoch >= self.settings.training.epochs

    def learning_rates(self) -> dict[str, float]:
        """Of each optimiser, under the names they are logged by: the first one's without a name."""
        rates = {
            f"learning_rate_{name}": float(schedule.get_last_lr()[0])
            for name, (_, schedule) in self.optimised.items()
        }
        first = next(iter(rates))
        return {"learning_rate": rates.pop(first), **rates}

    def as_checkpoint(self, fabric: Fabric, domains: dict[str, dict[str, Any]]) -> dict[str, Any]:
        """Everything a run goes on from. On every rank: gathers the random state of all of them."""
        states: list[Any] = [checkpoint.random_state()]
        if fabric.world_size > 1:
            states = [None] * fabric.world_size
            torch.distributed.all_gather_object(states, checkpoint.random_state())
        comparison = self.method.comparison()
        return {
            "model": self.method.model().state_dict(),
            "method": self.method.state_beside_model(),
            "comparison": {"name": comparison.name, "state": comparison.state()},
            "optimisers": {n: o.optimiser.state_dict() for n, o in self.optimised.items()},
            "schedules": {n: o.schedule.state_dict() for n, o in self.optimised.items()},
            "precision": fabric.strategy.precision.state_dict(),
            "position": {"epoch": self.epoch, "step": self.step, "best": self.best},
            "batches": self.batches.state_dict(),
            "random": states,
            "minutes": self.minutes,
            "config": self.settings.model_dump(mode="json"),
            **domains,
        }

    def restore(self, path: Path, saved: dict[str, Any], fabric: Fabric) -> None:
        """Continue where a checkpoint stopped. CheckpointError: another architecture, or another
        number of processes, which draw other batches and another number of steps."""
        before, now = len(saved["random"]), fabric.world_size
        if before != now:
            raise CheckpointError(
                f"The checkpoint {path} is of a run of {before} processes, and {now} would "
                "continue it: batches, steps of an epoch and learning rates would differ. Resume "
                "with as many machines and devices as it began with, or start a new run (--init)."
            )
        self.take_method(path, saved)
        if saved["optimisers"].keys() != self.optimised.keys():
            raise CheckpointError(
                f"The checkpoint {path} has the optimisers {', '.join(saved['optimisers'])}, but "
                f"{self.settings.method.name} now has {', '.join(self.optimised)}: its code has "
                "changed. Resume with the code that began the run, or start a new one."
            )
        for name, (optimiser, schedule) in self.optimised.items():
            optimiser.load_state_dict(saved["optimisers"][name])
            schedule.load_state_dict(saved["schedules"][name])
        fabric.strategy.precision.load_state_dict(saved["precision"])
        self.epoch, self.step = saved["position"]["epoch"], saved["position"]["step"]
        self.best, self.spent = saved["position"]["best"], saved.get("minutes", 0.0)
        self.batches.load_state_dict(saved["batches"])
        checkpoint.restore_random_state(saved["random"][fabric.global_rank])

    def take_method(self, path: Path, saved: dict[str, Any]) -> None:
        """The method as a checkpoint has it: the tested model, and what its features are compared
        by (a matcher, transition times), which were learned together. CheckpointError: another
        architecture."""
        tested = f"{self.method.tested}."
        model = {f"{tested}{name}": tensor for name, tensor in saved["model"].items()}
        what = f"{self.settings.model.name} trained with {self.settings.method.name}"
        kept = self.method.state_dict() | saved["method"]
        checkpoint.fit(path, self.method, kept | model, what)


def _backbone(settings: config.Config, method: Method) -> dict[nn.Parameter, int]:
    """The weights of all backbones that learn, a second student's too, and how many layers before
    the head each lies. ConfigError: rates are to fall from layer to layer, but there is just one.
    """
    found: dict[nn.Parameter, int] = {}
    for model in method.modules():
        if isinstance(backbone := getattr(model, "backbone", None), nn.Module):
            found |= depth_below_head(backbone)
    if settings.optimiser.layer_decay != 1 and len(set(found.values())) < 2:
        raise ConfigError(
            f"optimiser.layer_decay={settings.optimiser.layer_decay:g} needs a backbone of several "
            f"layers, but {settings.model.name} has {len(set(found.values()))}. Use a ViT of timm "
            "or a ResNet, or leave it out."
        )
    return found
