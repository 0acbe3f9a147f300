"""The set that most tests of this folder look at, painted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vidsynth.run.test_local import painted
from tests.vidsynth.shared_sets import made_once
from vidsynth.run.job import RunSummary


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    """CONFIG's set, and what rendering it said; not to be changed."""
    return made_once(tmp_path_factory, "finished", painted)
