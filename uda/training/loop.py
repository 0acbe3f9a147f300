"""One epoch of training, readable from top to bottom."""

from __future__ import annotations

import math
import time
from typing import Any

import torch
from lightning_fabric import Fabric
from reid_datasets.transforms import normalise

from uda.errors import TrainingError
from uda.methods.contract import LabelledBatch, UnlabelledBatch
from uda.monitor.monitor import Monitor
from uda.training.data import Batches
from uda.training.interrupt import StopRequest
from uda.training.state import RunState


def train_epoch(
    run: RunState,
    batches: Batches,
    fabric: Fabric,
    method: Any,
    optimiser: Any,
    monitor: Monitor | None,
    stop: StopRequest,
) -> bool:
    """The rest of the current epoch; False when asked to stop before its end.

    ``method`` and ``optimiser`` are Fabric's wrappers of the run's. TrainingError: a loss is
    no longer finite; the weights have not moved.
    """
    settings = run.settings.monitoring
    run.method.train()
    waited = time.perf_counter()
    for labelled, unlabelled in batches.epoch(run.epoch, run.step, run.method.target_groups()):
        began = time.perf_counter()
        if monitor and run.step == 0 and run.epoch == 0:
            monitor.clips(labelled, unlabelled)
        source, target = on_device(fabric, labelled, unlabelled)
        terms: dict[str, torch.Tensor] = method.losses(source, target, run.done / run.total)
        loss = terms["loss"].item()
        if not math.isfinite(loss):
            raise TrainingError(_not_finite(run, terms))
        report = monitor is not None and (run.done + 1) % settings.every == 0
        every = settings.gradient_norms_every
        norms = {}
        if monitor and every and (run.done + 1) % every == 0:
            norms = gradient_norms(terms, run.method.student)
        optimiser.zero_grad(set_to_none=True)
        fabric.backward(terms["loss"])
        optimiser.step()
        rate = float(run.scheduler.get_last_lr()[0])
        run.scheduler.step()
        run.method.after_step()
        run.step += 1
        ended = time.perf_counter()
        if monitor:
            clips = len(labelled.clips) + (len(unlabelled.clips) if unlabelled else 0)
            monitor.advance(run.epoch, run.done, loss, clips / (ended - waited))
            if report or norms:
                values: dict[str, float] = scalars(terms, norms) | {
                    "schedule/learning_rate": rate,
                    "time/data_s": began - waited,
                    "time/step_s": ended - began,
                    "time/clips_per_s": clips / (ended - waited),
                }
                monitor.scalars(run.epoch, run.done, values)
        if stop.agreed(fabric):
            return False
        waited = time.perf_counter()
    return True


def on_device(
    fabric: Fabric, labelled: LabelledBatch, unlabelled: UnlabelledBatch | None
) -> tuple[LabelledBatch, UnlabelledBatch | None]:
    """The batches where the model is, their clips normalised there."""
    source: LabelledBatch = fabric.to_device(labelled)
    target: UnlabelledBatch | None = fabric.to_device(unlabelled)
    return (
        source._replace(clips=normalise(source.clips)),
        target and target._replace(clips=normalise(target.clips)),
    )


def scalars(terms: dict[str, torch.Tensor], norms: dict[str, float]) -> dict[str, float]:
    """Losses, metrics and gradient norms under the names they are logged by."""
    kinds = {name: "loss" if term.requires_grad else "metric" for name, term in terms.items()}
    values = {f"{kinds[name]}/{name}": float(term.detach()) for name, term in terms.items()}
    return values | {f"gradient/{name}": norm for name, norm in norms.items()}


def gradient_norms(terms: dict[str, torch.Tensor], student: torch.nn.Module) -> dict[str, float]:
    """Euclidean norm of each term's gradient with respect to all of the student's weights."""
    weights = [weight for weight in student.parameters() if weight.requires_grad]
    norms = {}
    for name, term in terms.items():
        if term.requires_grad:
            gradients = torch.autograd.grad(term, weights, retain_graph=True, allow_unused=True)
            squares = [
                gradient.float().square().sum() for gradient in gradients if gradient is not None
            ]
            norms[name] = float(torch.stack(squares).sum().sqrt()) if squares else 0.0
    return norms


def _not_finite(run: RunState, terms: dict[str, torch.Tensor]) -> str:
    values = {name: float(term.detach()) for name, term in terms.items() if term.requires_grad}
    broken = [name for name, value in values.items() if not math.isfinite(value)]
    others = ", ".join(f"{n} {v:.4g}" for n, v in values.items() if math.isfinite(v))
    return (
        f"Training stopped at step {run.done + 1} (epoch {run.epoch + 1}): {', '.join(broken)} "
        f"is not a finite number ({others or 'no other losses'}). The last checkpoint was written "
        f"before that and is kept. Lower optimiser.lr (now {run.settings.optimiser.lr:g}), add "
        "schedule.warmup, or use training.precision=32-true; then start a new run."
    )
