"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Before anything loads numpy or torch: miniature tensors, and a test process on every core, so
# threads would only wait for each other. Processes that tests start inherit it.
os.environ |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}

from tests.mars_tree import write_mars_tree


@pytest.fixture
def mars_tree(tmp_path: Path) -> Path:
    """A MARS tree of its own for one test, which may damage it."""
    return write_mars_tree(tmp_path / "mars")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Data kept beside the repository, which not everybody has."""
    path = Path(__file__).resolve().parents[2] / "shared"
    if not path.is_dir():
        pytest.skip("needs ../shared")
    return path


@pytest.fixture
def mars_real_mini(shared: Path) -> Path:
    """Real pedestrians in a MARS tree; not to be written to."""
    path = shared / "data/mars-real-mini"
    if not path.is_dir():
        pytest.skip("needs ../shared/data/mars-real-mini")
    return path
