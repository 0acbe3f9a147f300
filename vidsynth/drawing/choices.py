"""A name that is drawn or dealt: one, or several, each with a weight."""

from __future__ import annotations

import difflib
import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_serializer, model_validator

from strict_reading import shown
from vidsynth.drawing.distributions import MOST, Number, check_weights
from vidsynth.drawing.races import winner

FORMS = "a name, [name, ...] or {choice: [name, ...], weights: [...]}"

_CLOSE = 0.005


class Choice(BaseModel):
    """Names, each once, of which one is drawn; without ``weights`` all are as likely.

    ``table`` names the table of the config whose rows hold the setting; names and weights are then
    those of its column.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    choice: tuple[str, ...] = Field(min_length=1, max_length=MOST)
    weights: tuple[Number, ...] | None = Field(None, max_length=MOST)
    table: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"choice": (value,)}
        if isinstance(value, list | tuple):
            if not value:
                raise ValueError(f"expected {FORMS}, found an empty list")
            return {"choice": tuple(value)}
        if not isinstance(value, dict | Choice):
            raise ValueError(f"expected {FORMS}")
        if isinstance(value, dict) and "table" in value and "choice" not in value:
            raise ValueError(f"expected {FORMS}, or a table that has it as a column")
        return value

    @model_validator(mode="after")
    def _each_once(self) -> Choice:
        if len(set(self.choice)) < len(self.choice):
            raise ValueError("expected each name once: weights say how often")
        if self.weights is not None:
            if len(self.weights) != len(self.choice):
                raise ValueError(
                    f"expected a weight for each name, found {len(self.weights)} for "
                    f"{len(self.choice)}"
                )
            check_weights(self.weights, "weights")
        return self

    @model_serializer
    def _short(self) -> Any:
        """As people write it."""
        if self.table is not None:
            return {"table": self.table}
        if self.weights is not None:
            return {"choice": list(self.choice), "weights": list(self.weights)}
        return list(self.choice) if len(self.choice) > 1 else self.choice[0]

    @property
    def shares(self) -> dict[str, float]:
        """The weight of each name that can come, in the order they are written."""
        weights = self.weights or (1.0,) * len(self.choice)
        found = zip(self.choice, weights, strict=True)
        return {name: weight for name, weight in found if weight > 0}

    @property
    def names(self) -> tuple[str, ...]:
        """Those that can come."""
        return tuple(self.shares)

    def at(self, chance: float) -> str:
        """The name for a chance from 0 to 1. Another name, or weight, changes only who gets it."""
        if self.table is not None:
            raise ValueError(f"the table {self.table} draws it")
        return winner(chance, self.shares)

    def draw(self, rng: np.random.Generator) -> str:
        return self.at(float(rng.random()))

    def share_out(self, count: int, claim: Callable[[str], np.ndarray]) -> tuple[str, ...]:
        """Who has each of ``count`` seats, as many as Webster's method gives to their weights.

        Names come one after the other in the order they are written, and those before give up
        seats, of which a new name takes the ones with the lowest ``claim(name)`` (count,). So a
        name added at the end of the list takes seats, and no other seat changes hands.
        """
        shares, seats = self.shares, np.full(count, self.names[0], dtype=object)
        for place, name in enumerate(self.names[1:], 2):
            before = self.names[:place]
            some = Choice(choice=before, weights=tuple(shares[n] for n in before))
            wanted, claims = Counter(some.deal(count)), claim(name)
            for other in before[:-1]:
                held = np.flatnonzero(seats == other)
                held = held[np.argsort(claims[held])]
                seats[held[: len(held) - wanted[other]]] = name
        return tuple(seats.tolist())

    def deal(self, count: int) -> tuple[str, ...]:
        """``count`` turns dealt out by the weights, as evenly as can be: equal ones in rotation.

        Turn n goes to whoever has had least for their weight (Webster's method)."""
        return tuple(name for _, name in zip(range(count), self._turns(), strict=False))

    def cycle(self, most: int) -> tuple[str, ...]:
        """The shortest deal of all names, of ``most`` turns or fewer, in which each has its share;
        where none is within half a per cent, the nearest."""
        total, best = sum(self.shares.values()), (math.inf, self.names)
        dealt = self.deal(max(most, len(self.shares)))
        for length in range(len(self.shares), len(dealt) + 1):
            counts = Counter(dealt[:length])
            if len(counts) == len(self.shares):
                off = max(abs(counts[n] / length - s / total) for n, s in self.shares.items())
                best = min(best, (off, dealt[:length]), key=lambda found: found[0])
                if off <= _CLOSE:
                    break
        return best[1]

    def _turns(self) -> Iterator[str]:
        # Who is next, the first written of equals, and how much they have had.
        shares = self.shares
        waiting = [(1 / shares[name], place, name, 0) for place, name in enumerate(shares)]
        heapq.heapify(waiting)
        while True:
            _, place, name, had = waiting[0]
            yield name
            claim = (2 * had + 3) / shares[name]
            heapq.heapreplace(waiting, (claim, place, name, had + 1))

    def among(self, known: tuple[str, ...]) -> Choice:
        """The choice itself. Raises ValueError unless all names are known."""
        for name in self.choice:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                advice = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                raise ValueError(f"there is no {shown(name)}: {advice}")
        return self


def choice(*names: str) -> Choice:
    """One of the names, all as likely."""
    return Choice(choice=names)
