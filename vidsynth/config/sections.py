"""What every section of the config is made of."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict


def between(low: float, high: float) -> Callable[[tuple[float, float]], tuple[float, float]]:
    """A validator of [from, to] within bounds."""

    def check(span: tuple[float, float]) -> tuple[float, float]:
        if not low <= span[0] <= span[1] <= high:
            raise ValueError(f"expected [from, to] with {low:g} <= from <= to <= {high:g}")
        return span

    return check


class Section(BaseModel):
    """Settings that belong together: no unknown key, never changed once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
