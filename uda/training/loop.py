"""One epoch of training, readable from top to bottom."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric
from reid_datasets.transforms import normalise

from uda.batches.batch import LabelledBatch, Pair, UnlabelledBatch
from uda.methods.contract import Turn
from uda.monitor.monitor import Monitor
from uda.training.clock import Clock
from uda.training.interrupt import StopRequest
from uda.training.not_finite import require_finite, require_finite_weights
from uda.training.readings import Readings, Scalars, TurnScalars, losses
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
    readings: Readings | None = None,
) -> bool:
    """The rest of the current epoch.

    A GPU is waited for only where losses are read: where they are logged, every few steps, and at
    the end, so that nothing is saved after a loss, or a weight, that is no number.

    Args:
        run: what moves.
        wrapped: its method and optimisers as Fabric wraps them.
        monitor: of the first process.
        stop: asked after each step; with several processes where losses are read.
        notes: scalars of the epoch, logged with its first step.
        readings: how often losses are read; None: as the device needs.

    Returns:
        False when asked to stop before the epoch's end.

    Raises:
        TrainingError: a loss or a weight is no longer finite; nothing has been saved since.
    """
    settings, fabric = run.settings.monitoring, wrapped.fabric
    readings = readings or Readings.on(fabric.device)
    stopping: Any = {"run": run, "fabric": fabric, "output": monitor.output if monitor else None}
    clock = Clock()
    run.method.train()
    drawn_by = run.method.target_groups(), run.method.source_neighbours()
    pairs = run.batches.rest(run.epoch, *drawn_by)
    while step := list(itertools.islice(pairs, run.batches.accumulate)):
        clock.begin()
        if monitor and run.step == 0 and run.epoch == 0:
            monitor.clips(*step[0])
        number, every = run.done + 1, settings.gradient_norms_every
        look = bool(every and number % every == 0)
        turns = [
            take_turn(run, wrapped, turn, step, look=look and bool(monitor)) for turn in run.turns
        ]
        rates = run.learning_rates()
        for _, schedule in run.optimised.values():
            schedule.step()
        run.method.after_step()
        readings.add(number, run.epoch + 1, turns)
        run.step += 1
        # The same on all processes: they look for broken losses together.
        logged = look or bool(notes) or number % settings.every == 0
        alone = fabric.world_size == 1 and stop.requested
        if logged or alone or number % readings.every == 0:
            values, suspects = readings.take()
            require_finite(suspects, **stopping)
            speed = clock.end(step)
            if monitor:
                monitor.advance(run.epoch, run.done, losses(values), speed)
            if monitor and logged:
                values |= {f"schedule/{name}": rate for name, rate in rates.items()}
                values |= clock.means() | {"time/clips_per_s": speed}
                if fabric.device.type == "cuda":
                    allocated = torch.cuda.max_memory_allocated(fabric.device)
                    values["memory/gpu_gib"] = allocated / 2**30  # the most so far
                monitor.scalars(run.epoch, run.done, values | notes)
            if logged:
                notes = {}
            if stop.agreed(fabric):
                require_finite_weights(run)
                return False
            clock.restart()
        else:
            clock.end(step)
    require_finite(readings.take()[1], **stopping)
    require_finite_weights(run)
    return True


def take_turn(
    run: RunState, wrapped: Wrapped, turn: Turn, step: Sequence[Pair], *, look: bool
) -> TurnScalars:
    """Moves the optimisers of one turn by the gradient over the pairs of a step.

    Returns:
        Losses and metrics, on the device; with ``look`` gradient norms, too.
    """
    fabric, training = wrapped.fabric, run.settings.training
    found = TurnScalars(turn.losses)
    for optimiser in wrapped.optimisers.values():  # gradients of a turn before may lie there
        optimiser.zero_grad(set_to_none=True)
    for number, (labelled, unlabelled) in enumerate(step, 1):
        source, target = on_device(fabric, labelled, unlabelled)
        # Processes exchange gradients once, with the last batch of the step.
        with fabric.no_backward_sync(wrapped.method, enabled=number < len(step)):
            function = getattr(wrapped.method, turn.losses)
            terms: dict[str, torch.Tensor] = function(source, target, run.progress)
            found.batches.append(Scalars.of(terms, [(labelled, unlabelled)]))
            if look and number == len(step):
                found.norms = gradient_norms(terms, run.method.student)
            fabric.backward(terms["loss"] / len(step))
    moved = [wrapped.optimisers[name] for name in turn.optimisers]
    if training.clip_gradient:
        found.norms["total"] = clip(wrapped, moved, training.clip_gradient)
        if fabric.strategy.precision.precision != "16-mixed":  # there the scaler leaves it out
            found.bounded = found.norms["total"]
    for optimiser in moved:
        optimiser.step()
    return found


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


def clip(wrapped: Wrapped, optimisers: Sequence[Any], largest: float) -> torch.Tensor:
    """Scales the gradient of all weights that are about to move down to a norm.

    Returns:
        The norm before.
    """
    if len(optimisers) == 1:
        norm = wrapped.fabric.clip_gradients(
            wrapped.method, optimisers[0], max_norm=largest, error_if_nonfinite=False
        )
        assert norm is not None
        return norm
    groups = itertools.chain.from_iterable(o.param_groups for o in optimisers)
    weights = list(itertools.chain.from_iterable(group["params"] for group in groups))
    return torch.nn.utils.clip_grad_norm_(weights, largest)


def gradient_norms(
    terms: dict[str, torch.Tensor], student: torch.nn.Module
) -> dict[str, torch.Tensor]:
    """Euclidean norm of each term's gradient with respect to all of the student's weights."""
    weights = [weight for weight in student.parameters() if weight.requires_grad]
    norms = {}
    for name, term in terms.items():
        if term.requires_grad:
            gradients = torch.autograd.grad(term, weights, retain_graph=True, allow_unused=True)
            squares = [
                gradient.float().square().sum() for gradient in gradients if gradient is not None
            ]
            norms[name] = torch.stack(squares).sum().sqrt() if squares else torch.zeros_like(term)
    return norms
