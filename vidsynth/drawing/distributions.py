"""A number that is drawn: a constant, or a distribution to draw it from."""

from __future__ import annotations

import itertools
import math
import re
from functools import cache
from statistics import NormalDist
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_serializer,
    model_validator,
)

from vidsynth.drawing.races import another, first, keys

Scope = Literal["image", "camera", "identity"]

MOST = 10_000
"""Values, or bins, of one distribution."""

LEAST_MASS = 0.01
"""Of a normal distribution, within its bounds."""

FORMS = (
    "a number, [from, to], {uniform: [from, to]}, {normal: [mean, sd], within: [from, to]}, "
    "{choice: [...], weights: [...]} or {histogram: {edges: [...], counts: [...]}}"
)
_SMALLEST = 1e-300
_KINDS = ("constant", "uniform", "normal", "histogram", "choice", "table")
_POWER = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+\Z")


def read_number(value: Any) -> Any:
    """Numbers only; 1e-3 is one, though YAML 1.1 takes it for text."""
    if isinstance(value, str) and _POWER.match(value):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a number")
    return value


Number = Annotated[float, BeforeValidator(read_number), Field(allow_inf_nan=False)]
Pair = tuple[Number, Number]


def check_weights(values: tuple[float, ...], what: str) -> None:
    """Raises ValueError unless they are weights: 0 or more, not all 0, with a finite sum."""
    if min(values) < 0 or not 0 < sum(values) < math.inf:
        raise ValueError(f"expected {what} of 0 or more, not all 0")


class Histogram(BaseModel):
    """Counts of values between ``edges``; evenly spread within a bin."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edges: tuple[Number, ...] = Field(min_length=2, max_length=MOST + 1)
    counts: tuple[Number, ...] = Field(min_length=1, max_length=MOST)

    @model_validator(mode="after")
    def _bins(self) -> Histogram:
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError(
                f"expected one edge more than counts, found {len(self.edges)} edges and "
                f"{len(self.counts)} counts"
            )
        if any(b <= a for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError("expected edges that grow")
        check_weights(self.counts, "counts")
        return self


class Distribution(BaseModel):
    """Exactly one of the kinds; ``per`` says how often it is drawn, None: as the setting is.

    ``normal`` is drawn again where it falls outside ``within``, or else outside the setting's own
    range. ``table`` names the table of the config whose rows hold the setting.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    constant: Number | None = None
    uniform: Pair | None = None
    normal: Pair | None = None
    within: Pair | None = None
    histogram: Histogram | None = None
    choice: tuple[Number, ...] | None = Field(None, min_length=1, max_length=MOST)
    weights: tuple[Number, ...] | None = Field(None, max_length=MOST)
    table: str | None = None
    per: Scope | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, dict | Distribution):
            return value
        if isinstance(value, list | tuple):
            if len(value) == 2:
                return {"uniform": value}
            raise ValueError(
                f"expected [from, to], found a list of {len(value)}: one of several values is "
                "{choice: [...]}"
            )
        try:
            return {"constant": read_number(value)}
        except ValueError:
            raise ValueError(f"expected {FORMS}") from None

    @model_validator(mode="after")
    def _one_kind(self) -> Distribution:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"expected {FORMS}; found {' and '.join(given) or 'none of them'}")
        for name, owner in (("within", "normal"), ("weights", "choice")):
            if getattr(self, name) is not None and getattr(self, owner) is None:
                raise ValueError(f"{name} goes with {owner}, found it with {given[0]}")
        for name in ("uniform", "within"):
            span = getattr(self, name)
            if span is not None and not span[0] <= span[1]:
                raise ValueError(f"expected {name}: [from, to] with from <= to")
        if self.normal is not None and not self.normal[1] >= 0:
            raise ValueError("expected normal: [mean, sd] with sd 0 or more")
        if self.within is not None:
            self._check_mass(self.within)
        if self.choice is not None:
            if len(set(self.choice)) < len(self.choice):
                raise ValueError("expected each value of choice once: weights say how often")
            if self.weights is not None:
                if len(self.weights) != len(self.choice):
                    raise ValueError(
                        f"expected a weight for each choice, found {len(self.weights)} for "
                        f"{len(self.choice)}"
                    )
                check_weights(self.weights, "weights")
        return self

    def _check_mass(self, bounds: Pair) -> None:
        assert self.normal is not None
        (mean, sd), (low, high) = self.normal, bounds
        if _mass(mean, sd, low, high) < LEAST_MASS:
            raise ValueError(
                f"less than 1 % of normal: [{mean:g}, {sd:g}] lies within {low:g} to {high:g}: "
                "move its mean, or widen what it may be within"
            )

    @model_serializer
    def _short(self) -> Any:
        """As people write it."""
        if self.per is None and self.constant is not None:
            return self.constant
        if self.per is None and self.uniform is not None:
            return list(self.uniform)
        written = {name: getattr(self, name) for name in type(self).model_fields}
        if self.histogram is not None:
            written["histogram"] = self.histogram.model_dump()
        return {name: value for name, value in written.items() if value is not None}

    @property
    def support(self) -> tuple[float, float]:
        """The least and greatest value there can be; infinite for a normal without bounds."""
        if self.constant is not None:
            return self.constant, self.constant
        if self.uniform is not None:
            return self.uniform
        if self.histogram is not None:
            return self.histogram.edges[0], self.histogram.edges[-1]
        if self.choice is not None:
            return min(self.choice), max(self.choice)
        return self.within or (-math.inf, math.inf)

    def bounded(self, low: float, high: float) -> Distribution:
        """The distribution for values from ``low`` to ``high``. Raises ValueError: there are
        others."""
        if self.normal is not None and self.within is None:
            self._check_mass((low, high))
            return self.model_copy(update={"within": (float(low), float(high))})
        least, most = self.support
        if self.table is None and not low <= least <= most <= high:
            raise ValueError(
                f"expected values from {low:g} to {high:g}, found {least:g} to {most:g}"
            )
        return self

    @property
    def whole(self) -> bool:
        """Whether it is made of whole numbers; the spread of a normal need not be."""
        if self.normal is not None:
            return all(value.is_integer() for value in self.within or ())
        bins = () if self.histogram is None else self.histogram.edges
        single = () if self.constant is None else (self.constant,)
        values = (*single, *(self.uniform or ()), *(self.choice or ()), *bins)
        return all(value.is_integer() for value in values)

    def at(self, chance: float, whole: bool = False) -> float:
        """The value for a chance from 0 to 1, to six decimals or ``whole``. Of whole numbers every
        one between two bounds, both included, is as likely as the others."""
        value = self._at(chance, 0.5 if whole else 0.0)
        if not whole:
            return round(value, 6)
        low, high = self.support
        return float(min(max(math.floor(value + 0.5), low), high))

    def _at(self, chance: float, margin: float) -> float:
        if self.constant is not None:
            return self.constant
        if self.uniform is not None:
            low, high = self.uniform[0] - margin, self.uniform[1] + margin
            return low + (high - low) * chance
        if self.normal is not None:
            low, high = self.support
            return _normal(chance, *self.normal, low - margin, high + margin)
        if self.histogram is not None:
            edges, counts = self.histogram.edges, self.histogram.counts
            spans = [f"{a!r}:{b!r}" for a, b in itertools.pairwise(edges)]
            k = _weighted(chance, tuple(spans), counts)
            return edges[k] + (edges[k + 1] - edges[k]) * another(chance, spans[k])
        if self.choice is not None:
            weights = self.weights or (1.0,) * len(self.choice)
            return self.choice[_weighted(chance, tuple(map(repr, self.choice)), weights)]
        raise ValueError(f"the table {self.table} draws it")

    def draw(self, rng: np.random.Generator, whole: bool = False) -> float:
        """One value; it takes one number of ``rng``, whatever the distribution."""
        return self.at(float(rng.random()), whole)


def of(value: Any) -> Distribution:
    """A distribution as people write it."""
    return Distribution.model_validate(value)


def _weighted(chance: float, names: tuple[str, ...], weights: tuple[float, ...]) -> int:
    """The place of the one drawn; none of weight 0."""
    places, runners, above = _runners(names, weights)
    return int(places[first(chance, runners, above)])


@cache
def _runners(
    names: tuple[str, ...], weights: tuple[float, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    places = np.flatnonzero(np.array(weights) > 0)
    return places, keys(names)[places], np.array(weights, float)[places]


def _mass(mean: float, sd: float, low: float, high: float) -> float:
    """Share of a normal distribution between two bounds."""
    if sd == 0:
        return float(low <= mean <= high)
    below, above = _standard(mean, sd, low, high)
    return _below(above) - _below(below)


def _normal(chance: float, mean: float, sd: float, low: float, high: float) -> float:
    """What drawing until a value lies between the bounds gives, by the inverse of its CDF."""
    if sd == 0:
        return mean
    below, above = _standard(mean, sd, low, high)
    # Of two tails the lower one has the precision.
    mirrored = below > 0
    if mirrored:
        below, above, chance = -above, -below, 1 - chance
    start, end = _below(below), _below(above)
    share = max(start + (end - start) * chance, _SMALLEST)
    value = NormalDist().inv_cdf(share) * (-1 if mirrored else 1)
    return min(max(mean + sd * value, low), high)


def _below(value: float) -> float:
    """Share of the standard normal distribution below a value."""
    return math.erfc(-value / math.sqrt(2)) / 2


def _standard(mean: float, sd: float, low: float, high: float) -> tuple[float, float]:
    with np.errstate(over="ignore", invalid="ignore"):
        below, above = (np.array([low, high]) - mean) / sd
    return float(below), float(above)
