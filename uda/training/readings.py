"""Losses stay on the device until somebody looks: to read a number is to wait for all before it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import torch

from uda.batches.batch import Pair

STEPS = 10
"""Steps between looks at the losses on a GPU, unless they are logged earlier."""


@dataclass(frozen=True)
class Scalars:
    """Named numbers ``values`` (N,) float32 on the device, of these ``pairs``."""

    names: tuple[str, ...]
    values: torch.Tensor
    pairs: Sequence[Pair]

    @classmethod
    def of(cls, terms: Mapping[str, torch.Tensor], pairs: Sequence[Pair]) -> Scalars:
        """Losses and metrics (scalars) under the names they are logged by."""
        names = tuple(f"{'loss' if t.requires_grad else 'metric'}/{n}" for n, t in terms.items())
        device = terms["loss"].device
        values = [term.detach().to(device, torch.float32) for term in terms.values()]
        return cls(names, torch.stack(values), [without_clips(pair) for pair in pairs])


@dataclass
class TurnScalars:
    """What one turn of a step leaves: scalars of each of its batches, norms of gradients, and the
    ``bounded`` gradient's norm before it was scaled down, where a norm that is not finite ends the
    run."""

    name: str
    batches: list[Scalars] = field(default_factory=list)
    norms: dict[str, torch.Tensor] = field(default_factory=dict)
    bounded: torch.Tensor | None = None


@dataclass(frozen=True)
class Suspect:
    """Losses of a step that may be no finite numbers, and the batches they are of."""

    step: int
    epoch: int
    losses: dict[str, float]
    pairs: Sequence[Pair]


@dataclass
class Readings:
    """Scalars of the steps since the last look, on the device. ``every``: steps between looks."""

    every: int
    kept: list[tuple[int, int, list[TurnScalars]]] = field(default_factory=list)

    @classmethod
    def on(cls, device: torch.device) -> Readings:
        """On a CPU each step is looked at: nothing has to be waited for."""
        return cls(1 if device.type == "cpu" else STEPS)

    def add(self, step: int, epoch: int, turns: list[TurnScalars]) -> None:
        """Keeps what a step, counted from 1, of an epoch, counted from 1, has left."""
        self.kept.append((step, epoch, turns))

    def take(self) -> tuple[dict[str, float], list[Suspect]]:
        """Reads everything kept, in one copy, and forgets it.

        Returns:
            Scalars of the last step under the names they are logged by, means over its batches;
            and the losses of all steps in order, to be looked through for what is no number.
        """
        numbers = iter(self._numbers())
        values: dict[str, float] = {}
        suspects = []
        for step, epoch, turns in self.kept:
            values = {}
            for turn in turns:
                found, seen = self._turn(turn, numbers, step, epoch)
                if len(turns) > 1:
                    found[f"loss/loss_{turn.name}"] = found["loss/loss"]
                values |= found
                suspects += seen
        self.kept = []
        return values, suspects

    def _numbers(self) -> list[float]:
        """All scalars in order; a single copy from the device."""
        parts = []
        for _, _, turns in self.kept:
            for turn in turns:
                parts += [scalars.values for scalars in turn.batches]
                parts += [norm.detach().float().reshape(1) for norm in turn.norms.values()]
                if turn.bounded is not None:
                    parts.append(turn.bounded.detach().float().reshape(1))
        return torch.cat(parts).tolist() if parts else []

    def _turn(
        self, turn: TurnScalars, numbers: Iterator[float], step: int, epoch: int
    ) -> tuple[dict[str, float], list[Suspect]]:
        batches = [{name: next(numbers) for name in s.names} for s in turn.batches]
        norms = {f"gradient/{name}": next(numbers) for name in turn.norms}
        suspects = [
            Suspect(step, epoch, losses(values), scalars.pairs)
            for values, scalars in zip(batches, turn.batches, strict=True)
        ]
        values = mean(batches)
        if turn.bounded is not None:
            bound = next(numbers)
            pairs = [pair for scalars in turn.batches for pair in scalars.pairs]
            suspects.append(Suspect(step, epoch, losses(values) | {"gradient": bound}, pairs))
        return values | norms, suspects


def without_clips(pair: Pair) -> Pair:
    """The pair with empty clips: what it was of is remembered, its pixels are not."""
    source, target = pair
    return (
        source._replace(clips=source.clips[:0]),
        target and target._replace(clips=target.clips[:0]),
    )


def losses(values: Mapping[str, float]) -> dict[str, float]:
    """The losses among logged scalars, by their own names."""
    return {k.removeprefix("loss/"): v for k, v in values.items() if k.startswith("loss/")}


def mean(batches: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each scalar over the batches of a step that have it."""
    found: dict[str, list[float]] = {}
    for values in batches:
        for name, value in values.items():
            found.setdefault(name, []).append(value)
    return {name: math.fsum(values) / len(values) for name, values in found.items()}
