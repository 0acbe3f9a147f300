"""The modules of tools/experiments, and scores to give them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

PLACE = Path(__file__).resolve().parents[2] / "tools" / "experiments"


@pytest.fixture
def experiments(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    """The modules of the folder, as its scripts see each other."""
    monkeypatch.syspath_prepend(str(PLACE))
    names = (
        "trainings", "scoring", "costs", "options", "rendering", "tables", "compare",
        "source_changes", "fitted", "target_sources", "target", "histogram", "proof_sources",
        "questions", "tested", "proof_results", "proof_page", "proof_figures", "proof_plan",
        "proof", "attribute_scoring", "attributes",
    )  # fmt: skip
    yield {name: importlib.import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)
