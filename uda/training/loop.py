"""One epoch of training, readable from top to bottom."""

from __future__ import annotations

import itertools
import math
import time
from typing import Any

import torch
from lightning_fabric import Fabric
from reid_datasets.transforms import normalise

from uda.methods.contract import LabelledBatch, UnlabelledBatch
from uda.monitor.monitor import Monitor
from uda.training.data import Batches
from uda.training.interrupt import StopRequest
from uda.training.not_finite import require_finite
from uda.training.state import RunState


def train_epoch(
    run: RunState,
    batches: Batches,
    fabric: Fabric,
    method: Any,
    optimiser: Any,
    monitor: Monitor | None,
    stop: StopRequest,
    notes: dict[str, float],
) -> bool:
    """The rest of the current epoch; False when asked to stop before its end.

    ``notes`` are scalars of the epoch, logged with its first step.

    ``method`` and ``optimiser`` are Fabric's wrappers of the run's. TrainingError: a loss is
    no longer finite; the weights have not moved.
    """
    settings, training = run.settings.monitoring, run.settings.training
    run.method.train()
    pairs = batches.epoch(run.epoch, run.step, run.method.target_groups())
    output = monitor.output if monitor else None
    stopping: Any = {"run": run, "batches": batches, "fabric": fabric, "output": output}
    waited = time.perf_counter()
    while step := list(itertools.islice(pairs, training.accumulate)):
        began = time.perf_counter()
        if monitor and run.step == 0 and run.epoch == 0:
            monitor.clips(*step[0])
        every = settings.gradient_norms_every
        norms, seen = {}, []
        optimiser.zero_grad(set_to_none=True)
        for number, (labelled, unlabelled) in enumerate(step, 1):
            source, target = on_device(fabric, labelled, unlabelled)
            # Processes exchange gradients once, with the last batch of the step.
            with fabric.no_backward_sync(method, enabled=number < len(step)):
                terms: dict[str, torch.Tensor] = method.losses(source, target, run.done / run.total)
                seen.append(scalars(terms))
                require_finite(losses(seen[-1]), [(labelled, unlabelled)], **stopping)
                if monitor and every and number == len(step) and (run.done + 1) % every == 0:
                    norms = gradient_norms(terms, run.method.student)
                fabric.backward(terms["loss"] / len(step))
        if training.clip_gradient:
            norms["total"] = clip(fabric, method, optimiser, training.clip_gradient)
            if (
                fabric.strategy.precision.precision != "16-mixed"
            ):  # there the scaler leaves such a step out
                values = losses(mean(seen)) | {"gradient": norms["total"]}
                require_finite(values, step, **stopping)
        optimiser.step()
        rate = float(run.scheduler.get_last_lr()[0])
        run.scheduler.step()
        run.method.after_step()
        run.step += 1
        ended = time.perf_counter()
        if monitor:
            clips = sum(len(batch.clips) for pair in step for batch in pair if batch)
            values = mean(seen)
            speed = clips / (ended - waited)
            monitor.advance(run.epoch, run.done, losses(values), speed)
            if norms or notes or run.done % settings.every == 0:
                values |= {f"gradient/{name}": norm for name, norm in norms.items()}
                values |= {
                    "schedule/learning_rate": rate,
                    "time/data_s": began - waited,
                    "time/step_s": ended - began,
                    "time/clips_per_s": speed,
                }
                if fabric.device.type == "cuda":
                    allocated = torch.cuda.max_memory_allocated(fabric.device)
                    values["memory/gpu_gib"] = allocated / 2**30  # the most so far
                monitor.scalars(run.epoch, run.done, values | notes)
                notes = {}
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


def scalars(terms: dict[str, torch.Tensor]) -> dict[str, float]:
    """Losses and metrics under the names they are logged by, copied from the device at once."""
    names = [f"{'loss' if t.requires_grad else 'metric'}/{name}" for name, t in terms.items()]
    device = terms["loss"].device
    values = torch.stack([term.detach().to(device, torch.float32) for term in terms.values()])
    return dict(zip(names, values.tolist(), strict=True))


def losses(values: dict[str, float]) -> dict[str, float]:
    """The losses among logged scalars, by their own names."""
    return {k.removeprefix("loss/"): v for k, v in values.items() if k.startswith("loss/")}


def mean(batches: list[dict[str, float]]) -> dict[str, float]:
    """Of each scalar over the batches of a step that have it."""
    found: dict[str, list[float]] = {}
    for values in batches:
        for name, value in values.items():
            found.setdefault(name, []).append(value)
    return {name: math.fsum(values) / len(values) for name, values in found.items()}


def clip(fabric: Fabric, method: Any, optimiser: Any, largest: float) -> float:
    """Scales the gradient of all trained weights down to that norm; returns what it was."""
    norm = fabric.clip_gradients(method, optimiser, max_norm=largest, error_if_nonfinite=False)
    assert norm is not None
    return float(norm)


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
