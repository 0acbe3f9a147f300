"""The set that most tests of this folder look at, painted once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vidsynth.run.test_local import painted
from vidsynth.run.local import RunSummary


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RunSummary]:
    """CONFIG's set, and what rendering it said; not to be changed."""
    root = tmp_path_factory.mktemp("finished")
    return root, painted(root)
