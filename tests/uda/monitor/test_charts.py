"""What stands on charts."""

from __future__ import annotations

from typing import Any

import pytest

from uda.comparing import COMPARISONS
from uda.monitor.charts import as_svg, distances

HISTOGRAM: dict[str, Any] = {"edges": [0, 0.5, 1], "same": [2, 0], "other": [0, 3]}


@pytest.mark.parametrize("name", COMPARISONS)
def test_distances_are_called_what_they_are(name: str) -> None:
    said = f">{name.replace('_', ' ')} distance<"
    assert said in as_svg(distances(HISTOGRAM | {"compared_by": name}))


def test_what_a_run_of_before_does_not_say_is_not_made_up() -> None:
    assert ">distance<" in as_svg(distances(HISTOGRAM))
