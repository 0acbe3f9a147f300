"""A setting that is drawn: a constant, or a distribution to draw it from."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_serializer, model_validator

Scope = Literal["image", "camera", "identity"]

_KINDS = ("constant", "uniform", "normal", "histogram", "choice")
_FORMS = (
    "a number, {uniform: [from, to]}, {normal: [mean, sd], clip: [from, to]}, "
    "{histogram: {edges: [...], counts: [...]}} or {choice: [...], weights: [...]}"
)


class Histogram(BaseModel):
    """Counts of values between ``edges``; evenly spread within a bin."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    edges: tuple[float, ...] = Field(min_length=2)
    counts: tuple[float, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _bins(self) -> Histogram:
        if len(self.edges) != len(self.counts) + 1:
            raise ValueError(
                f"expected one edge more than counts, found {len(self.edges)} edges and "
                f"{len(self.counts)} counts"
            )
        if any(b <= a for a, b in zip(self.edges, self.edges[1:], strict=False)):
            raise ValueError("expected edges that grow")
        _check_shares(self.counts, "counts")
        return self


class Distribution(BaseModel):
    """Exactly one of the five kinds; ``per`` says how often it is drawn, None: as the option is.

    ``normal`` is cut off at ``clip``, or else at the option's own range.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    constant: float | None = None
    uniform: tuple[float, float] | None = None
    normal: tuple[float, float] | None = None
    clip: tuple[float, float] | None = None
    histogram: Histogram | None = None
    choice: tuple[float, ...] | None = Field(None, min_length=1)
    weights: tuple[float, ...] | None = None
    per: Scope | None = None

    @model_validator(mode="before")
    @classmethod
    def _number(cls, value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, int | float | dict | Distribution):
            raise ValueError(f"expected {_FORMS}")
        return {"constant": value} if isinstance(value, int | float) else value

    @model_validator(mode="after")
    def _one_kind(self) -> Distribution:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"expected {_FORMS}; found {' and '.join(given) or 'none of them'}")
        for name, owner in (("clip", "normal"), ("weights", "choice")):
            if getattr(self, name) is not None and getattr(self, owner) is None:
                raise ValueError(f"{name} goes with {owner}, found it with {given[0]}")
        for name in ("uniform", "clip"):
            span = getattr(self, name)
            if span is not None and not span[0] <= span[1]:
                raise ValueError(f"expected {name}: [from, to] with from <= to")
        if self.normal is not None and not self.normal[1] >= 0:
            raise ValueError("expected normal: [mean, sd] with sd 0 or more")
        if self.weights is not None and self.choice is not None:
            if len(self.weights) != len(self.choice):
                raise ValueError(
                    f"expected a weight for each choice, found {len(self.weights)} for "
                    f"{len(self.choice)}"
                )
            _check_shares(self.weights, "weights")
        if not all(map(math.isfinite, self._values())):
            raise ValueError("expected finite numbers")
        return self

    @model_serializer
    def _short(self) -> Any:
        """As people write it."""
        if self.constant is not None and self.per is None:
            return self.constant
        written = {name: getattr(self, name) for name in type(self).model_fields}
        if self.histogram is not None:
            written["histogram"] = self.histogram.model_dump()
        return {name: value for name, value in written.items() if value is not None}

    def _values(self) -> tuple[float, ...]:
        bins = () if self.histogram is None else (*self.histogram.edges, *self.histogram.counts)
        single = () if self.constant is None else (self.constant,)
        spans = (self.uniform or ()) + (self.normal or ()) + (self.clip or ())
        return (*single, *spans, *(self.choice or ()), *bins)

    @property
    def support(self) -> tuple[float, float]:
        """The least and greatest value there can be; infinite for a normal without clip."""
        if self.constant is not None:
            return self.constant, self.constant
        if self.uniform is not None:
            return self.uniform
        if self.histogram is not None:
            return self.histogram.edges[0], self.histogram.edges[-1]
        if self.choice is not None:
            return min(self.choice), max(self.choice)
        return self.clip or (-math.inf, math.inf)

    def draw(self, rng: np.random.Generator) -> float:
        """One value, to six decimals."""
        return round(float(self._draw(rng)), 6)

    def _draw(self, rng: np.random.Generator) -> float:
        if self.uniform is not None:
            return rng.uniform(*self.uniform)
        if self.normal is not None:
            return float(np.clip(rng.normal(*self.normal), *self.support))
        if self.histogram is not None:
            edges, counts = self.histogram.edges, np.array(self.histogram.counts)
            k = rng.choice(len(counts), p=counts / counts.sum())
            return rng.uniform(edges[k], edges[k + 1])
        if self.choice is not None:
            weights = None if self.weights is None else np.array(self.weights)
            shares = None if weights is None else weights / weights.sum()
            return float(self.choice[rng.choice(len(self.choice), p=shares)])
        assert self.constant is not None
        return self.constant


def drawn(low: float, high: float) -> Any:
    """The type of a distribution over values from ``low`` to ``high``."""
    return Annotated[Distribution, AfterValidator(_within(low, high))]


def of(value: Any) -> Distribution:
    """A distribution as people write it: a number or a mapping."""
    return Distribution.model_validate(value)


def _within(low: float, high: float) -> Callable[[Distribution], Distribution]:
    def check(option: Distribution) -> Distribution:
        if option.normal is not None and option.clip is None:
            if not low <= option.normal[0] <= high:
                raise ValueError(f"expected a mean from {low:g} to {high:g}")
            return option.model_copy(update={"clip": (float(low), float(high))})
        least, most = option.support
        if not low <= least <= most <= high:
            raise ValueError(
                f"expected values from {low:g} to {high:g}, found {least:g} to {most:g}"
            )
        return option

    return check


def _check_shares(values: tuple[float, ...], what: str) -> None:
    if min(values) < 0 or not 0 < sum(values) < math.inf:
        raise ValueError(f"expected {what} of 0 or more, not all 0")
