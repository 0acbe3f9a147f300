"""What every section of the config is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


def between(low: float, high: float) -> Callable[[tuple[float, float]], tuple[float, float]]:
    """A validator of [from, to] within bounds."""

    def check(span: tuple[float, float]) -> tuple[float, float]:
        if not low <= span[0] <= span[1] <= high:
            raise ValueError(f"expected [from, to] with {low:g} <= from <= to <= {high:g}")
        return span

    return check


def _pair(value: Any) -> Any:
    """A constant is a range from itself to itself."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return (value, value) if number else value


Span = Annotated[tuple[float, float], BeforeValidator(_pair)]
"""[from, to], or one number for both."""

WholeSpan = Annotated[tuple[int, int], BeforeValidator(_pair)]


class Section(BaseModel):
    """Settings that belong together: no unknown key, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
