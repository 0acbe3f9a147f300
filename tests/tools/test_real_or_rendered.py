"""tools/real_or_rendered.py: which crops are taken, and what telling them apart comes to."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from reid_datasets.frames import ImageFiles
from reid_datasets.records import DISTRACTOR_ID, Tracklet

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture(scope="module")
def tool() -> Iterator[ModuleType]:
    sys.path.insert(0, str(TOOLS))
    yield importlib.import_module("real_or_rendered")
    sys.path.remove(str(TOOLS))
    sys.modules.pop("real_or_rendered", None)


def tracklet(person: int, name: str, length: int) -> Tracklet:
    names = tuple(f"{name}{k}.jpg" for k in range(length))
    return Tracklet(ImageFiles(Path("nowhere"), names), person, 1)


def test_everybody_has_as_many_crops_and_each_of_their_tracklets_too(tool: ModuleType) -> None:
    several = [tracklet(1, "a", 9), tracklet(1, "b", 9), tracklet(2, "c", 9), tracklet(3, "d", 2)]
    seen = [*several, several[0], tracklet(DISTRACTOR_ID, "x", 9)]
    chosen = tool.draw(seen, 9, 0)
    assert set(Counter(number for number, *_ in chosen).values()) <= {2, 3, 4}
    names = Counter(found.frames.name(0)[0] for _, found, _ in chosen)
    assert "x" not in names
    assert abs(names["a"] - names["b"]) <= 1
    assert len({(found.frames.name(0), index) for _, found, index in chosen}) == 9
    assert chosen == tool.draw(seen, 9, 0) != tool.draw(seen, 9, 1)
    assert len(tool.draw(seen, 1000, 0)) == 9 * 3 + 2


def test_what_is_alike_is_not_told_apart_and_what_differs_is(tool: ModuleType) -> None:
    rng = np.random.default_rng(0)
    people = np.repeat(np.arange(30), 4)

    def side(shift: float) -> object:
        own = rng.standard_normal((30, 100))[people]
        return tool.Side(own + rng.standard_normal((120, 100)) + shift, people)

    assert tool.auc(side(0.0), side(0.0), 400) < 0.7, "people are not what is asked about"
    assert tool.auc(side(0.0), side(2.0), 400) > 0.95
