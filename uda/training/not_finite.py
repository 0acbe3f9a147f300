"""A loss that is no number: at which step, which of the losses, and in which files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric

from uda.errors import TrainingError
from uda.files import write_json
from uda.training.readings import Suspect
from uda.training.state import RunState

FILE = "not-finite.json"
NAMED = 3
"""Files of each domain in the message; the others are in `FILE`."""


def require_finite(
    suspects: Sequence[Suspect], *, run: RunState, fabric: Fabric, output: Path | None
) -> None:
    """Stops the training where a loss is NaN or infinite. To be called by all processes.

    Args:
        suspects: losses of steps since the last call, in order.
        run: the training.
        fabric: the processes.
        output: where everything known is written; None on all processes but the first.

    Raises:
        TrainingError: a loss of any process is not finite.
    """
    found = None
    broken = next((s for s in suspects if not all(map(math.isfinite, s.losses.values()))), None)
    if broken:
        found = {
            "step": broken.step,
            "epoch": broken.epoch,
            "losses": {name: _plain(value) for name, value in broken.losses.items()},
            **run.batches.files(broken.pairs),
        }
    if fabric.world_size > 1:
        found = _first(found, fabric)
    if found is None:
        return
    where = ""
    if output:
        write_json(output / FILE, found)
        where = f" (all of them: {output / FILE})"
    raise TrainingError(_message(found, where, run.settings.optimiser.lr))


def require_finite_weights(run: RunState) -> None:
    """Stops the training where a weight is NaN or infinite, before anything is saved.

    Losses of the next step would show it, but between epochs a checkpoint is written first: of the
    last step only the losses are known, and finite ones may have a gradient that is not.

    Raises:
        TrainingError: a weight is not finite.
    """
    broken = not_finite(run.method.named_parameters())
    if broken:
        raise TrainingError(
            f"Training stopped after step {run.done} (epoch {run.epoch + 1}): {broken[0]} and "
            f"{len(broken) - 1} other weights are not finite numbers, though the losses were: "
            "a gradient was not. The last checkpoint was written before that and is kept. Lower "
            f"optimiser.lr (now {run.settings.optimiser.lr:g}), add schedule.warmup, set "
            "training.clip_gradient, or use training.precision=32-true; then start a new run."
        )


def not_finite(named: Iterable[tuple[str, torch.Tensor]]) -> list[str]:
    """Names of tensors that hold NaN or infinity; a GPU is waited for once."""
    names, tensors = zip(*named, strict=True)
    fine = torch.stack([tensor.detach().isfinite().all() for tensor in tensors]).tolist()
    return [name for name, finite in zip(names, fine, strict=True) if not finite]


def _plain(value: float) -> float | str:
    """JSON has neither NaN nor infinity."""
    return value if math.isfinite(value) else str(value)


def _first(found: dict[str, Any] | None, fabric: Fabric) -> dict[str, Any] | None:
    """What the first process that found something found."""
    count = fabric.all_reduce(fabric.to_device(torch.tensor(float(found is not None))), None, "sum")
    assert isinstance(count, torch.Tensor)
    if not count:
        return None
    everywhere: list[dict[str, Any] | None] = [None] * fabric.world_size
    torch.distributed.all_gather_object(everywhere, found)
    return next(each for each in everywhere if each is not None)


def _message(found: dict[str, Any], where: str, rate: float) -> str:
    losses: dict[str, float | str] = found["losses"]
    broken = ", ".join(name for name, value in losses.items() if isinstance(value, str))
    others = ", ".join(f"{n} {v:.4g}" for n, v in losses.items() if not isinstance(v, str))
    files = "; ".join(
        f"{domain} {', '.join(found[domain][:NAMED])}"
        + (f" and {len(found[domain]) - NAMED} more" if len(found[domain]) > NAMED else "")
        for domain in ("source", "target")
        if found[domain]
    )
    return (
        f"Training stopped at step {found['step']} (epoch {found['epoch']}): {broken} is not a "
        f"finite number ({others or 'no other losses'}). The batch's tracklets begin with: "
        f"{files}{where}. The last checkpoint was written before that and is kept. Look at these "
        f"files, lower optimiser.lr (now {rate:g}), add schedule.warmup, set "
        "training.clip_gradient, or use training.precision=32-true; then start a new run."
    )
