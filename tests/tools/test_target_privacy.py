"""tools/benches/target_privacy.py: what a statistics file keeps to itself."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tests.vidsynth.target import measured_numbers
from tests.vidsynth.target.measured_numbers import stand_in
from vidsynth.target.measuring import measure
from vidsynth.target.summary import summarise

PLACE = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(PLACE))
    yield importlib.import_module("benches.target_privacy")
    for name in ("benches.target_privacy", "benches"):
        sys.modules.pop(name, None)


def test_a_file_keeps_people_to_itself(bench: ModuleType) -> None:
    failed = [check for check in bench.checks(removals=3) if not check.passed]
    assert failed == []


def test_features_move_no_further_than_others(bench: ModuleType) -> None:
    measured = measured_numbers.measured(bench.TRACKLETS, cameras=1, features=8)
    whole = summarise(measured, "mars", stand_in())
    assert whole.pooled.moments is not None
    assert bench.removal(measured, whole, stand_in(), 3).passed


def test_every_number_has_a_step_that_is_looked_at(bench: ModuleType) -> None:
    measured = measure(bench.people(240))
    rng = np.random.default_rng(0)
    measured = replace(measured, features=[rng.normal(size=(1, 8)) for _ in range(240)])
    found = summarise(measured, "images", stand_in())
    numbers = bench.numbers_of(found)
    exact = [where for where, value in numbers.items() if not bench.step_of(where, value, found)]
    kinds = {where.split("/")[1] for where in exact}
    assert kinds <= {"schema", "privacy", "source", "pooled"}
    ends = {where.rpartition("/")[2] for where in exact if where.startswith("/pooled")}
    assert ends <= {"d", "features", "seed", "sigma"}
    assert sum(where.startswith("/moments.cov") for where in numbers) == 64
