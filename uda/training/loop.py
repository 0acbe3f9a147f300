"""One epoch of training, readable from top to bottom."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric
from reid_datasets.transforms import normalise

from uda.batches.batch import LabelledBatch, Pair, UnlabelledBatch
from uda.methods.contract import Turn
from uda.monitor.monitor import Monitor
from uda.training.interrupt import StopRequest
from uda.training.not_finite import require_finite
from uda.training.state import RunState


class Wrapped(NamedTuple):
    """Fabric's wrappers of a run's method and optimisers."""

    fabric: Fabric
    method: Any
    optimisers: dict[str, Any]


def train_epoch(
    run: RunState,
    wrapped: Wrapped,
    monitor: Monitor | None,
    stop: StopRequest,
    notes: dict[str, float],
) -> bool:
    """The rest of the current epoch.

    Args:
        run: what moves.
        wrapped: its method and optimisers as Fabric wraps them.
        monitor: of the first process.
        stop: asked after each step.
        notes: scalars of the epoch, logged with its first step.

    Returns:
        False when asked to stop before the epoch's end.

    Raises:
        TrainingError: a loss is no longer finite; the weights have not moved.
    """
    settings = run.settings.monitoring
    run.method.train()
    pairs = run.batches.rest(run.epoch, run.method.target_groups())
    waited = time.perf_counter()
    while step := list(itertools.islice(pairs, run.batches.accumulate)):
        began = time.perf_counter()
        if monitor and run.step == 0 and run.epoch == 0:
            monitor.clips(*step[0])
        every = settings.gradient_norms_every
        look = bool(monitor and every and (run.done + 1) % every == 0)
        values: dict[str, float] = {}
        for turn in run.turns:
            values |= take_turn(run, wrapped, turn, step, monitor, look=look)
        rates = run.learning_rates()
        for _, schedule in run.optimised.values():
            schedule.step()
        run.method.after_step()
        run.step += 1
        ended = time.perf_counter()
        if monitor:
            clips = sum(len(batch.clips) for pair in step for batch in pair if batch)
            speed = clips / (ended - waited)
            monitor.advance(run.epoch, run.done, losses(values), speed)
            if look or notes or run.done % settings.every == 0:
                values |= {f"schedule/{name}": rate for name, rate in rates.items()}
                values |= {
                    "time/data_s": began - waited,
                    "time/step_s": ended - began,
                    "time/clips_per_s": speed,
                }
                if wrapped.fabric.device.type == "cuda":
                    allocated = torch.cuda.max_memory_allocated(wrapped.fabric.device)
                    values["memory/gpu_gib"] = allocated / 2**30  # the most so far
                monitor.scalars(run.epoch, run.done, values | notes)
                notes = {}
        if stop.agreed(wrapped.fabric):
            return False
        waited = time.perf_counter()
    return True


def take_turn(
    run: RunState,
    wrapped: Wrapped,
    turn: Turn,
    step: Sequence[Pair],
    monitor: Monitor | None,
    *,
    look: bool,
) -> dict[str, float]:
    """Moves the optimisers of one turn by the gradient over the pairs of a step.

    Returns:
        Losses and metrics by the names they are logged under; with ``look`` gradient norms, too.
    """
    fabric, training = wrapped.fabric, run.settings.training
    stopping: Any = {"run": run, "fabric": fabric, "output": monitor.output if monitor else None}
    norms: dict[str, float] = {}
    seen = []
    for optimiser in wrapped.optimisers.values():  # gradients of a turn before may lie there
        optimiser.zero_grad(set_to_none=True)
    for number, (labelled, unlabelled) in enumerate(step, 1):
        source, target = on_device(fabric, labelled, unlabelled)
        # Processes exchange gradients once, with the last batch of the step.
        with fabric.no_backward_sync(wrapped.method, enabled=number < len(step)):
            function = getattr(wrapped.method, turn.losses)
            terms: dict[str, torch.Tensor] = function(source, target, run.progress)
            seen.append(scalars(terms))
            require_finite(losses(seen[-1]), [(labelled, unlabelled)], **stopping)
            if look and number == len(step):
                norms = gradient_norms(terms, run.method.student)
            fabric.backward(terms["loss"] / len(step))
    moved = [wrapped.optimisers[name] for name in turn.optimisers]
    values = mean(seen)
    if training.clip_gradient:
        norms["total"] = clip(wrapped, moved, training.clip_gradient)
        if fabric.strategy.precision.precision != "16-mixed":  # there the scaler leaves it out
            require_finite(losses(values) | {"gradient": norms["total"]}, step, **stopping)
    for optimiser in moved:
        optimiser.step()
    if len(run.turns) > 1:
        values[f"loss/loss_{turn.losses}"] = values["loss/loss"]
    return values | {f"gradient/{name}": norm for name, norm in norms.items()}


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
    """Mean of each scalar over the batches of a step that have it."""
    found: dict[str, list[float]] = {}
    for values in batches:
        for name, value in values.items():
            found.setdefault(name, []).append(value)
    return {name: math.fsum(values) / len(values) for name, values in found.items()}


def clip(wrapped: Wrapped, optimisers: Sequence[Any], largest: float) -> float:
    """Scales the gradient of all weights that are about to move down to a norm.

    Returns:
        The norm before.
    """
    if len(optimisers) == 1:
        norm = wrapped.fabric.clip_gradients(
            wrapped.method, optimisers[0], max_norm=largest, error_if_nonfinite=False
        )
        assert norm is not None
        return float(norm)
    groups = itertools.chain.from_iterable(o.param_groups for o in optimisers)
    weights = list(itertools.chain.from_iterable(group["params"] for group in groups))
    return float(torch.nn.utils.clip_grad_norm_(weights, largest))


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
