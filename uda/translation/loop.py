"""One epoch of style transfer, readable from top to bottom."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from lightning_fabric import Fabric

from uda.errors import TrainingError
from uda.monitor.monitor import Monitor
from uda.training.interrupt import StopRequest
from uda.training.not_finite import not_finite
from uda.translation.pictures import Pair, Pairs
from uda.translation.state import TranslationState


class Wrapped(NamedTuple):
    """Fabric's wrappers of the networks and optimisers."""

    fabric: Fabric
    method: Any
    optimisers: Mapping[str, Any]


FORWARD = ("make", "generator_losses", "discriminator_losses", "siamese_losses")
"""What is computed in the run's precision."""


def train_epoch(
    run: TranslationState,
    wrapped: Wrapped,
    pairs: Pairs,
    monitor: Monitor,
    stop: StopRequest,
    show: Callable[[], None],
) -> bool:
    """The rest of the current epoch.

    Args:
        run: what moves.
        wrapped: its networks and optimisers as Fabric wraps them.
        pairs: where batches come from.
        monitor: what is told.
        stop: asked after each step.
        show: draws a sample grid of the networks as they are.

    Returns:
        False when asked to stop before the epoch's end.

    Raises:
        TrainingError: a loss or a weight is no longer finite; nothing has been saved since.
        DatasetError: a picture is damaged.
    """
    watching, device = run.settings.monitoring, wrapped.fabric.device
    run.method.train()
    began, first = time.perf_counter(), run.step
    terms: dict[str, torch.Tensor] = {}
    for pair in pairs.rest(run.epoch, run.step, device):
        rate = run.set_rate()
        terms |= take_step(run, wrapped, pair)
        run.step += 1
        logged = run.done % watching.every == 0
        if logged or stop.requested or device.type == "cpu" or run.step == run.steps:
            values = {name: float(term) for name, term in terms.items()}
            require_finite(run, values)
            losses: dict[str, float] = {"loss": values.get("generators/loss", 0.0)} | {
                name.removeprefix("generators/"): value
                for name, value in values.items()
                if not name.endswith("/loss")
            }
            taken = (run.step - first) * len(pair.source.pictures)
            speed = taken / (time.perf_counter() - began)
            monitor.advance(run.epoch, run.done, losses, speed)
            if logged:
                entry = {f"loss/{name}": value for name, value in values.items()}
                entry |= {"schedule/learning_rate": rate, "time/pictures_per_s": speed}
                monitor.scalars(run.epoch, run.done, entry)
        if run.done % watching.samples_every == 0:
            show()
        if stop.requested:
            require_finite_weights(run)
            return False
    require_finite_weights(run)
    return True


def take_step(run: TranslationState, wrapped: Wrapped, pair: Pair) -> dict[str, torch.Tensor]:
    """Moves every network whose turn it is.

    Returns:
        Scalars on the device, by network and name.
    """
    found: dict[str, torch.Tensor] = {}
    epochs = run.done / run.steps
    turns = run.method.turns(run.step, epochs)
    with torch.set_grad_enabled(any(turn.networks == "generators" for turn in turns)):
        made = wrapped.method.make(pair)
    for turn in turns:
        optimiser = wrapped.optimisers[turn.networks]
        with only(run, turn.networks):
            terms = getattr(wrapped.method, turn.losses)(pair, made, epochs)
            wrapped.fabric.backward(terms["loss"])
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        found |= {f"{turn.networks}/{name}": term.detach() for name, term in terms.items()}
    return found


@contextmanager
def only(run: TranslationState, networks: str) -> Iterator[None]:
    """Within, the weights of other networks get no gradients."""
    others = [
        w for name, weights in run.method.moved().items() if name != networks for w in weights
    ]
    for weight in others:
        weight.requires_grad_(False)
    try:
        yield
    finally:
        for weight in others:
            weight.requires_grad_(True)


def require_finite(run: TranslationState, values: Mapping[str, float]) -> None:
    """TrainingError: a loss is no number any more."""
    broken = [name for name, value in values.items() if not math.isfinite(value)]
    if broken:
        said = ", ".join(f"{name} {values[name]:g}" for name in broken)
        raise _broken(run, f"gave losses that are no finite numbers: {said}")


def require_finite_weights(run: TranslationState) -> None:
    """TrainingError: a weight is no number, which the losses of the next step would show: a
    checkpoint is written, or everything translated, before that."""
    broken = not_finite(run.method.named_parameters())
    if broken:
        others = f"{broken[0]} and {len(broken) - 1} others"
        raise _broken(run, f"left weights that are no finite numbers: {others}")


def _broken(run: TranslationState, what: str) -> TrainingError:
    return TrainingError(
        f"Step {run.done} of {run.total} {what}. Nothing was saved since the last checkpoint. "
        f"Lower optimiser.lr (now {run.settings.optimiser.lr:g}), or use "
        "training.precision=32-true, and start a new run in another --output: --resume continues "
        "with the same settings only."
    )
